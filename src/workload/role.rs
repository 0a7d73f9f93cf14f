//! What a container is for.

use super::command::{Invocation, base_name, invocation};
use super::flavor::{self, Flavor};
use super::image::ImageReference;
use super::model::{EnvVar, Mount, Placement, Port};
use super::version::Version;

/// Images that read metrics.
const EXPORTERS: &[&str] = &["mysqld-exporter", "mysqld_exporter", "mysql-exporter", "mariadb-exporter"];
/// Images that copy data.
const BACKUPS: &[&str] = &["xtrabackup", "percona-xtrabackup", "mariabackup", "mydumper", "mysql-backup", "mysqldump"];
/// Images that stand between clients and servers, or manage servers: they listen on the same port and
/// know the same passwords, and serve nothing themselves.
const NO_SERVERS: &[&str] = &["proxy", "maxscale", "router", "phpmyadmin", "adminer", "operator", "orchestrator"];
/// Programs that copy data.
const BACKUP_PROGRAMS: &[&str] =
    &["xtrabackup", "mariabackup", "mariadb-backup", "mysqldump", "mariadb-dump", "mydumper"];

/// Where images keep their data, and what is above it.
const DATA_DIRECTORIES: &[&str] =
    &["/var/lib/mysql", "/var/lib/mysql/data", "/bitnami/mysql", "/bitnami/mysql/data", "/bitnami/mariadb"];

/// What the role is decided by.
pub(super) struct Signs<'a> {
    pub(super) placement: Placement,
    pub(super) image: Option<&'a ImageReference>,
    pub(super) command: &'a [String],
    pub(super) args: &'a [String],
    pub(super) env: &'a [EnvVar],
    pub(super) mounts: &'a [Mount],
    pub(super) ports: &'a [Port],
}

/// A container's purpose, before a server is looked at more closely.
pub(super) enum Purpose {
    /// A server of a known image, or of an unknown one with the flavour for it.
    Server {
        flavor: Flavor,
        version: Option<Version>,
        invocation: Invocation,
    },
    Client,
    Exporter,
    Backup,
    Application,
    Other,
}

/// Decides what a container is for.
pub(super) fn purpose(signs: &Signs<'_>) -> Purpose {
    let server = signs.image.and_then(flavor::of_image);
    if server.is_none() {
        let name = signs.image.map(|image| image.name()).unwrap_or_default();
        if EXPORTERS.contains(&name) {
            return Purpose::Exporter;
        }
        if BACKUPS.contains(&name) {
            return Purpose::Backup;
        }
    }
    let words: Vec<&str> = signs.command.iter().chain(signs.args).map(String::as_str).collect();
    let invocation = invocation(&words, signs.command.len());
    if let Some((flavor, version)) = server {
        return match invocation {
            Invocation::Other(program) if BACKUP_PROGRAMS.contains(&program.as_str()) => Purpose::Backup,
            Invocation::Other(_) if serves_by_script(signs, &words) => {
                Purpose::Server { flavor, version, invocation: Invocation::Script { word: 0, arguments: Vec::new() } }
            }
            Invocation::Other(_) => Purpose::Client,
            serving => Purpose::Server { flavor, version, invocation: serving },
        };
    }
    let name = signs.image.map(|image| image.name()).unwrap_or_default();
    let stands_between = NO_SERVERS.iter().any(|word| name.contains(word));
    if !stands_between && is_unknown_server(signs, &invocation) {
        return Purpose::Server { flavor: flavor::UNKNOWN, version: None, invocation };
    }
    if signs.env.iter().any(|variable| variable.credential) { Purpose::Application } else { Purpose::Other }
}

/// Whether a container with a server's image and a script of its own in a file, which nobody sees,
/// serves: it says that it listens, and has the data or the root password.
fn serves_by_script(signs: &Signs<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| word.trim().ends_with(".sh"))
        && matches!(signs.placement, Placement::Container | Placement::Sidecar)
        && signs.listens()
        && (signs.keeps_data() || signs.sets_root())
}

/// Whether a container with an unknown image serves: two signs are needed, for each alone occurs
/// in clients, proxies and applications too.
fn is_unknown_server(signs: &Signs<'_>, invocation: &Invocation) -> bool {
    let names_server = signs
        .command
        .iter()
        .chain(signs.args)
        .any(|word| matches!(base_name(word), "mysqld" | "mariadbd" | "mysqld_safe" | "mariadbd-safe"))
        || matches!(invocation, Invocation::Script { .. });
    // Without a command the words go to an entrypoint that nobody knows: `args: [node, …]` may be its own.
    let runs_another = match invocation {
        Invocation::Other(program) => {
            !signs.command.is_empty() || super::command::is_shell(program) || is_client(program)
        }
        _ => false,
    };
    let found = [names_server, signs.keeps_data(), signs.listens(), signs.sets_root()];
    !runs_another && found.iter().filter(|sign| **sign).count() >= 2
}

/// Programs that ask a server, or copy from it.
fn is_client(program: &str) -> bool {
    BACKUP_PROGRAMS.contains(&program)
        || matches!(program, "mysql" | "mariadb" | "mysqladmin" | "mariadb-admin" | "mysqlsh" | "sleep" | "tail")
}

impl Signs<'_> {
    fn keeps_data(&self) -> bool {
        self.mounts.iter().any(|mount| DATA_DIRECTORIES.contains(&mount.path.trim_end_matches('/')))
    }

    fn listens(&self) -> bool {
        self.ports.iter().any(|port| port.container_port == 3306)
    }

    fn sets_root(&self) -> bool {
        self.env
            .iter()
            .any(|variable| matches!(variable.name.as_str(), "MYSQL_ROOT_PASSWORD" | "MARIADB_ROOT_PASSWORD"))
    }
}
