//! What a container's environment holds, as far as it can be told.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Container, EnvValue, EnvVar, Known, ResourceType, cluster};

pub(crate) const CONFIG_MAP: ResourceType = ResourceType::new("v1", "ConfigMap");

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nothing, or the empty text: the entrypoints make no difference.
    Nothing,
    /// This text.
    Text(String),
    /// Something that is not seen.
    Something,
    /// Perhaps something: where it would come from.
    Perhaps(String),
}

impl Held {
    pub(crate) fn is_set(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Something)
    }
}

/// A container's variables: those of `env`, and where `env` does not have one, those of `envFrom`.
pub(crate) struct Environment<'a> {
    container: &'a Container,
    /// The sources of `envFrom`: a later one counts before an earlier one.
    sources: Vec<Source<'a>>,
}

struct Source<'a> {
    at: String,
    prefix: &'a str,
    name: &'a str,
    kind: &'static str,
    /// The data, if they are seen.
    data: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigMap {
    data: BTreeMap<String, String>,
}

impl<'a> Environment<'a> {
    pub(crate) fn of(container: &'a Container) -> Self {
        let sources = container.env_from.iter().enumerate().map(|(index, from)| {
            let is_map = from.kind == "configMapRef";
            Source {
                at: container.path(["envFrom", &index.to_string()]),
                prefix: &from.prefix,
                name: &from.name,
                kind: if is_map { "ConfigMap" } else { "Secret" },
                data: if is_map { config_map(&from.name) } else { None },
            }
        });
        Self { container, sources: sources.collect() }
    }

    /// What a variable holds, and where that is written.
    pub(crate) fn get(&self, name: &str) -> (Held, &str) {
        if let Some(variable) = self.container.variable(name) {
            return (held(variable), &variable.at);
        }
        let mut perhaps = (Held::Nothing, self.container.at.as_str());
        for source in self.sources.iter().rev() {
            let Some(key) = name.strip_prefix(source.prefix) else { continue };
            match &source.data {
                Some(data) => {
                    if let Some(text) = data.get(key) {
                        return (of_text(text), &source.at);
                    }
                }
                None => perhaps = (Held::Perhaps(format!("{} {}", source.kind, source.name)), &source.at),
            }
        }
        perhaps
    }

    /// What the first of these variables that holds something holds; each may also be a file's path in
    /// a variable of the same name with `_FILE`.
    pub(crate) fn any(&self, names: &[&str]) -> Held {
        let mut found = Held::Nothing;
        for name in names {
            for held in [self.get(name).0, self.get(&format!("{name}_FILE")).0] {
                match held {
                    Held::Nothing => {}
                    Held::Perhaps(_) => found = held,
                    set => return set,
                }
            }
        }
        found
    }
}

fn held(variable: &EnvVar) -> Held {
    // During a server-side apply `value` may stand beside `valueFrom`; one of them goes.
    if let Some(source) = &variable.value_from {
        let name = source.name.as_deref().unwrap_or_default();
        return match (source.kind.as_str(), source.key.as_deref()) {
            ("configMapKeyRef", Some(key)) => match config_map(name) {
                Some(data) => data.get(key).map_or(Held::Nothing, |text| of_text(text)),
                None => Held::Perhaps(format!("ConfigMap {name}")),
            },
            ("secretKeyRef", _) if source.optional => Held::Perhaps(format!("Secret {name}")),
            _ => Held::Something,
        };
    }
    match &variable.value {
        None => Held::Nothing,
        Some(value) if value.is_empty() => Held::Nothing,
        Some(EnvValue::Plain(text)) if !value_is_open(text) => Held::Text(text.clone()),
        Some(_) => Held::Something,
    }
}

/// Whether a value refers to other variables, or is left over from a template.
fn value_is_open(text: &str) -> bool {
    EnvValue::Plain(text.to_owned()).has_references() || text.contains("${") || text.contains("{{")
}

fn of_text(text: &str) -> Held {
    match text {
        "" => Held::Nothing,
        _ => Held::Text(text.to_owned()),
    }
}

fn config_map(name: &str) -> Option<BTreeMap<String, String>> {
    match cluster::get::<ConfigMap>(&CONFIG_MAP, name) {
        Known::Yes(map) => Some(map.data),
        Known::No | Known::Unknown => None,
    }
}
