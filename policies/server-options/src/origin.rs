//! Where an option is written, and whether plainly: `loose-x` is never refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Container, Known, Mount, ResourceType, Value, Volume, Workload, cluster, raw};

pub(crate) const CONFIG_MAP: ResourceType = ResourceType::new("v1", "ConfigMap");

/// The place that an option comes from.
pub(crate) struct Origin<'a> {
    at: &'a str,
    mount: Option<(&'a Mount, Option<&'a Volume>)>,
}

/// How an option is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As it is: a server that does not know it does not start.
    Plainly,
    /// With `loose-`: a server that does not know it goes on.
    Loosely,
    /// It is not written there: the image makes it of a variable, in a way that fits its server.
    Not,
    /// Nobody can say.
    Unknown,
}

#[derive(Deserialize)]
struct ConfigMap {
    data: Option<BTreeMap<String, String>>,
}

impl<'a> Origin<'a> {
    /// The place of an option of a container.
    pub(crate) fn of(workload: &'a Workload, container: &'a Container, at: &'a str) -> Self {
        let mount = container.mounts.iter().find(|mount| mount.at == at);
        Self { at, mount: mount.map(|mount| (mount, workload.mounted(mount))) }
    }

    /// How an option is written there.
    pub(crate) fn writes(&self, name: &str) -> Written {
        match self.mount {
            Some((_, volume)) => {
                let config_map = volume.filter(|volume| volume.kind == "configMap");
                config_map
                    .and_then(|volume| volume.source.as_deref())
                    .map_or(Written::Unknown, |map| in_config_map(map, name))
            }
            None => match raw::at::<Value>(self.at) {
                // A variable.
                Some(Value::Object(variable)) => match variable.get("value").and_then(Value::as_str) {
                    Some(text) if text.contains("--") => by(has_loose(text, name)),
                    _ => Written::Not,
                },
                Some(Value::String(text)) => by(has_loose(&text, name)),
                _ => Written::Plainly,
            },
        }
    }

    /// The end of a sentence that says where an option file comes from.
    pub(crate) fn place(&self) -> String {
        match self.mount {
            None => String::new(),
            Some((mount, volume)) => match volume.and_then(|volume| volume.source.as_deref()) {
                Some(name) => format!(" (ConfigMap {name}, mounted at {})", mount.path),
                None => format!(" (option file mounted at {})", mount.path),
            },
        }
    }
}

/// How the option files of a ConfigMap write an option.
pub(crate) fn in_config_map(config_map: &str, name: &str) -> Written {
    match cluster::get::<ConfigMap>(&CONFIG_MAP, config_map) {
        Known::Yes(map) => by(map.data.into_iter().flatten().any(|(_, text)| has_loose_line(&text, name))),
        Known::No | Known::Unknown => Written::Unknown,
    }
}

/// Whether a line of an option file writes an option with `loose-`.
pub(crate) fn is_loose_line(line: &str, name: &str) -> bool {
    let line = line.trim().replace('_', "-");
    line.strip_prefix("loose-").is_some_and(|rest| {
        rest.split(['=', '#']).next().is_some_and(|written| {
            let written = written.trim();
            // The shortest beginnings that servers take are whole words of it.
            written == name || !written.is_empty() && name.starts_with(written)
        })
    })
}

fn by(loosely: bool) -> Written {
    if loosely { Written::Loosely } else { Written::Plainly }
}

fn has_loose_line(text: &str, name: &str) -> bool {
    text.lines().any(|line| is_loose_line(line, name))
}

/// Whether an argument, or a script or variable with arguments, writes an option with `loose-`.
fn has_loose(text: &str, name: &str) -> bool {
    text.replace('_', "-").contains(&format!("--loose-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_in_many_forms() {
        for line in ["loose-ssl", "loose_ssl=0", "  loose-ssl = 1 # comment"] {
            assert!(is_loose_line(line, "ssl"), "{line}");
        }
        assert!(is_loose_line("loose_query_cache_size = 1", "query-cache-size"));
        for line in ["ssl", "# loose-ssl", "loose-ssl-ca=x", "loose"] {
            assert!(!is_loose_line(line, "ssl"), "{line}");
        }
        assert!(has_loose("exec mysqld --loose_query_cache_size=1", "query-cache-size"));
        assert!(!has_loose("exec mysqld --query_cache_size=1", "query-cache-size"));
    }
}
