//! MY008: a variable takes its password from a ConfigMap, which is as readable as the manifest.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tidegate_policy::{Container, Finding, Known, ResourceType, Severity, cluster};

use crate::hidden::HIDDEN;
use crate::names::WITHHELD;
use crate::settings::Settings;

pub(crate) const CONFIG_MAP: ResourceType = ResourceType::new("v1", "ConfigMap");

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigMap {
    data: BTreeMap<String, String>,
}

/// `stays`: the container may have been so before, and who changes something else is told, not refused.
pub(crate) fn judge(container: &Container, settings: &Settings, stays: bool) -> Vec<Finding> {
    let mut seen = Seen::default();
    let mut findings = of_keys(container, settings, &mut seen);
    findings.extend(of_whole_config_maps(container, settings, &mut seen));
    if stays {
        findings.iter_mut().for_each(|finding| finding.severity = Severity::Medium);
    }
    findings
}

/// `valueFrom.configMapKeyRef` of a variable that is a password.
fn of_keys<'a>(container: &'a Container, settings: &Settings, seen: &mut Seen<'a>) -> Vec<Finding> {
    let passwords = settings.passwords(container);
    let mut findings = Vec::new();
    for variable in container.env.iter().filter(|variable| variable.value.is_none()) {
        let source = variable.value_from.as_ref().filter(|source| source.kind == "configMapKeyRef");
        let Some((Some(config_map), Some(key))) = source.map(|source| (source.name.as_deref(), source.key.as_deref()))
        else {
            continue;
        };
        if settings.ignores_config_map(config_map) || !passwords.has(variable) {
            continue;
        }
        let is_certain = match seen.get(config_map) {
            Known::Yes(found) if !found.data.get(key).is_some_and(|text| is_literal(text)) => continue,
            Known::Yes(_) => true,
            // It may come later, and then with the password.
            Known::No | Known::Unknown => false,
        };
        let at = format!("{}/valueFrom", variable.at);
        let instead = "secretKeyRef in place of configMapKeyRef";
        let finding = finding(container, &variable.name, config_map, key, instead, &at);
        findings.push(if is_certain { finding } else { finding.severity(Severity::Medium) });
    }
    findings
}

/// `envFrom` with a ConfigMap in which there is a password. A variable of the container's own takes its place.
fn of_whole_config_maps<'a>(container: &'a Container, settings: &Settings, seen: &mut Seen<'a>) -> Vec<Finding> {
    let own: BTreeSet<&str> = container.env.iter().map(|variable| variable.name.as_str()).collect();
    let sources = container.env_from.iter().enumerate().filter(|(_, source)| source.kind == "configMapRef");
    sources
        .filter(|(_, source)| !settings.ignores_config_map(&source.name))
        .filter_map(|(index, source)| {
            let Known::Yes(config_map) = seen.get(&source.name) else { return None };
            let (name, key) = config_map.data.iter().find_map(|(key, text)| {
                let name = format!("{}{key}", source.prefix);
                let counts = settings.is_called_password(&name) && !own.contains(name.as_str());
                (counts && is_literal(text)).then_some((name, key))
            })?;
            let at = container.path(["envFrom", &index.to_string()]);
            Some(finding(container, &name, &source.name, key, "secretRef in place of configMapRef", &at))
        })
        .collect()
}

/// The ConfigMaps that were asked for: each once.
#[derive(Default)]
struct Seen<'a>(BTreeMap<&'a str, Known<ConfigMap>>);

impl<'a> Seen<'a> {
    fn get(&mut self, name: &'a str) -> &Known<ConfigMap> {
        self.0.entry(name).or_insert_with(|| cluster::get(&CONFIG_MAP, name))
    }
}

/// Whether a text is a value, and neither nothing nor left over from a template.
fn is_literal(text: &str) -> bool {
    text == WITHHELD || !(text.is_empty() || text.contains("${") || text.contains("{{") || text.starts_with('<'))
}

fn finding(container: &Container, name: &str, config_map: &str, key: &str, instead: &str, at: &str) -> Finding {
    let owner = &container.name;
    let message =
        format!("{name} of container {owner} comes from ConfigMap {config_map}: whoever can read ConfigMaps has it");
    Finding::new(&HIDDEN, at, message)
        .help(format!("Put {key} into a Secret, and write {instead}; then change the password"))
}
