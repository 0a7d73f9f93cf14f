//! Hides credentials in texts: scripts, arguments, SQL, option files, lines of a manifest.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

use super::WITHHELD;
use crate::workload::expansion::is_placeholder;

/// A text in quotes: those within it are doubled or escaped.
const QUOTED: &str = r#"(?:\\"[^"\\]*\\"|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")"#;

/// Ways in which passwords stand in scripts, arguments, SQL and option files. In each, the group
/// `secret` is hidden unless it refers to a variable. Before each, what a text must contain, in any
/// case, for a closer look to be worth its time.
const PATTERNS: &[(&[&str], &str)] = &[
    // PASSWORD('x'), before the assignment that may stand before it
    (&["password"], r#"(?i)password\s*\(\s*(?P<secret>QUOTED)"#),
    // "password":"x", "password" => "x", <password>x</password>
    (&["pass", "pwd"], r#"(?i)(?:pass(?:word|wd|phrase)?|pwd)\\*["']\s*(?::|=>)\s*(?P<secret>QUOTED|[^\s"',}\]]+)"#),
    (&["password>", "passwd>"], r"(?i)<(?:password|passwd)>(?P<secret>[^<]+)<"),
    // --password=x, password=x, MYSQL_PWD=x, password: x
    (
        &["pass", "pwd"],
        r#"(?i)(?:pass(?:word|wd|phrase)?|pwd)(?:_[a-z]+)?["']?\s*(?:=|:\s)\s*(?P<secret>QUOTED|[^\s'"&;,|)>]+)"#,
    ),
    // mysql -uroot -px, also with other letters before it and after quotes with ; or | in them
    (
        &[" -", "\t-", "\"-", "'-"],
        r#"(?:mysql|mariadb|mysqladmin|mysqldump|mysqlimport|mysqlshow|mysqlcheck|mysqlsh|xtrabackup|mariabackup|mydumper)\b(?:"[^"\n]*"|'[^'\n]*'|[^\n;|"'])*?\s["']?-[BNrst]*p(?P<secret>QUOTED|[^\s'"\]},]+)"#,
    ),
    // xtrabackup --password x, mydumper -p x: these take the next word
    (
        &["xtrabackup", "mariabackup", "mydumper", "myloader"],
        r#"(?:xtrabackup|mariabackup|mydumper|myloader)\b[^\n;|]*?\s(?:--password|-p)\s+(?P<secret>'[^']*'|"[^"]*"|[^\s'"\-][^\s'"]*)"#,
    ),
    // mysqladmin password x
    (
        &["password"],
        r#"(?:mysqladmin|mariadb-admin)\b[^\n;|]*?\spassword\s+(?P<secret>'[^']*'|"[^"]*"|[^\s'"\-][^\s'"]*)"#,
    ),
    // wsrep_sst_auth=user:x
    (&["sst_auth", "sst-auth"], r#"sst[_-]auth["']?\s*[=:]\s*["']?[^:\s"']+:(?P<secret>[^\s"']+)"#),
    // IDENTIFIED BY 'x', IDENTIFIED WITH plugin BY 'x'
    (
        &["identified"],
        r#"(?i)identified\s+(?:with\s+\S+\s+)?(?:by|as|using|via\s+\S+\s+using)\s+(?:password\s+)?(?P<secret>QUOTED)"#,
    ),
    // SET PASSWORD FOR a = 'x', PASSWORD('x')
    (&["password"], r#"(?i)set\s+password\s+for\s+\S+\s*=\s*(?P<secret>QUOTED)"#),
    // scheme://user:x@host
    (&["://"], r"://[^\s/:@]*:(?P<secret>[^\s/]+)@"),
    // user:x@tcp(host:3306)/
    (&["@(", "@tcp(", "@unix("], r"(?:^|\s|=)[^\s:@/=]+:(?P<secret>[^\s@]+)@(?:tcp|unix)?\("),
];

static COMPILED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| PATTERNS.iter().map(|(_, pattern)| compile(pattern)).collect());

/// Every thread that searches keeps a cache for every pattern, of 2 MiB by default; these are
/// small patterns, and a gate has many threads.
const SEARCH_CACHE: usize = 64 << 10;

#[allow(clippy::unwrap_used, reason = "the patterns are constants that every test runs")]
fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(&pattern.replace("QUOTED", QUOTED)).dfa_size_limit(SEARCH_CACHE).build().unwrap()
}

/// Finds what the patterns need, all at once.
#[allow(clippy::unwrap_used, reason = "the words are constants that every test runs")]
static NEEDED: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let (words, pattern_of): (Vec<_>, Vec<_>) = PATTERNS
        .iter()
        .enumerate()
        .flat_map(|(pattern, (words, _))| words.iter().map(move |word| (*word, pattern)))
        .unzip();
    (AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap(), pattern_of)
});

