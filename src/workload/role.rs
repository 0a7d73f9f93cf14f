//! What a container is for.

use super::command::{Invocation, base_name, invocation};
use super::flavor::{self, Flavor};
use super::image::ImageReference;
use super::model::{EnvVar, Mount, Port};
use super::version::Version;

/// Images that read metrics.
const EXPORTERS: &[&str] = &["mysqld-exporter", "mysqld_exporter", "mysql-exporter", "mariadb-exporter"];
/// Images that copy data.
const BACKUPS: &[&str] = &["xtrabackup", "percona-xtrabackup", "mariabackup", "mydumper", "mysql-backup", "mysqldump"];
/// Programs that copy data.
const BACKUP_PROGRAMS: &[&str] =
    &["xtrabackup", "mariabackup", "mariadb-backup", "mysqldump", "mariadb-dump", "mydumper"];

/// What the role is decided by.
pub(super) struct Signs<'a> {
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
    let words: Vec<String> = signs.command.iter().chain(signs.args).cloned().collect();
    let invocation = invocation(&words, signs.command.len());
    if let Some((flavor, version)) = signs.image.and_then(flavor::of_image) {
        return match invocation {
            Invocation::Other(program) if BACKUP_PROGRAMS.contains(&program.as_str()) => Purpose::Backup,
            Invocation::Other(_) => Purpose::Client,
            serving => Purpose::Server { flavor, version, invocation: serving },
        };
    }
    let name = signs.image.map(|image| image.name()).unwrap_or_default();
    if EXPORTERS.contains(&name) {
        return Purpose::Exporter;
    }
    if BACKUPS.contains(&name) {
        return Purpose::Backup;
    }
    if is_unknown_server(signs, &invocation) {
        return Purpose::Server { flavor: flavor::UNKNOWN, version: None, invocation };
    }
    if signs.env.iter().any(|variable| variable.credential) { Purpose::Application } else { Purpose::Other }
}

/// Whether a container with an unknown image serves: two signs are needed, for each alone occurs
/// in clients, proxies and applications too.
fn is_unknown_server(signs: &Signs<'_>, invocation: &Invocation) -> bool {
    let names_server = signs
        .command
        .iter()
        .chain(signs.args)
        .any(|word| matches!(base_name(word), "mysqld" | "mariadbd" | "mysqld_safe" | "mariadbd-safe"))
        || matches!(invocation, Invocation::Script);
    let keeps_data = signs.mounts.iter().any(|mount| {
        matches!(mount.path.trim_end_matches('/'), "/var/lib/mysql" | "/var/lib/mysql/data" | "/bitnami/mysql")
    });
    let listens = signs.ports.iter().any(|port| port.container_port == 3306);
    let sets_root = signs
        .env
        .iter()
        .any(|variable| matches!(variable.name.as_str(), "MYSQL_ROOT_PASSWORD" | "MARIADB_ROOT_PASSWORD"));
    let runs_another = matches!(invocation, Invocation::Other(_));
    !runs_another && [names_server, keeps_data, listens, sets_root].iter().filter(|sign| **sign).count() >= 2
}
