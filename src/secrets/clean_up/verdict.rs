//! What becomes of a Secret of the gate, from what it says and what is there. Pure.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::secrets::object::{WORKLOAD_UID, annotation, claims, keeps_data};

/// What there is in the Secret's namespace.
pub(super) struct Facts<'a> {
    /// The uid of the workload that it belongs to, if that is stored.
    pub(super) workload_uid: Option<&'a str>,
    /// True if anything that runs pods refers to it.
    pub(super) is_used: bool,
    /// The names of the claims.
    pub(super) claims: &'a [String],
}

/// What becomes of a Secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// It is in use, or its password opens data that are there.
    Keep,
    /// Its workload was stored, with this uid, and the Secret does not say so yet.
    Arrived(&'a str),
    /// Its workload never came to be.
    Stray,
    /// Its workload was there and is gone, and so are its claims.
    Orphan,
}

/// Judges a Secret of the gate.
pub(super) fn verdict<'a>(secret: &ObjectMeta, facts: &Facts<'a>) -> Verdict<'a> {
    let known = annotation(secret, WORKLOAD_UID);
    if let Some(uid) = facts.workload_uid {
        return if known == Some(uid) { Verdict::Keep } else { Verdict::Arrived(uid) };
    }
    let (claims, keeps_data) = (claims(secret), keeps_data(secret));
    if facts.is_used || claims.iter().any(|claim| facts.claims.iter().any(|name| is_claim(claim, name))) {
        return Verdict::Keep;
    }
    // Data outside of claims, on a node or another server, are there for ever, for all that can be
    // known: nobody but a person may throw their password away.
    if known.is_some() || (keeps_data && claims.is_empty()) { Verdict::Orphan } else { Verdict::Stray }
}

/// Whether a claim is one that a Secret names; `data-mysql-*` stands for those of a StatefulSet.
fn is_claim(named: &str, name: &str) -> bool {
    match named.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == named,
    }
}

/// Whether anything in an object refers to a Secret. It looks for no kind's own fields, so that it
/// rather finds too many.
pub(super) fn refers_to(object: &Value, secret: &str) -> bool {
    match object {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let is_reference = match key.as_str() {
                "secretKeyRef" | "secretRef" | "secret" => value.get("name").and_then(Value::as_str) == Some(secret),
                "secretName" => value.as_str() == Some(secret),
                _ => false,
            };
            is_reference || refers_to(value, secret)
        }),
        Value::Array(items) => items.iter().any(|item| refers_to(item, secret)),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::secrets::object::{CLAIMS, KEEPS_DATA};

    #[test]
    fn what_becomes_of_a_secret() {
        let uid = (WORKLOAD_UID, "7");
        let (kept, node) = ((CLAIMS, "data-mysql-*,backup"), (KEEPS_DATA, "true"));
        type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, bool, &'a [&'a str], Verdict<'a>);
        let rows: &[Row<'_>] = &[
            // It says,        workload, used,  claims that are there,  verdict
            (&[], Some("7"), false, &[], Verdict::Arrived("7")),
            (&[uid], Some("7"), false, &[], Verdict::Keep),
            (&[uid], Some("8"), false, &[], Verdict::Arrived("8")),
            (&[], None, false, &[], Verdict::Stray),
            (&[], None, true, &[], Verdict::Keep),
            (&[uid], None, true, &[], Verdict::Keep),
            (&[kept], None, false, &[], Verdict::Stray),
            (&[kept, node], None, false, &[], Verdict::Stray),
            (&[kept], None, false, &["data-mysql-0"], Verdict::Keep),
            (&[kept], None, false, &["backup"], Verdict::Keep),
            (&[kept], None, false, &["backup-2", "data-mysql"], Verdict::Stray),
            (&[uid, kept, node], None, false, &["data-mysql-2"], Verdict::Keep),
            (&[uid, kept, node], None, false, &["data-other-2"], Verdict::Orphan),
            (&[uid], None, false, &[], Verdict::Orphan),
            (&[node], None, false, &[], Verdict::Orphan),
        ];
        for (says, workload_uid, is_used, claims, expected) in rows {
            let annotations: BTreeMap<_, _> =
                says.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
            let secret = ObjectMeta { annotations: Some(annotations), ..ObjectMeta::default() };
            let claims: Vec<String> = claims.iter().map(|claim| (*claim).to_owned()).collect();
            let facts = Facts { workload_uid: *workload_uid, is_used: *is_used, claims: &claims };
            assert_eq!(verdict(&secret, &facts), *expected, "{says:?} {workload_uid:?} {is_used} {claims:?}");
        }
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        for part in [
            json!({ "env": [{ "valueFrom": { "secretKeyRef": { "name": "a", "key": "k" } } }] }),
            json!({ "envFrom": [{ "secretRef": { "name": "a" } }] }),
            json!({ "volumes": [{ "secret": { "secretName": "a" } }] }),
            json!({ "volumes": [{ "projected": { "sources": [{ "secret": { "name": "a" } }] } }] }),
        ] {
            let object = json!({ "spec": { "template": { "spec": part } } });
            assert!(refers_to(&object, "a") && !refers_to(&object, "b"), "{object}");
        }
        assert!(!refers_to(&json!({ "env": [{ "value": "a", "name": "a" }] }), "a"));
    }
}
