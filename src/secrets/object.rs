//! What a Secret of the gate looks like, and whose a Secret is.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use secrecy::ExposeSecret;

use super::plan::Wanted;
use crate::engine::SecretEntry;

/// The label that says who takes care of a Secret.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Its value on the gate's Secrets.
pub(super) const MANAGER: &str = "tidegate";
/// The annotation with the kind of the workload that a Secret belongs to. An annotation, since a
/// label's value holds at most 63 characters and a name up to 253.
pub(super) const WORKLOAD_KIND: &str = "tidegate.dev/workload-kind";
/// The annotation with the workload's name.
pub(super) const WORKLOAD_NAME: &str = "tidegate.dev/workload-name";

/// A new Secret with everything that is wanted.
pub(super) fn new_secret(wanted: &Wanted<'_>) -> Secret {
    let text = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Secret {
        metadata: ObjectMeta {
            name: Some(wanted.secret.name.clone()),
            namespace: Some(wanted.secret.namespace.clone()),
            labels: Some(BTreeMap::from([text(MANAGED_BY, MANAGER)])),
            annotations: Some(BTreeMap::from([
                text(WORKLOAD_KIND, wanted.owner_kind),
                text(WORKLOAD_NAME, wanted.owner_name),
            ])),
            ..ObjectMeta::default()
        },
        data: Some(data(&wanted.entries)),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    }
}

/// Entries as a Secret's `data`.
pub(super) fn data(entries: &[&SecretEntry]) -> BTreeMap<String, ByteString> {
    let value = |entry: &SecretEntry| ByteString(entry.value.expose_secret().as_bytes().to_vec());
    entries.iter().map(|entry| (entry.key.clone(), value(entry))).collect()
}

/// Whose a Secret is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// Somebody else's than the gate's.
    Somebody,
    /// The gate's, for a workload.
    Workload {
        /// Its kind.
        kind: &'a str,
        /// Its name.
        name: &'a str,
    },
}

/// Whose a Secret is. A Secret with the gate's label but without its annotations is somebody's.
pub(super) fn owner(secret: &Secret) -> Owner<'_> {
    let label = secret.metadata.labels.as_ref().and_then(|labels| labels.get(MANAGED_BY));
    let annotation = |key| secret.metadata.annotations.as_ref().and_then(|all| all.get(key)).map(String::as_str);
    match (label.map(String::as_str), annotation(WORKLOAD_KIND), annotation(WORKLOAD_NAME)) {
        (Some(MANAGER), Some(kind), Some(name)) => Owner::Workload { kind, name },
        _ => Owner::Somebody,
    }
}
