//! What an object says, as far as this gate can read it.

use kube::api::DynamicObject;
use serde_json::Value;

use super::status::{ClusterPolicyStatus, READY};
use crate::policy::{ExceptionDocument, ExceptionSpec, PolicyDocument, PolicyException, PolicySpec, digest_of};

/// Where documents of objects are said to be from, in messages.
pub(super) const CLUSTER: &str = "the cluster";

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
        let spec = object.data.get("spec").cloned().unwrap_or(Value::Null);
        let version = digest_of(format!("{} {spec}", metadata.uid.as_deref().unwrap_or_default()).as_bytes());
        let document = serde_json::from_value::<PolicySpec>(spec)
            .map_err(|error| format!("spec: {error}"))
            .map(|spec| PolicyDocument::new(&name, spec))
            .and_then(|document| match document.check(CLUSTER) {
                Ok(()) => Ok(document),
                Err(error) => Err(error.to_string()),
            });
        let pinned = status_of(object)
            .filter(|status| status.observed_generation == Some(generation))
            .and_then(|status| digest(status.resolved.as_deref()?));
        Self { name, generation, version, document, pinned }
    }
}

/// The digest at the end of where a tag was resolved to.
pub(super) fn digest(resolved: &str) -> Option<String> {
    let (_, digest) = resolved.rsplit_once('@')?;
    let hash = digest.strip_prefix("sha256:")?;
    (hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digest.to_owned())
}

/// The document with its tag replaced by a digest. The registry and the repository stay those of the document: whoever
/// may only write a status cannot bring other code in.
pub(super) fn pinned(document: &PolicyDocument, digest: &str) -> PolicyDocument {
    let mut document = document.clone();
    let module = &document.spec.module;
    if let Some(address) = module.strip_prefix("oci://").filter(|address| !address.contains('@')) {
        let repository = match address.rsplit_once(':') {
            // What stands behind the last colon is a port if a path follows.
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => address,
        };
        document.spec.module = format!("oci://{repository}@{digest}");
    }
    document
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
    let spec = object.data.get("spec").cloned().unwrap_or(Value::Null);
    let spec: ExceptionSpec = serde_json::from_value(spec).map_err(|error| format!("spec: {error}"))?;
    let (namespace, name) = (metadata.namespace.as_deref(), metadata.name.as_deref());
    let document = ExceptionDocument::new(namespace.unwrap_or_default(), name.unwrap_or_default(), spec);
    PolicyException::new(CLUSTER, document).map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_tag_is_replaced_and_nothing_else() {
        for (module, wanted) in [
            ("oci://registry.example/team/probes:1.2", format!("oci://registry.example/team/probes@{DIGEST}")),
            ("oci://registry.example:5000/probes:v1", format!("oci://registry.example:5000/probes@{DIGEST}")),
            ("oci://registry.example:5000/probes", format!("oci://registry.example:5000/probes@{DIGEST}")),
            ("builtin://probes", "builtin://probes".to_owned()),
        ] {
            let mut document = PolicyDocument::builtin("probes");
            document.spec.module = module.to_owned();
            assert_eq!(pinned(&document, DIGEST).spec.module, wanted);
        }
    }

    #[test]
    fn of_what_a_status_says_only_a_digest_counts() {
        assert_eq!(digest(&format!("oci://elsewhere.example/other@{DIGEST}")).as_deref(), Some(DIGEST));
        for nonsense in ["", "oci://registry.example/probes:1.2", "a@sha256:12", "a@sha256:../../x"] {
            assert_eq!(digest(nonsense), None, "{nonsense}");
        }
    }
}