/// Hides the credentials in a piece of text: a script, an argument, a line of a manifest.
pub fn withhold_text(text: &str) -> Cow<'_, str> {
    let mut result = Cow::Borrowed(text);
    let worth_a_look = patterns_for(text);
    for (_, pattern) in COMPILED.iter().enumerate().filter(|(number, _)| worth_a_look & (1 << number) != 0) {
        let hidden = replace_secrets(pattern, &result);
        if let Some(hidden) = hidden {
            result = Cow::Owned(hidden);
        }
    }
    result
}

/// Which patterns are worth a look, as bits: for most texts none is.
fn patterns_for(text: &str) -> u32 {
    // The shortest word that a pattern needs has two letters.
    if text.len() < 3 {
        return 0;
    }
    let (words, pattern_of) = &*NEEDED;
    words.find_overlapping_iter(text).fold(0, |bits, found| bits | 1 << pattern_of[found.pattern().as_usize()])
}

fn replace_secrets(pattern: &Regex, text: &str) -> Option<String> {
    let mut result = String::new();
    let mut copied = 0;
    for captures in pattern.captures_iter(text) {
        let Some(secret) = captures.name("secret") else { continue };
        let bare = secret.as_str().trim_matches(['"', '\'']);
        // `~` and `=` are left of the shell's comparisons `=~` and `==`. In single quotes a shell expands
        // nothing: `-p'$ecret'`. SQL's quotes are single too, and stand in texts that a shell expands:
        // `IDENTIFIED BY '$secret'`. So only what is joined to `-p` is taken at its word.
        let joined = text[..secret.start()].ends_with('p');
        let shell_quotes = joined && secret.as_str().starts_with("'$") && !is_upper_case_variable(bare);
        let switch = switches_plugin(&text[..secret.start()]);
        let hidden = bare.contains(WITHHELD.trim_end_matches('>'));
        if matches!(bare, "~" | "=") || switch || hidden || is_no_credential(bare) && !shell_quotes {
            continue;
        }
        result.push_str(&text[copied..secret.start()]);
        result.push_str(WITHHELD);
        copied = secret.end();
    }
    if copied == 0 {
        return None;
    }
    result.push_str(&text[copied..]);
    Some(result)
}

/// `$NAME` in large letters, as environment variables are called.
fn is_upper_case_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// `--mysql-native-password=ON` switches a plugin on (8.4's manual, "Native Pluggable Authentication").
fn switches_plugin(before: &str) -> bool {
    let name = before.trim_end_matches(['=', ' ', ':', '\t']);
    let start = name.len().saturating_sub("native-password".len());
    name.get(start..).is_some_and(|end| end.replace('_', "-").eq_ignore_ascii_case("native-password"))
}

/// Whether a text is no credential: it is empty, hidden already, left over from a template, or refers to
/// a variable: `$VAR`, `${VAR}`, `$(…)` and `` `…` ``. What only begins like a variable is one: the hashes
/// of `caching_sha2_password` begin with `$A$005$`.
pub(super) fn is_no_credential(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'"'))
    };
    matches!(text, "" | WITHHELD)
        || is_placeholder(text)
        || ["$(", "${", "`", "\"$(", "\"${", "{{"].iter().any(|start| text.starts_with(start))
        || text.trim_start_matches('"').strip_prefix('$').is_some_and(is_name)
}
