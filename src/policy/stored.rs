//! What the objects of a cluster say, for whoever judges by them: the gate, and audits of that cluster.

use serde_json::Value;

use super::document::PolicyDocument;
use super::exception::{ExceptionDocument, ExceptionSpec, PolicyException};
use super::spec::PolicySpec;

/// Where documents of objects are said to be from, in messages.
pub const CLUSTER: &str = "the cluster";

/// The document that an object of kind `ClusterPolicy` is.
///
/// # Errors
/// What is wrong with it.
pub fn policy_of_object(name: &str, spec: Value) -> Result<PolicyDocument, String> {
    let spec: PolicySpec = serde_json::from_value(spec).map_err(|error| format!("spec: {error}"))?;
    let document = PolicyDocument::new(name, spec);
    document.check(CLUSTER).map_err(|error| error.to_string())?;
    Ok(document)
}

/// The exception that an object of kind `PolicyException` is.
///
/// # Errors
/// What is wrong with it.
pub fn exception_of_object(namespace: &str, name: &str, spec: Value) -> Result<PolicyException, String> {
    let spec: ExceptionSpec = serde_json::from_value(spec).map_err(|error| format!("spec: {error}"))?;
    PolicyException::new(CLUSTER, ExceptionDocument::new(namespace, name, spec)).map_err(|error| error.to_string())
}

/// The digest at the end of where a tag was resolved to.
pub fn resolved_digest(resolved: &str) -> Option<String> {
    let (_, digest) = resolved.rsplit_once('@')?;
    let hash = digest.strip_prefix("sha256:")?;
    (hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digest.to_owned())
}

/// The document with its tag replaced by a digest. The registry and the repository stay those of the document: whoever
/// may only write a status cannot bring other code in.
pub fn pinned(document: &PolicyDocument, digest: &str) -> PolicyDocument {
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

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
        assert_eq!(resolved_digest(&format!("oci://elsewhere.example/other@{DIGEST}")).as_deref(), Some(DIGEST));
        for nonsense in ["", "oci://registry.example/probes:1.2", "a@sha256:12", "a@sha256:../../x"] {
            assert_eq!(resolved_digest(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_object_is_told() {
        let document = policy_of_object("mine", json!({ "module": "builtin://probes", "action": "warn" })).unwrap();
        assert_eq!((document.metadata.name.as_str(), document.spec.enabled), ("mine", true));
        for (spec, told) in [
            (Value::Null, "spec: invalid type: null"),
            (json!({ "module": "builtin://probes", "actoin": "warn" }), "spec: unknown field `actoin`"),
            (
                json!({ "module": "builtin://probes", "timeout": "9s" }),
                "the cluster: policy mine: spec.timeout: 9s is outside 1ms to 3s",
            ),
        ] {
            let problem = policy_of_object("mine", spec).unwrap_err();
            assert!(problem.starts_with(told), "{problem}");
        }
        let spec = json!({ "rules": ["MY010"], "reason": "", "expires": "2027-01-01" });
        let problem = exception_of_object("shop", "mine", spec).unwrap_err();
        assert!(problem.starts_with("the cluster: exception mine: spec.reason: "), "{problem}");
    }
}
