//! What a workload names: claims, ConfigMaps, Secrets, its Service.

use serde::Deserialize;
use tidegate_policy::{ResourceType, Workload, pointer, raw};

use crate::Settings;
use crate::service::SERVICE;

pub(crate) const CLAIM: ResourceType = ResourceType::new("v1", "PersistentVolumeClaim");
pub(crate) const CONFIG_MAP: ResourceType = ResourceType::new("v1", "ConfigMap");
pub(crate) const SECRET: ResourceType = ResourceType::new("v1", "Secret");
pub(crate) const NAMESPACE: ResourceType = ResourceType::new("v1", "Namespace");

/// One name, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: ResourceType,
    pub(crate) name: String,
    pub(crate) at: String,
}

/// A reference that may be optional, as Kubernetes writes it: a volume's Secret is `secretName`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    name: Option<String>,
    optional: Option<bool>,
}

/// A source of a projected volume.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Projection {
    config_map: Option<Written>,
    secret: Option<Written>,
}

/// All that must be there for the pods to start, each thing once, at its first place.
pub(crate) fn all(workload: &Workload, settings: &Settings) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut add = |kind, name: Option<&str>, at: &str| {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return };
        if !found.iter().any(|known| known.kind == kind && known.name == name) {
            found.push(Reference { kind, name: name.to_owned(), at: at.to_owned() });
        }
    };
    for volume in workload.volumes.iter().filter(|volume| workload.claim(&volume.name).is_none()) {
        let kind = match volume.kind.as_str() {
            "persistentVolumeClaim" => CLAIM,
            "configMap" => CONFIG_MAP,
            "secret" => SECRET,
            "projected" => {
                for (index, source) in sources(&volume.at).into_iter().enumerate() {
                    let at = pointer::join(&volume.at, ["projected", "sources", &index.to_string()]);
                    for (kind, written) in [(CONFIG_MAP, source.config_map), (SECRET, source.secret)] {
                        let name = written.filter(Written::is_needed).and_then(|written| written.name);
                        add(kind, name.as_deref(), &at);
                    }
                }
                continue;
            }
            _ => continue,
        };
        if raw::at(&pointer::join(&volume.at, [volume.kind.as_str(), "optional"])) != Some(true) {
            add(kind, volume.source.as_deref(), &volume.at);
        }
    }
    let ignored = |name: &String| settings.ignore_containers.contains(name);
    for container in workload.containers.iter().filter(|container| !ignored(&container.name)) {
        for variable in &container.env {
            let Some(source) = variable.value_from.as_ref().filter(|source| !source.optional) else { continue };
            match source.kind.as_str() {
                "configMapKeyRef" => add(CONFIG_MAP, source.name.as_deref(), &variable.at),
                "secretKeyRef" => add(SECRET, source.name.as_deref(), &variable.at),
                _ => {}
            }
        }
        for (index, source) in container.env_from.iter().enumerate() {
            let at = container.path(["envFrom", &index.to_string()]);
            let kind = if source.kind == "secretRef" { SECRET } else { CONFIG_MAP };
            if raw::at(&pointer::join(&at, [source.kind.as_str(), "optional"])) != Some(true) {
                add(kind, Some(&source.name), &at);
            }
        }
    }
    add(SERVICE, workload.service_name.as_deref(), "/spec/serviceName");
    found
}

fn sources(volume: &str) -> Vec<Projection> {
    raw::at(&pointer::join(volume, ["projected", "sources"])).unwrap_or_default()
}

impl Written {
    fn is_needed(&self) -> bool {
        self.optional != Some(true)
    }
}
