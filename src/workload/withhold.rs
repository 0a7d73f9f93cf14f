//! Hides credentials: what policies, reports, diffs and messages get to see of an object.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::credential;
use super::expansion::is_placeholder;

/// What stands in the place of a credential. An edit that holds it is refused.
pub const WITHHELD: &str = "<withheld>";

/// The annotation in which `kubectl apply` keeps the manifest that it last sent.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Ways in which passwords stand in scripts, arguments, SQL and option files. In each, the group
/// `secret` is hidden unless it refers to a variable. Before each, what a text must contain, in any
/// case, for a closer look to be worth its time.
const PATTERNS: &[(&[&str], &str)] = &[
    // --password=x, --password x, password=x, MYSQL_PWD=x, "password": "x"
    (
        &["pass", "pwd"],
        r#"(?i)(?:pass(?:word|wd|phrase)?|pwd)(?:_[a-z]+)?["']?\s*(?:=|:\s)\s*(?P<secret>'[^']*'|"[^"]*"|[^\s'"&;,|)]+)"#,
    ),
    // mysql -uroot -px
    (
        &[" -p", "\t-p", "\"-p", "'-p"],
        r#"(?:mysql|mariadb|mysqladmin|mysqldump|mysqlimport|mysqlshow|mysqlcheck|mysqlsh|xtrabackup|mariabackup|mydumper)\b[^\n;|]*?\s["']?-p(?P<secret>'[^']*'|"[^"]*"|[^\s'"\]},]+)"#,
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
    (&["identified"], r#"(?i)identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?(?P<secret>'[^']*'|"[^"]*")"#),
    // SET PASSWORD FOR a = 'x', PASSWORD('x')
    (&["password"], r#"(?i)set\s+password\s+for\s+\S+\s*=\s*(?P<secret>'[^']*'|"[^"]*")"#),
    (&["password"], r#"(?i)password\s*\(\s*(?P<secret>'[^']*'|"[^"]*")"#),
    // scheme://user:x@host
    (&["://"], r"://[^\s/:@]*:(?P<secret>[^\s@/]+)@"),
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
    RegexBuilder::new(pattern).dfa_size_limit(SEARCH_CACHE).build().unwrap()
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

/// A copy of an object in which every credential is replaced by [`WITHHELD`].
///
/// ```
/// let variable = serde_json::json!({ "name": "MYSQL_ROOT_PASSWORD", "value": "correct horse" });
/// assert_eq!(tidegate::workload::withheld(&variable)["value"], "<withheld>");
/// ```
pub fn withheld(object: &Value) -> Value {
    let secret = object.get("kind").and_then(Value::as_str) == Some("Secret");
    copy(object, secret)
}

fn copy(value: &Value, secret: bool) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(withhold_text(text).into_owned()),
        Value::Array(items) => Value::Array(with_password_words(items, Client::None, secret)),
        Value::Object(fields) => {
            let variable = fields.get("name").and_then(Value::as_str);
            Value::Object(
                fields
                    .iter()
                    .map(|(key, field)| {
                        let copied = match (key.as_str(), field) {
                            ("value", field) if variable.is_some_and(|name| hides(name, field)) => marker(),
                            // The program may stand in `command`, and its password in `args`.
                            ("args", Value::Array(items)) => {
                                let program = fields.get("command").and_then(Value::as_array);
                                let words = program.into_iter().flatten().filter_map(Value::as_str);
                                Value::Array(with_password_words(
                                    items,
                                    words.fold(Client::None, Client::after),
                                    secret,
                                ))
                            }
                            ("data" | "stringData", Value::Object(entries)) if secret => {
                                entries.keys().map(|key| (key.clone(), marker())).collect()
                            }
                            (LAST_APPLIED, Value::String(text)) => last_applied(text),
                            // Option files, SQL and scripts of a ConfigMap, passwords in annotations.
                            (key, Value::String(text))
                                if !is_reference_key(key)
                                    && !is_no_credential(text)
                                    && credential::is_withheld(key, text) =>
                            {
                                if key.contains('.') {
                                    Value::String(withhold_text(text).into_owned())
                                } else {
                                    marker()
                                }
                            }
                            (_, field) => copy(field, secret),
                        };
                        (key.clone(), copied)
                    })
                    .collect(),
            )
        }
    }
}

/// `secretName` and the like name a thing that holds credentials, and are none.
fn is_reference_key(key: &str) -> bool {
    ["Name", "Ref", "Path", "Key"].iter().any(|end| key.ends_with(end))
}

/// Which program the words of a list are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    /// None that takes passwords.
    None,
    /// A client of MySQL: its password is joined to `-p`.
    Joined,
    /// A backup program: its password is the next word.
    NextWord,
}

impl Client {
    /// The program after one more word.
    fn after(self, word: &str) -> Self {
        let name = super::command::base_name(word);
        if ["xtrabackup", "mariabackup", "mydumper", "myloader"].contains(&name) {
            Self::NextWord
        } else if name.starts_with("mysql") || name.starts_with("mariadb") {
            Self::Joined
        } else {
            self
        }
    }
}

/// Copies a list; a client's password is hidden, joined to `-p`, after a bare `--password`, or after
/// `mysqladmin password`.
fn with_password_words(items: &[Value], mut client: Client, secret: bool) -> Vec<Value> {
    let mut is_next = false;
    items
        .iter()
        .map(|item| {
            let Some(word) = item.as_str() else { return copy(item, secret) };
            let hidden = std::mem::take(&mut is_next) && !word.starts_with('-') && !is_no_credential(word);
            if client != Client::None
                && let Some(rest) = word.strip_prefix("-p")
                && !rest.is_empty()
                && !rest.starts_with("rotocol")
                && !is_no_credential(rest)
            {
                return Value::String(format!("-p{WITHHELD}"));
            }
            is_next = match client {
                Client::None => false,
                Client::Joined => word == "password",
                Client::NextWord => matches!(word, "--password" | "-p"),
            };
            client = client.after(word);
            if hidden { marker() } else { copy(item, secret) }
        })
        .collect()
}

fn marker() -> Value {
    Value::String(WITHHELD.to_owned())
}

fn hides(variable: &str, value: &Value) -> bool {
    match value {
        // What stands for a value that somebody else puts in is still to be called a credential: the
        // policies tell it apart by what they are told of a withheld value.
        Value::String(text) => !text.is_empty() && credential::is_withheld(variable, text),
        Value::Number(number) => credential::is_withheld(variable, &number.to_string()),
        _ => false,
    }
}

fn last_applied(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(applied) => Value::String(withheld(&applied).to_string()),
        Err(_) => marker(),
    }
}

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
        // nothing; but SQL's quotes are single too, and stand in texts that a shell expands:
        // `IDENTIFIED BY '$APP_PASSWORD'`. So what looks like a variable is one there.
        let quoted = secret.as_str().starts_with('\'') && bare.starts_with('$') && !is_upper_case_variable(bare);
        let shell_quotes = quoted && !bare.starts_with("${") && !bare.starts_with("$(");
        let switch = switches_plugin(&text[..secret.start()]);
        if matches!(bare, "~" | "=") || switch || is_no_credential(bare) && !shell_quotes {
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
fn is_no_credential(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'"'))
    };
    matches!(text, "" | WITHHELD)
        || is_placeholder(text)
        || ["$(", "${", "`", "\"$(", "\"${", "{{"].iter().any(|start| text.starts_with(start))
        || text.trim_start_matches('"').strip_prefix('$').is_some_and(is_name)
}
