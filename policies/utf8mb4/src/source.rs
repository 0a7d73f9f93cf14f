//! Where the author says it: in an option file, or in one that may become one.

use tidegate_policy::{Container, Finding, PossibleOption, Server, ServerOption, Severity, Workload};

use crate::{RULE, Settings, charset};

/// The option file that an option comes from, in words. None if it is an argument or a variable.
pub(crate) fn file(workload: &Workload, container: &Container, option: &ServerOption) -> Option<String> {
    let mount = container.mounts.iter().find(|mount| mount.at == option.at)?;
    Some(match workload.mounted(mount).and_then(|volume| volume.source.as_deref()) {
        Some(name) => format!("ConfigMap {name}"),
        None => format!("the option file at {}", mount.path),
    })
}

/// The end of a sentence that names the file.
pub(crate) fn place(file: Option<&str>) -> String {
    file.map_or_else(String::new, |file| format!(" ({file})"))
}

/// What to write in an option file.
pub(crate) fn lines(collation: &str) -> String {
    format!("Write character-set-server=utf8mb4 and collation-server={collation} under [mysqld] there")
}

/// A character set or collation in a ConfigMap that an init container may copy to where the server
/// reads: whether it does is not sure.
pub(crate) struct Possible {
    option: PossibleOption,
}

/// What may be said of the character set; first of all what is not utf8mb4.
pub(crate) fn possible(server: &Server) -> Option<Possible> {
    let mut options: Vec<_> = server
        .possible_options()
        .into_iter()
        .filter(|option| matches!(option.name.as_str(), "character-set-server" | "collation-server"))
        .collect();
    options.sort_by_key(is_utf8mb4);
    options.into_iter().next().map(|option| Possible { option })
}

impl Possible {
    /// The finding, unless it is utf8mb4 anyway.
    pub(crate) fn judge(&self, container: &Container, settings: &Settings) -> Option<Finding> {
        if is_utf8mb4(&self.option) {
            return None;
        }
        let PossibleOption { name, value, config_map, key, .. } = &self.option;
        let message = format!(
            "{name} is {} in {key} of ConfigMap {config_map}, which an init container has at hand: it cannot hold every \
             character",
            value.as_deref().unwrap_or_default()
        );
        Some(Finding::new(&RULE, &container.at, message).severity(Severity::Low).help(lines(&settings.collation)))
    }
}

fn is_utf8mb4(option: &PossibleOption) -> bool {
    charset::is_utf8mb4(&option.value.as_deref().unwrap_or_default().trim().to_ascii_lowercase())
}
