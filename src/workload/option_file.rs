//! Option files, as the server reads them: `my.cnf` and its like.
//!
//! The syntax is that of MySQL's manual, "Using Option Files", and of `mysys/my_default.cc`: groups in
//! brackets, `name` or `name=value`, comments by `#` and `;`, quotes and escapes in values,
//! `!include` and `!includedir`.

use super::option::canonical_name;

/// An option in an option file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOption {
    /// The group that it stands in, for instance `mysqld`.
    pub group: String,
    /// The name with dashes, without `loose-`.
    pub name: String,
    /// The value; none for a bare name.
    pub value: Option<String>,
    /// The line, from 1.
    pub line: u32,
}

/// A line that takes other files in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Include {
    /// `!include PATH`
    File(String),
    /// `!includedir PATH`: its files that end with `.cnf`.
    Directory(String),
}

/// What an option file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OptionFile {
    /// The options, in order.
    pub(super) options: Vec<FileOption>,
    /// The includes, in order, each with the number of options before it.
    pub(super) includes: Vec<(usize, Include)>,
}

/// Reads an option file. A line that is none is passed over, as a server that meets it may do or
/// refuse: both are its own to say.
pub(super) fn parse(text: &str) -> OptionFile {
    let mut file = OptionFile::default();
    let mut group = String::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(directive) = line.strip_prefix('!') {
            file.includes.extend(include(directive).map(|include| (file.options.len(), include)));
        } else if let Some(rest) = line.strip_prefix('[') {
            group = rest.split(']').next().unwrap_or_default().trim().to_owned();
        } else if !group.is_empty() {
            let (name, value) = match line.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (without_comment(line), None),
            };
            let name = canonical_name(name.trim());
            if !name.is_empty() {
                file.options.push(FileOption {
                    group: group.clone(),
                    name,
                    value: value.map(|value| unquoted(without_comment(value.trim()))),
                    line: u32::try_from(number + 1).unwrap_or(u32::MAX),
                });
            }
        }
    }
    file
}

/// Whether a text holds a group such as `[mysqld]`: then it is an option file, whatever its name.
pub(super) fn is_option_file(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().any(|line| {
        line.trim()
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
            .is_some_and(|group| is_server_group(group) || CLIENT_GROUPS.contains(&group))
    })
}

/// Groups of the client programs; a password in one of them is a password in a file.
const CLIENT_GROUPS: &[&str] = &[
    "client",
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlcheck",
    "mariadb",
    "mariadb-client",
    "client-mariadb",
    "client-server",
    "xtrabackup",
    "mariabackup",
    "mysqlimport",
];

/// Groups that servers read, the version's suffix aside: those of MySQL, and of MariaDB beside them
/// ("Server Option Groups" in MariaDB's knowledge base).
const SERVER_GROUPS: &[&str] = &["mysqld", "server", "mariadb", "mariadbd", "client-server", "galera"];

/// Whether a server reads the group, in some version.
fn is_server_group(group: &str) -> bool {
    SERVER_GROUPS.contains(&group)
        || group.split_once('-').is_some_and(|(name, version)| {
            SERVER_GROUPS.contains(&name) && version.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// Whether a server of this product and version reads the group.
///
/// A group with a version is read by that version only, `[mysqld-8.4]`; of a version that is not
/// known nobody can say, and it counts as not read.
pub(super) fn is_read_by(group: &str, product: super::Product, version: Option<super::Version>) -> bool {
    use super::Product::MySql;
    let name = match group.split_once('-') {
        Some((name, suffix)) if suffix.starts_with(|c: char| c.is_ascii_digit()) => {
            let own = version.and_then(|version| Some(format!("{}.{}", version.major, version.minor?)));
            if own.as_deref() != Some(suffix) {
                return false;
            }
            name
        }
        _ => group,
    };
    match name {
        "mysqld" | "server" => true,
        _ => product != MySql && SERVER_GROUPS.contains(&name),
    }
}

fn include(directive: &str) -> Option<Include> {
    let (word, path) = directive.split_once(char::is_whitespace)?;
    let path = path.trim().to_owned();
    match word {
        "include" => Some(Include::File(path)),
        "includedir" => Some(Include::Directory(path)),
        _ => None,
    }
}

/// The text before a `#`: a comment may start in the middle of a line, but not inside quotes.
fn without_comment(text: &str) -> &str {
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '#') => return text[..at].trim_end(),
            _ => {}
        }
    }
    text
}

/// A value without the quotes around it, its escapes replaced.
fn unquoted(value: &str) -> String {
    let inner = ['\'', '"']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|_| value.len() >= 2)
        .unwrap_or(value);
    let mut result = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            result.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('b') => result.push('\u{8}'),
            Some('s') => result.push(' '),
            Some('\\') => result.push('\\'),
            Some(quote @ ('\'' | '"')) => result.push(quote),
            // Anything else stands for itself, backslash included.
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}
