//! A closer look at a container that runs a server: its options, data, port and option files.

use super::command::Invocation;
use super::flavor::{self, Flavor, Options};
use super::model::{EnvValue, EnvVar, Mount, PossibleOption, Server, Volume};
use super::mounted::{Mounts, VolumeFiles};
use super::option::{self, ServerOption};
use super::option_file::is_read_by;
use super::read::ConfigMaps;
use super::version::Version;

/// The port of the protocol, unless an option or `MYSQL_TCP_PORT` says otherwise.
const DEFAULT_PORT: u32 = 3306;

/// More options than MySQL and MariaDB have between them (`mysqld --verbose --help` lists under 700).
pub(super) const MOST_OPTIONS: usize = 2_000;

/// The container that a server runs in.
pub(super) struct Surroundings<'a> {
    pub(super) at: &'a str,
    pub(super) command: &'a [String],
    pub(super) args: &'a [String],
    pub(super) env: &'a [EnvVar],
    pub(super) mounts: &'a [Mount],
    pub(super) volumes: &'a [Volume],
    pub(super) volume_files: &'a [VolumeFiles],
    /// The mounts of the init containers before it.
    pub(super) before: &'a [Vec<Mount>],
    pub(super) config_maps: ConfigMaps<'a>,
}

/// What is known of the server that a container runs.
pub(super) fn describe(
    flavor: Flavor,
    version: Option<Version>,
    invocation: &Invocation,
    container: &Surroundings<'_>,
) -> Server {
    let arguments = arguments(invocation, container);
    let mounts = Mounts {
        mounts: container.mounts,
        volumes: container.volumes,
        files: container.volume_files,
        config_maps: container.config_maps,
    };
    let (mut options, option_files) = if option::last(&arguments, "no-defaults").is_some() {
        (Vec::new(), false)
    } else {
        let named = |name| option::last(&arguments, name).flatten();
        let files = mounts.option_files(flavor, named("defaults-file"), named("defaults-extra-file"));
        let read = files.options.into_iter().filter(|(option, _)| is_read_by(&option.group, flavor.product, version));
        let options: Vec<_> =
            read.map(|(option, at)| ServerOption { name: option.name, value: option.value, at }).collect();
        // A server has some hundred options. What has thousands is no option file, and policies would only
        // run out of time over it.
        if options.len() > MOST_OPTIONS { (Vec::new(), true) } else { (options, files.unseen) }
    };
    options.extend(of_variables(flavor, container.env));
    options.extend(arguments);
    let script = matches!(invocation, Invocation::Script { .. });
    let data_directory = clean_path(option::last(&options, "datadir").flatten().unwrap_or(flavor.data_directory));
    let possible_options: Vec<_> = mounts
        .possible_options(flavor, container.before)
        .into_iter()
        .filter(|(option, _, _)| is_read_by(&option.group, flavor.product, version))
        .map(|(option, config_map, key)| PossibleOption {
            group: option.group,
            name: option.name,
            value: option.value,
            config_map,
            key,
        })
        .take(MOST_OPTIONS)
        .collect();
    Server {
        data_volume: mount_of(container.mounts, &data_directory).cloned(),
        data_directory,
        port: port(&options, option_files || script, container),
        options_at: options_at(flavor, invocation, container),
        options,
        option_files,
        programs: flavor::programs(flavor, version),
        script,
        possible_options,
        flavor,
        version,
    }
}

/// The options of the command line.
fn arguments(invocation: &Invocation, container: &Surroundings<'_>) -> Vec<ServerOption> {
    let at = |word: usize| match word.checked_sub(container.command.len()) {
        None => format!("{}/command/{word}", container.at),
        Some(argument) => format!("{}/args/{argument}", container.at),
    };
    match invocation {
        Invocation::Server { first, .. } => {
            let words: Vec<&str> =
                container.command.iter().chain(container.args).skip(*first).map(String::as_str).collect();
            option::parse(&words, |index| at(first + index))
        }
        Invocation::Script { word, arguments } => {
            let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
            option::parse(&words, |_| at(*word))
        }
        Invocation::Other(_) => Vec::new(),
    }
}

/// The options that an image's entrypoint makes of variables.
fn of_variables(flavor: Flavor, env: &[EnvVar]) -> Vec<ServerOption> {
    let mut options = Vec::new();
    for variable in env {
        let Some(EnvValue::Plain(value)) = &variable.value else { continue };
        if let Some((_, name)) = flavor.option_variables.iter().find(|(own, _)| *own == variable.name) {
            options.push(ServerOption {
                name: (*name).to_owned(),
                value: Some(value.clone()),
                at: variable.at.clone(),
            });
        } else if flavor.flags_variable == Some(variable.name.as_str()) {
            let words: Vec<&str> = value.split_whitespace().collect();
            options.extend(option::parse(&words, |_| variable.at.clone()));
        }
    }
    options
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

/// A path as the kubelet and the container's runtime mean it: from the root, without empty parts and dots.
pub(super) fn clean_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if path.is_empty() { String::new() } else { format!("/{}", parts.join("/")) }
}

/// Whether a path is `above`, or below it.
pub(super) fn is_within(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
