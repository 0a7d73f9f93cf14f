//! The server's options on its command line, in the form in which the server reads them.

/// An option on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOption {
    /// The name with dashes and without `loose-`, for instance `character-set-server`.
    pub name: String,
    /// The value; none for a bare `--name`.
    pub value: Option<String>,
    /// RFC 6901 pointer to where it is written: the item of `command` or `args`, the variable, or
    /// the mount that brings the option file.
    pub at: String,
}

/// Short options of mysqld and what they stand for (`mysqld --verbose --help`).
const SHORT: &[(char, &str)] =
    &[('C', "character-set-server"), ('P', "port"), ('b', "basedir"), ('h', "datadir"), ('t', "tmpdir"), ('u', "user")];

/// Reads the arguments of a server.
///
/// Dashes and underscores are the same to it; `--name value` is `--name=value` for options that
/// take one, which every option is here that is followed by a word without a dash. `at` tells the
/// place of an argument.
pub(super) fn parse(arguments: &[&str], at: impl Fn(usize) -> String) -> Vec<ServerOption> {
    let mut options = Vec::new();
    let mut word = 0;
    while let Some(argument) = arguments.get(word) {
        let (name, inline) = if let Some(long) = argument.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, value)) => (canonical_name(name), Some(value.to_owned())),
                None => (canonical_name(long), None),
            }
        } else if let Some(short) = argument.strip_prefix('-').and_then(|rest| rest.chars().next()) {
            let rest = &argument[1 + short.len_utf8()..];
            let name = SHORT.iter().find(|(letter, _)| *letter == short).map(|(_, name)| (*name).to_owned());
            let Some(name) = name else {
                word += 1;
                continue;
            };
            (name, Some(rest.strip_prefix('=').unwrap_or(rest).to_owned()).filter(|value| !value.is_empty()))
        } else {
            word += 1;
            continue;
        };
        let here = word;
        word += 1;
        let value = inline.or_else(|| {
            let next = arguments.get(word).filter(|next| !next.starts_with('-'))?;
            word += 1;
            Some((*next).to_owned())
        });
        if !name.is_empty() {
            options.push(ServerOption { name, value, at: at(here) });
        }
    }
    options
}

/// Names that rules look at, and the shortest beginning that MariaDB takes for each (10.5, 10.11 and
/// 11.8, tried by `tests/servers/abbreviations.rs`). MySQL takes whole names only, and does not start
/// with a shortened one.
const ABBREVIATED: &[(&str, &str)] = &[
    ("binlog-e", "binlog-expire-logs-seconds"),
    ("bind", "bind-address"),
    ("character-set-s", "character-set-server"),
    ("coll", "collation-server"),
    ("da", "datadir"),
    ("expi", "expire-logs-days"),
    ("init-f", "init-file"),
    ("innodb-buffer-pool-s", "innodb-buffer-pool-size"),
    ("innodb-flush-log-at-tr", "innodb-flush-log-at-trx-commit"),
    ("ser", "server-id"),
    ("skip-g", "skip-grant-tables"),
    ("skip-ne", "skip-networking"),
    ("sync-b", "sync-binlog"),
];

/// An option's name as rules know it: in small letters, which MariaDB does not tell apart, with dashes,
/// without `loose-`, which may stand more than once, abbreviations written out.
pub(super) fn canonical_name(written: &str) -> String {
    let name = written.replace('_', "-").to_ascii_lowercase();
    let mut name = name.as_str();
    while let Some(rest) = name.strip_prefix("loose-") {
        name = rest;
    }
    ABBREVIATED
        .iter()
        .find(|(shortest, whole)| name.starts_with(shortest) && whole.starts_with(name))
        .map_or(name, |(_, whole)| whole)
        .to_owned()
}

/// The last value of an option, as the server takes it: `Some(None)` for a bare `--name`.
pub(super) fn last<'a>(options: &'a [ServerOption], name: &str) -> Option<Option<&'a str>> {
    options.iter().rev().find(|option| option.name == name).map(|option| option.value.as_deref())
}

/// Whether a switch such as `skip-networking` is on: bare, or with a value that is not off.
pub(super) fn is_on(options: &[ServerOption], name: &str) -> bool {
    match last(options, name) {
        None => false,
        Some(None) => true,
        Some(Some(value)) => !matches!(value.to_ascii_lowercase().as_str(), "0" | "off" | "false"),
    }
}
