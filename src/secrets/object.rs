//! What a Secret of the gate looks like, and whose a Secret is.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use secrecy::ExposeSecret;

use super::plan::Wanted;
use crate::engine::{self, Data, SecretEntry};

/// The label that says who takes care of a Secret.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Its value on the gate's Secrets.
pub(super) const MANAGER: &str = "tidegate";
/// The annotation with the kind of the workload that a Secret belongs to. An annotation, since a
/// label's value holds at most 63 characters and a name up to 253.
pub(super) const WORKLOAD_KIND: &str = "tidegate.dev/workload-kind";
/// The annotation with the workload's name.
pub(super) const WORKLOAD_NAME: &str = "tidegate.dev/workload-name";
/// The annotation that says where servers of the workload ever kept their data beyond their pods: `claims`,
/// or `elsewhere` if it was also in other volumes.
pub(super) const KEEPS_DATA: &str = "tidegate.dev/keeps-data";
/// The annotation with the claims that the workload's pods used, with commas between them.
pub(super) const CLAIMS: &str = "tidegate.dev/claims";
/// The annotation with the uid of the workload, once it was seen stored.
pub(super) const WORKLOAD_UID: &str = "tidegate.dev/workload-uid";
/// The annotation with the version of the Secret that an object relied on when it was made. It changes
/// with each such object, and with it the Secret's version.
pub(super) const RELIED_ON: &str = "tidegate.dev/relied-on-version";

/// A new Secret with everything that is wanted.
pub(super) fn new_secret(wanted: &Wanted<'_>) -> Secret {
    let text = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let (of, mut annotations) = (wanted.of, BTreeMap::new());
    annotations.extend([text(WORKLOAD_KIND, &of.owner_kind), text(WORKLOAD_NAME, &of.owner_name)]);
    annotations.extend(grown(&ObjectMeta::default(), &of.owner));
    Secret {
        metadata: ObjectMeta {
            name: Some(wanted.secret.name.clone()),
            namespace: Some(wanted.secret.namespace.clone()),
            labels: Some(BTreeMap::from([text(MANAGED_BY, MANAGER)])),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        data: Some(data(wanted.entries.iter().map(|entry| (entry.key.as_str(), *entry)))),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    }
}

/// Entries as a Secret's `data`, each under its key.
pub(super) fn data<'a>(entries: impl IntoIterator<Item = (&'a str, &'a SecretEntry)>) -> BTreeMap<String, ByteString> {
    let value = |entry: &SecretEntry| ByteString(entry.value.expose_secret().as_bytes().to_vec());
    entries.into_iter().map(|(key, entry)| (key.to_owned(), value(entry))).collect()
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
        /// Its name, or its `generateName`.
        name: &'a str,
    },
}

/// Whose a Secret is. A Secret with the gate's label but without its annotations is somebody's.
pub(super) fn owner(secret: &ObjectMeta) -> Owner<'_> {
    let label = secret.labels.as_ref().and_then(|labels| labels.get(MANAGED_BY));
    match (label.map(String::as_str), annotation(secret, WORKLOAD_KIND), annotation(secret, WORKLOAD_NAME)) {
        (Some(MANAGER), Some(kind), Some(name)) => Owner::Workload { kind, name },
        _ => Owner::Somebody,
    }
}

/// Where servers of the workload ever kept their data.
pub(super) fn kept_data(secret: &ObjectMeta) -> Data {
    match annotation(secret, KEEPS_DATA) {
        Some("claims") => Data::InClaims,
        Some("elsewhere") => Data::Elsewhere,
        _ => Data::Passing,
    }
}

/// What a Secret has to say beyond what it says, now that its workload is this one. Where data once were, they
/// still may be: it only grows.
pub(super) fn grown(secret: &ObjectMeta, owner: &engine::Owner) -> BTreeMap<String, String> {
    let mut annotations = BTreeMap::new();
    if owner.data > kept_data(secret) {
        let word = if owner.data == Data::Elsewhere { "elsewhere" } else { "claims" };
        annotations.insert(KEEPS_DATA.to_owned(), word.to_owned());
    }
    let known = claims(secret);
    if owner.claims.iter().any(|claim| !known.contains(claim)) {
        let mut all = [known, owner.claims.clone()].concat();
        all.sort_unstable();
        all.dedup();
        annotations.insert(CLAIMS.to_owned(), all.join(","));
    }
    annotations
}

/// The claims that the workload's pods used at any time.
pub(super) fn claims(secret: &ObjectMeta) -> Vec<String> {
    let claims = annotation(secret, CLAIMS).unwrap_or_default().split(',');
    claims.filter(|claim| !claim.is_empty()).map(str::to_owned).collect()
}

/// An annotation.
pub(super) fn annotation<'a>(secret: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    secret.annotations.as_ref().and_then(|all| all.get(key)).map(String::as_str)
}
