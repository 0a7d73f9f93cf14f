//! What an object says, as far as this gate can read it.

use kube::api::DynamicObject;
use serde_json::Value;

use super::status::{ClusterPolicyStatus, READY};
use crate::policy::{
    PolicyDocument, PolicyException, digest_of, exception_of_object, policy_of_object, resolved_digest,
};

/// A `ClusterPolicy` as it is stored.
pub(super) struct StoredPolicy {
    pub(super) name: String,
    pub(super) generation: i64,
    /// What it is known by: it changes with `spec`, and with the object.
    pub(super) version: String,
    /// Its document, or what is wrong with it.
    pub(super) document: Result<PolicyDocument, String>,
    /// The digest that the tag in this very document stands for, if a replica was the first to find out.
    pub(super) pinned: Option<String>,
}

impl From<&DynamicObject> for StoredPolicy {
    fn from(object: &DynamicObject) -> Self {
        let metadata = &object.metadata;
        let name = metadata.name.clone().unwrap_or_default();
        let generation = metadata.generation.unwrap_or_default();
        let spec = spec_of(object);
        let version = digest_of(format!("{} {spec}", metadata.uid.as_deref().unwrap_or_default()).as_bytes());
        let document = policy_of_object(&name, spec);
        let pinned = status_of(object)
            .filter(|status| status.resolved_generation == Some(generation))
            .and_then(|status| resolved_digest(status.resolved.as_deref()?));
        Self { name, generation, version, document, pinned }
    }
}

/// The status that an object has now, as far as the controller writes it: other conditions are others' own.
pub(super) fn status_of(object: &DynamicObject) -> Option<ClusterPolicyStatus> {
    let mut status: ClusterPolicyStatus = serde_json::from_value(object.data.get("status")?.clone()).ok()?;
    status.conditions.retain(|condition| condition.type_ == READY);
    Some(status)
}

/// An object's exception, or what is wrong with it.
pub(super) fn exception(object: &DynamicObject) -> Result<PolicyException, String> {
    let metadata = &object.metadata;
    let (namespace, name) = (metadata.namespace.as_deref(), metadata.name.as_deref());
    exception_of_object(namespace.unwrap_or_default(), name.unwrap_or_default(), spec_of(object))
}

fn spec_of(object: &DynamicObject) -> Value {
    object.data.get("spec").cloned().unwrap_or(Value::Null)
}
