//! Which object of a file is which of a cluster.

use serde_json::Value;

use crate::audit::cluster::JUDGED;
use crate::lookup::ResourceType;

/// What an object is called. Its version does not count: the API server gives any.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Identity {
    pub kind: &'static str,
    pub namespace: Option<String>,
    pub name: String,
}

impl Identity {
    /// That of an object which, if it says nothing else, is in this namespace. None for kinds that are not judged,
    /// and for objects that get their name from the API server.
    pub(super) fn of(object: &Value, namespace: &str) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kind = text("/kind")?;
        let (version, kind) = JUDGED.iter().find(|(_, judged)| *judged == kind)?;
        let is_in_none = ResourceType::new(*version, *kind).is_cluster_scoped();
        let namespace = (!is_in_none).then(|| text("/metadata/namespace").unwrap_or(namespace).to_owned());
        Some(Self { kind, namespace, name: text("/metadata/name")?.to_owned() })
    }

    /// `Deployment shop/mysql`.
    pub(super) fn words(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name),
            None => format!("{} {}", self.kind, self.name),
        }
    }
}

/// What the API server is asked for.
pub(super) fn resource_type(identity: &Identity) -> ResourceType {
    let version = JUDGED.iter().find(|(_, kind)| *kind == identity.kind).map_or("v1", |(version, _)| version);
    ResourceType::new(version, identity.kind)
}
