//! A closer look at a container that runs a server: its options, data, port and option files.

use super::command::Invocation;
use super::flavor::{Flavor, Options};
use super::model::{EnvValue, EnvVar, Mount, Server, Volume};
use super::option::{self, ServerOption};
use super::version::Version;

/// Where MySQL's and MariaDB's images read option files.
const OPTION_FILES: &[&str] = &["/etc/mysql", "/etc/my.cnf", "/etc/my.cnf.d", "/usr/etc", "/opt/bitnami/mysql/conf"];
/// Options that name further option files.
const OPTION_FILE_OPTIONS: &[&str] = &["defaults-file", "defaults-extra-file"];
/// The port of the protocol, unless an option or `MYSQL_TCP_PORT` says otherwise.
const DEFAULT_PORT: u32 = 3306;

/// The container that a server runs in.
pub(super) struct Surroundings<'a> {
    pub(super) at: &'a str,
    pub(super) command: &'a [String],
    pub(super) args: &'a [String],
    pub(super) env: &'a [EnvVar],
    pub(super) mounts: &'a [Mount],
    pub(super) volumes: &'a [Volume],
}

/// What is known of the server that a container runs.
pub(super) fn describe(
    flavor: Flavor,
    version: Option<Version>,
    invocation: &Invocation,
    container: &Surroundings<'_>,
) -> Server {
    let options = options(invocation, container);
    let data_directory =
        option::last(&options, "datadir").flatten().unwrap_or(flavor.data_directory).trim_end_matches('/').to_owned();
    let option_files = reads_option_files(&options, container);
    Server {
        data_volume: mount_of(container.mounts, &data_directory).cloned(),
        data_directory,
        port: port(&options, option_files || *invocation == Invocation::Script, container),
        options_at: options_at(flavor, invocation, container),
        options,
        option_files,
        flavor,
        version,
    }
}

fn options(invocation: &Invocation, container: &Surroundings<'_>) -> Vec<ServerOption> {
    let Invocation::Server { first, .. } = invocation else { return Vec::new() };
    let words: Vec<String> = container.command.iter().chain(container.args).skip(*first).cloned().collect();
    option::parse(&words, |index| {
        let word = first + index;
        match word.checked_sub(container.command.len()) {
            None => format!("{}/command/{word}", container.at),
            Some(argument) => format!("{}/args/{argument}", container.at),
        }
    })
}

/// Where one more option reaches the server.
///
/// Arguments follow the command, so the end of `args` is the end of the words. An image that
/// takes no arguments would lose what starts its server; a server named in the command takes them.
fn options_at(flavor: Flavor, invocation: &Invocation, container: &Surroundings<'_>) -> Option<String> {
    let Invocation::Server { first, direct } = invocation else { return None };
    let named = *direct && *first > 0;
    let ends_options = container.command.iter().chain(container.args).skip(*first).any(|word| word == "--");
    ((flavor.options == Options::Arguments || named) && !ends_options).then(|| format!("{}/args", container.at))
}

/// The mount that holds a directory: at it or above it, the deepest.
fn mount_of<'a>(mounts: &'a [Mount], directory: &str) -> Option<&'a Mount> {
    mounts.iter().filter(|mount| is_within(directory, &mount.path)).max_by_key(|mount| mount.path.len())
}

fn is_within(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether option files may say something that is not seen here. What an init container writes
/// into an empty directory counts as the workload's own and is not waited for.
fn reads_option_files(options: &[ServerOption], container: &Surroundings<'_>) -> bool {
    options.iter().any(|option| OPTION_FILE_OPTIONS.contains(&option.name.as_str()))
        || container.mounts.iter().any(|mount| {
            let holds_options = OPTION_FILES.iter().any(|place| is_within(&mount.path, place))
                || is_within("/etc/mysql/conf.d", &mount.path);
            let kind =
                container.volumes.iter().find(|volume| volume.name == mount.volume).map(|volume| volume.kind.as_str());
            holds_options && kind != Some("emptyDir")
        })
}

/// The TCP port on which the server can be reached from everywhere, if that is sure. Options that
/// are not seen, in a file or a script, may say another port, another address, or none at all.
fn port(options: &[ServerOption], unseen: bool, container: &Surroundings<'_>) -> Option<u32> {
    if unseen || option::is_on(options, "skip-networking") {
        return None;
    }
    if let Some(address) = option::last(options, "bind-address")
        && !matches!(address, Some("*" | "0.0.0.0" | "::"))
    {
        return None;
    }
    if let Some(written) = option::last(options, "port") {
        return written.and_then(|port| port.parse().ok()).filter(|port| (1..=65_535).contains(port));
    }
    if let Some(variable) = container.env.iter().rev().find(|variable| variable.name == "MYSQL_TCP_PORT") {
        return match &variable.value {
            Some(EnvValue::Plain(port)) => port.parse().ok(),
            _ => None,
        };
    }
    Some(DEFAULT_PORT)
}
