//! MY023: a replica that takes writes, from everybody or from accounts with SUPER.
//!
//! `read-only` does not hold for accounts with SUPER; `super-read-only` does (MySQL 5.7.8, WL#6799).
//! MariaDB has only `read-only`.

use std::collections::BTreeMap;

use tidegate_policy::{Container, Finding, PossibleOption, Server};

use crate::{Scene, WRITABLE, place_of};

/// What a file for replicas is called, and one for the primary.
const REPLICA: &[&str] = &["replica", "replicas", "slave", "slaves", "secondary", "standby"];
const PRIMARY: &[&str] = &["primary", "master", "source", "leader"];

pub(crate) fn judge(scene: &Scene<'_>, container: &Container, server: &Server) -> Option<Finding> {
    let wanted = wanted(server)?;
    // Whatever is written, and the other way round too: that is a decision.
    if decides(server.options.iter().map(|option| option.name.as_str()), wanted) {
        return None;
    }
    let finding = by_options(container, server).or_else(|| by_files(scene, container, server, wanted))?;
    // A script may set it while the server runs, where nobody else is to be let in.
    let signs = (scene.signs)();
    let written = wanted.replace('-', "_");
    let is_open = !signs.unseen && !signs.scripts_name(&[wanted, &written]) && !signs.is_galera() && !signs.is_group();
    is_open.then_some(finding)
}

/// The option that keeps everybody from writing. None if it is not known which the server has.
fn wanted(server: &Server) -> Option<&'static str> {
    if server.is_mariadb() {
        return Some("read-only");
    }
    let is_early = server.version.as_ref().is_some_and(|version| {
        (version.major, version.minor) == (5, Some(7)) && version.patch.is_some_and(|patch| patch < 8)
    });
    (server.is_mysql() && server.at_least(5, 7).is_yes() && !is_early).then_some("super-read-only")
}

fn decides<'a>(mut names: impl Iterator<Item = &'a str>, wanted: &str) -> bool {
    let forms = ["", "skip-", "disable-", "enable-"];
    names.any(|name| forms.iter().any(|form| name.strip_prefix(form) == Some(wanted)))
}

/// A server that is told in person that it is a replica.
fn by_options(container: &Container, server: &Server) -> Option<Finding> {
    // What is not seen may say it.
    if server.may_have_more_options() {
        return None;
    }
    if server.is_mysql() {
        let option = server.option("read-only").filter(|_| server.switch("read-only") == Some(true))?;
        let message = "read-only does not hold for accounts with SUPER, root for one: what they write to this replica \
                       stays on it alone";
        return Some(Finding::new(&WRITABLE, &option.at, message).help(
            "Write super-read-only in its place, once the server has its data: on an empty volume the image's own \
             set-up could not write either",
        ));
    }
    // MariaDB's image makes the server a replica of this host.
    let host = container.variable("MARIADB_MASTER_HOST").filter(|host| server.flavor == "mariadb" && host.is_set())?;
    let message = "this server is a replica and takes writes from everybody: they stay on it alone";
    Some(Finding::new(&WRITABLE, &host.at, message).help("Add --read-only to args, or read-only under [mysqld]"))
}

/// Files that an init container may give to replicas, and none of which says it.
fn by_files(scene: &Scene<'_>, container: &Container, server: &Server, wanted: &str) -> Option<Finding> {
    let possible = server.possible_options();
    let mut files: BTreeMap<(&str, &str), Vec<&PossibleOption>> = BTreeMap::new();
    for option in &possible {
        files.entry((&option.config_map, &option.key)).or_default().push(option);
    }
    // A file that is not the primary's alone may reach a replica.
    let mut reaching = files.iter().filter(|((_, key), _)| is_for(key, REPLICA) || !is_for(key, PRIMARY));
    if reaching.any(|(_, options)| decides(options.iter().map(|option| option.name.as_str()), wanted)) {
        return None;
    }
    let ((config_map, key), options) = files.iter().find(|((_, key), _)| is_for(key, REPLICA))?;
    let whose = if options.iter().any(|option| option.name == "read-only") {
        "accounts with SUPER, root for one, write to the replicas that get it"
    } else {
        "anybody writes to the replicas that get it"
    };
    let message = format!("{key} of ConfigMap {config_map} lacks {wanted}: what {whose}, stays there alone");
    let at = place_of(scene, container, config_map);
    let help = if server.is_mysql() {
        "Write super-read-only under [mysqld] there, if replicas start with a copy of the data: on an empty volume \
         the image's own set-up could not write either"
    } else {
        "Write read-only under [mysqld] there"
    };
    Some(Finding::new(&WRITABLE, at, message).help(help))
}

/// Whether one of the words is in a file's name: `replica-1.cnf`, but not `replication.cnf`.
fn is_for(key: &str, words: &[&str]) -> bool {
    key.to_lowercase().split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::server;
    use tidegate_policy::Version;

    #[test]
    fn what_is_wanted_by_version() {
        assert_eq!(wanted(&server("mysql", (5, 6), &[])), None);
        assert_eq!(wanted(&server("mysql", (5, 7), &[])), Some("super-read-only"));
        assert_eq!(wanted(&server("mysql", (9, 7), &[])), Some("super-read-only"));
        assert_eq!(wanted(&server("mariadb", (10, 11), &[])), Some("read-only"));
        assert_eq!(wanted(&server("unknown", (8, 4), &[])), None);
        let mut early = server("mysql", (5, 7), &[]);
        early.version = Some(Version { major: 5, minor: Some(7), patch: Some(5) });
        assert_eq!(wanted(&early), None);
    }

    #[test]
    fn any_form_is_a_decision() {
        for name in ["read-only", "skip-read-only", "enable-read-only"] {
            assert!(decides([name].into_iter(), "read-only"), "{name}");
        }
        for name in ["super-read-only", "innodb-read-only"] {
            assert!(!decides([name].into_iter(), "read-only"), "{name}");
        }
    }

    #[test]
    fn names_of_files_are_read_by_words() {
        assert!(is_for("slave.cnf", REPLICA) && is_for("my-replica_1.cnf", REPLICA));
        assert!(!is_for("replication.cnf", REPLICA) && !is_for("mastermind.cnf", PRIMARY));
    }
}
