//! What moves into a Secret, under which key, and what does not.

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{A, B, deployment, finding, fix, patch, policy, run};
use crate::engine::evaluate;
use crate::finding::{Edit, Severity};
use crate::lookup::{Lookup, NoLookup};
use crate::policy::{Action, PolicySet};
use crate::request::{Operation, Phase, Request};

#[test]
fn a_literal_moves_into_the_workloads_secret() {
    let evaluation = fix(vec![Edit::MoveToSecret(A.into()), Edit::MoveToSecret(B.into())]);
    assert_eq!(
        evaluation.object.pointer(A),
        Some(
            &json!({ "name": "MYSQL_PWD", "valueFrom": { "secretKeyRef": { "name": "shop-credentials", "key": "MYSQL_PWD" } } })
        )
    );
    let values: Vec<_> =
        evaluation.secrets.iter().map(|entry| (entry.key.as_str(), entry.value.expose_secret())).collect();
    assert_eq!(values, [("MYSQL_PWD", "pa$word-1"), ("MYSQL_PWD", "pa$word-1")]);
    assert!(!patch(&evaluation).to_string().contains("word-1"));
    assert!(!format!("{:?}", evaluation.secrets).contains("word-1"));
}

#[test]
fn containers_that_differ_have_keys_of_their_own() {
    let mut object = deployment();
    *object.pointer_mut(&format!("{B}/value")).unwrap() = json!("another");
    let moves = vec![Edit::MoveToSecret(A.into()), Edit::MoveToSecret(B.into())];
    let evaluation = run(object, Action::Fix, Ok(vec![finding(A, Severity::Critical, moves)]));
    let keys: Vec<_> = evaluation.secrets.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["a.MYSQL_PWD", "b.MYSQL_PWD"]);
}

#[test]
fn a_value_beside_our_own_reference_is_dropped_and_beside_another_refused() {
    for (secret, fixed) in [("shop-credentials", true), ("theirs", false)] {
        let mut object = deployment();
        let source = json!({ "secretKeyRef": { "name": secret, "key": "kept" } });
        object.pointer_mut(A).unwrap()["valueFrom"] = source.clone();
        let found = vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into())])];
        let evaluation = run(object, Action::Fix, Ok(found));
        assert_eq!(evaluation.findings[0].fixed, fixed, "{secret}");
        if fixed {
            assert_eq!(patch(&evaluation), json!([{ "op": "remove", "path": format!("{A}/value") }]));
            assert_eq!(evaluation.secrets[0].key, "kept");
        } else {
            assert!(evaluation.findings[0].obstacle.as_ref().unwrap().contains("theirs"));
            assert!(evaluation.secrets.is_empty());
        }
    }
}

#[test]
fn a_stored_pod_only_gets_back_what_it_has() {
    let pod = |variable: Value| {
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "client", "namespace": "shop" }, "spec": {
            "containers": [{ "name": "client", "image": "mysql:8.4", "env": [variable] }]
        }})
    };
    let at = "/spec/containers/0/env/0";
    let literal = pod(json!({ "name": "MYSQL_PWD", "value": "s3cret" }));
    let from = |secret: &str| {
        let source = json!({ "secretKeyRef": { "name": secret, "key": "MYSQL_PWD" } });
        pod(json!({ "name": "MYSQL_PWD", "valueFrom": source }))
    };
    for (stored, fixed) in [(from("client-credentials"), true), (from("theirs"), false), (literal.clone(), false)] {
        let mut request = Request::audit(literal.clone());
        (request.phase, request.operation) = (Phase::Mutate, Operation::Update);
        // The Pod changes in another place as well, or it would not be judged.
        request.object["spec"]["containers"][0]["image"] = json!("mysql:8.4.1");
        request.old_object = Some(stored.clone());
        let found = vec![finding(at, Severity::Medium, vec![Edit::MoveToSecret(at.into())])];
        let policies = PolicySet::new(vec![policy("p", Action::Fix, Ok(found))]);
        let evaluation = evaluate(&request, &policies, &(Arc::new(NoLookup) as Arc<dyn Lookup>)).unwrap();
        assert_eq!(evaluation.findings[0].fixed, fixed);
        assert_eq!(evaluation.object.pointer(at) == stored.pointer(at), fixed || stored == literal);
    }
}

#[test]
fn the_last_applied_annotation_follows() {
    let mut object = deployment();
    let applied = format!("{object}\n");
    object["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
    let found = vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into())])];
    let evaluation = run(object, Action::Fix, Ok(found));
    let annotation = evaluation.object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
        .as_str()
        .unwrap();
    assert!(annotation.ends_with('\n'));
    let applied: Value = serde_json::from_str(annotation).unwrap();
    assert_eq!(applied.pointer(A), evaluation.object.pointer(A));
    assert!(applied.pointer(&format!("{B}/value")).is_some(), "what was not moved stays as it is");
}
