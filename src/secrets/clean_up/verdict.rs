//! What becomes of a Secret of the gate, from what it says and what is there. Pure.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::engine::Data;
use crate::secrets::claims::is_claim;
use crate::secrets::object::{WORKLOAD_UID, annotation, claims, kept_data};

/// What becomes of a Secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in use, or its password opens data that are there.
    Keep,
    /// Its workload was never seen stored.
    Stray,
    /// Its workload was there and is gone, and so are its claims.
    Orphan,
    /// Nothing uses it, but data that it opens were outside of claims, on a node or another server: for all
    /// that can be known they are there for ever, and nobody but a person may throw their password away.
    OpensDataElsewhere,
}

/// Judges a Secret whose workload is not stored: whether anything that runs pods refers to it, and which claims
/// there are, with those whose volume is still there.
pub(super) fn verdict(secret: &ObjectMeta, is_used: bool, there: &[String]) -> Verdict {
    if is_used || claims(secret).iter().any(|claim| there.iter().any(|name| is_claim(claim, name))) {
        return Verdict::Keep;
    }
    match kept_data(secret) {
        Data::Elsewhere => Verdict::OpensDataElsewhere,
        _ if annotation(secret, WORKLOAD_UID).is_some() => Verdict::Orphan,
        _ => Verdict::Stray,
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
        let kept = (CLAIMS, "data-mysql-*,backup");
        let (in_claims, node) = ((KEEPS_DATA, "claims"), (KEEPS_DATA, "elsewhere"));
        type Row<'a> = (&'a [(&'a str, &'a str)], bool, &'a [&'a str], Verdict);
        let rows: &[Row<'_>] = &[
            // It says, used, claims that are there, verdict
            (&[], false, &[], Verdict::Stray),
            (&[], true, &[], Verdict::Keep),
            (&[uid], true, &[], Verdict::Keep),
            (&[kept], false, &[], Verdict::Stray),
            (&[kept, in_claims], false, &[], Verdict::Stray),
            (&[kept, node], false, &[], Verdict::OpensDataElsewhere),
            (&[kept], false, &["data-mysql-0"], Verdict::Keep),
            (&[kept], false, &["backup"], Verdict::Keep),
            (&[kept], false, &["backup-2", "data-mysql"], Verdict::Stray),
            (&[uid, kept, in_claims], false, &["data-mysql-2"], Verdict::Keep),
            (&[uid, kept, in_claims], false, &["data-other-2"], Verdict::Orphan),
            (&[uid], false, &[], Verdict::Orphan),
            (&[node], false, &[], Verdict::OpensDataElsewhere),
            (&[uid, node], false, &[], Verdict::OpensDataElsewhere),
            (&[uid, node], true, &[], Verdict::Keep),
        ];
        for (says, is_used, there, expected) in rows {
            let annotations: BTreeMap<_, _> =
                says.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
            let secret = ObjectMeta { annotations: Some(annotations), ..ObjectMeta::default() };
            let there: Vec<String> = there.iter().map(|claim| (*claim).to_owned()).collect();
            assert_eq!(verdict(&secret, *is_used, &there), *expected, "{says:?} {is_used} {there:?}");
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
