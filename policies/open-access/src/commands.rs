//! What a container runs, and which of it copies the database.

use tidegate_policy::Container;

use crate::stream::LISTENERS;
use tidegate_policy::script::{Pipeline, base_name, pipelines, position, script_in};

/// The commands of a container.
pub(crate) struct Commands {
    /// Where they are written: the script, or the list of words.
    pub(crate) at: String,
    pub(crate) pipelines: Vec<Pipeline>,
}

impl Commands {
    /// The commands that `command` and `args` name; none if both are missing. Empty if nothing there copies the
    /// data.
    pub(crate) fn of(container: &Container) -> Option<Self> {
        let words: Vec<&str> = container.command.iter().chain(&container.args).map(String::as_str).collect();
        let (list, index) = match (script_in(&words), container.command.len()) {
            _ if words.is_empty() => return None,
            (Some(script), own) if script < own => ("command", Some(script)),
            (Some(script), own) => ("args", Some(script - own)),
            (None, 0) => ("args", None),
            (None, _) => ("command", None),
        };
        let index = index.map(|index| index.to_string());
        let at = container.path([list].into_iter().chain(index.as_deref()));
        let worth_a_look = words.iter().any(|word| COPYING.iter().any(|part| word.contains(part)));
        let pipelines = match script_in(&words) {
            _ if !worth_a_look => vec![],
            Some(script) => pipelines(words[script]),
            None => vec![vec![entrypoint(container).into_iter().chain(words).map(str::to_owned).collect()]],
        };
        Some(Self { at, pipelines })
    }
}

/// The program that the image runs with the container's arguments: images of these programs have their name.
fn entrypoint(container: &Container) -> Option<&str> {
    let image = container.image_reference.as_ref().filter(|_| container.command.is_empty())?;
    Some(base_name(&image.repository)).filter(|name| LISTENERS.contains(name))
}

/// What must occur in the words for the data to be copied: most commands do not, and are not taken apart.
const COPYING: &[&str] = &["dump", "backup", "binlog", ".sql", ".xb", "/var/lib/mysql", "/bitnami/"];
/// Programs that write a copy of the data to their output, whatever their arguments.
const DUMPS: &[&str] = &["mysqldump", "mariadb-dump", "mysqlpump", "mysqlbinlog", "mariadb-binlog"];
/// Programs that do so if they are told to.
const BACKUPS: &[&str] = &["xtrabackup", "innobackupex", "mariabackup", "mariadb-backup", "mydumper"];
/// Programs that write files to their output.
const COPIERS: &[&str] = &["cat", "gzip", "zcat", "tar", "dd", "zstd", "lz4", "pigz", "pv"];
/// Where images keep their data.
const DATA: &[&str] = &["/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb"];

/// The program of a command that copies the data, and its place among the words.
pub(crate) fn dump_program(command: &[String]) -> Option<(&str, usize)> {
    let at = position(command, DUMPS).or_else(|| position(command, BACKUPS))?;
    let name = base_name(&command[at]);
    let arguments = &command[at + 1..];
    let has = |option: &str| arguments.iter().any(|word| word.starts_with(option));
    let copies = !has("--version") && !has("--help") && (DUMPS.contains(&name) || has("--backup") || has("--stream"));
    copies.then_some((name, at))
}

/// Whether a command writes a copy of the data to its output.
pub(crate) fn is_dump(command: &[String]) -> bool {
    if dump_program(command).is_some() {
        return true;
    }
    let Some(at) = position(command, COPIERS) else { return false };
    let arguments = &command[at + 1..];
    if base_name(&command[at]) != "tar" {
        return arguments.iter().any(|word| is_dump_file(word.strip_prefix("if=").unwrap_or(word)));
    }
    let packs = arguments.first().is_some_and(|option| option.trim_start_matches('-').starts_with('c'));
    packs && arguments.iter().any(|word| is_dump_file(word) || is_data(word))
}

/// Whether a path is that of a dump.
pub(crate) fn is_dump_file(path: &str) -> bool {
    let name = base_name(path).to_ascii_lowercase();
    let packed = [".gz", ".zst", ".lz4", ".xz", ".bz2", ".qp"].iter().find_map(|end| name.strip_suffix(end));
    let name = packed.unwrap_or(&name);
    // Percona's backups are called `xtrabackup.stream`.
    [".sql", ".xbstream", ".xb"].iter().any(|end| name.ends_with(end))
        || (name.ends_with(".stream") && name.contains("backup"))
}

/// Whether a path lies where the data are.
fn is_data(path: &str) -> bool {
    DATA.iter().any(|data| path.strip_prefix(*data).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    #[test]
    fn knows_what_copies_the_data() {
        let is_dump = |text: &str| super::is_dump(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for command in [
            "exec mysqldump db",
            "/usr/bin/xtrabackup --backup --target-dir=/b",
            "tar cz /var/lib/mysql",
            "cat /backup/all.sql",
            "dd if=/backup/all.xbstream",
            "cat /backup/xtrabackup.stream",
            "cat /backup/all.sql.xz",
        ] {
            assert!(is_dump(command), "{command}");
        }
        for command in [
            "xtrabackup --prepare --target-dir=/var/lib/mysql",
            "mysqldump --version",
            "tar -xf /backup/all.xbstream",
            "cat /etc/hosts",
            "cat /srv/video.stream",
            "cat /var/lib/mysql/grastate.dat",
            "chown -R mysql:mysql /var/lib/mysql",
            "mysql db",
        ] {
            assert!(!is_dump(command), "{command}");
        }
    }
}
