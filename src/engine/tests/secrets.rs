//! What moves into a Secret, under which key, and what does not.

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{A, B, deployment, finding, fix, patch, policy, run};
use crate::engine::{Data, evaluate};
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
        evaluation.moved().iter().map(|entry| (entry.key.as_str(), entry.value.expose_secret())).collect();
    assert_eq!(values, [("MYSQL_PWD", "pa$word-1"), ("MYSQL_PWD", "pa$word-1")]);
    assert!(!patch(&evaluation).to_string().contains("word-1"));
    assert!(!format!("{:?}", evaluation.secret).contains("word-1"));
}

#[test]
fn containers_that_differ_have_keys_of_their_own() {
    let mut object = deployment();
    *object.pointer_mut(&format!("{B}/value")).unwrap() = json!("another");
    let moves = vec![Edit::MoveToSecret(A.into()), Edit::MoveToSecret(B.into())];
    let evaluation = run(object, Action::Fix, Ok(vec![finding(A, Severity::Critical, moves)]));
    let keys: Vec<_> = evaluation.moved().iter().map(|entry| entry.key.as_str()).collect();
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
            assert_eq!(evaluation.moved()[0].key, "kept");
        } else {
            assert!(evaluation.findings[0].obstacle.as_ref().unwrap().contains("theirs"));
            assert!(evaluation.secret.is_none());
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
        // A password that was not there before would be quoted by the API server, which refuses it.
        assert_eq!(evaluation.is_allowed(), fixed || stored == literal);
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

#[test]
fn the_secret_says_which_data_its_password_opens() {
    let template = json!([{ "metadata": { "name": "data" }, "spec": {} }]);
    for (image, volume, claim_templates, data, claims) in [
        ("mysql:8.4", json!({ "emptyDir": {} }), json!(null), Data::Passing, vec![]),
        (
            "mysql:8.4",
            json!({ "persistentVolumeClaim": { "claimName": "kept" } }),
            json!(null),
            Data::InClaims,
            vec!["kept"],
        ),
        ("mysql:8.4", json!({ "hostPath": { "path": "/data" } }), json!(null), Data::Elsewhere, vec![]),
        ("mysql:8.4", json!({ "ephemeral": { "volumeClaimTemplate": {} } }), json!(null), Data::Passing, vec![]),
        ("mysql:8.4", json!(null), template, Data::InClaims, vec!["data-shop-*"]),
        // WordPress keeps uploads, and no password.
        (
            "wordpress:6",
            json!({ "persistentVolumeClaim": { "claimName": "kept" } }),
            json!(null),
            Data::Passing,
            vec!["kept"],
        ),
    ] {
        let mut object = deployment();
        let pod = &mut object["spec"]["template"]["spec"];
        pod["containers"][0]["image"] = json!(image);
        pod["containers"][0]["volumeMounts"] = json!([{ "name": "data", "mountPath": "/var/lib/mysql" }]);
        if volume.is_object() {
            pod["volumes"] = json!([volume]);
            pod["volumes"][0]["name"] = json!("data");
        }
        if claim_templates.is_array() {
            object["kind"] = json!("StatefulSet");
            object["spec"]["volumeClaimTemplates"] = claim_templates;
        }
        let evaluation =
            run(object, Action::Fix, Ok(vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into())])]));
        let owner = evaluation.secret.unwrap().owner;
        assert_eq!((owner.data, owner.claims), (data, claims.iter().map(|claim| claim.to_string()).collect()));
    }
}

#[test]
fn an_author_names_the_secret() {
    for (name, secret) in [("other-credentials", Some("other-credentials")), ("other-tls", None)] {
        let mut object = deployment();
        object["metadata"]["annotations"] = json!({ "tidegate.dev/credentials-secret": name });
        let evaluation =
            run(object, Action::Fix, Ok(vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into())])]));
        assert_eq!(evaluation.secret.as_ref().map(|secret| secret.name.as_str()), secret);
        assert_eq!(evaluation.is_allowed(), secret.is_some());
        let obstacle = evaluation.findings[0].obstacle.as_deref().unwrap_or_default();
        assert_eq!(obstacle.contains("other-tls"), secret.is_none(), "{obstacle}");
    }
}

#[test]
fn a_variable_may_refer_to_another_key() {
    let mut object = deployment();
    let applied = object.to_string();
    object["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
    let found = vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into()), Edit::MoveToSecret(B.into())])];
    let mut evaluation = run(object.clone(), Action::Fix, Ok(found));
    let secret = evaluation.secret.take().unwrap();
    evaluation.use_keys(&secret, &[("MYSQL_PWD".to_owned(), "MYSQL_PWD.2".to_owned())].into()).unwrap();
    let annotation = &evaluation.object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
    let applied: Value = serde_json::from_str(annotation.as_str().unwrap()).unwrap();
    for at in [A, B] {
        let reference = json!({ "name": "shop-credentials", "key": "MYSQL_PWD.2" });
        let place = format!("{at}/valueFrom/secretKeyRef");
        assert_eq!(evaluation.object.pointer(&place), Some(&reference));
        assert_eq!(applied.pointer(&place), Some(&reference));
    }
    json_patch::patch(&mut object, &evaluation.patch).unwrap();
    assert_eq!(object, evaluation.object);
    // What is no longer where it was moved from is not touched.
    evaluation.object["spec"]["template"]["spec"]["containers"] = json!([]);
    assert!(evaluation.use_keys(&secret, &[("MYSQL_PWD".to_owned(), "x".to_owned())].into()).is_err());
}

#[test]
fn an_update_that_leaves_a_password_where_it_was_passes_without_a_secret() {
    for phase in [Phase::Mutate, Phase::Validate] {
        let mut request = Request::audit(deployment());
        (request.phase, request.operation) = (phase, Operation::Update);
        request.old_object = Some(deployment());
        request.object["spec"]["template"]["spec"]["containers"][0]["image"] = json!("mysql:8.4.1");
        request.no_secret = Some("it is somebody's".to_owned());
        let found = vec![finding(A, Severity::Critical, vec![Edit::MoveToSecret(A.into())])];
        let policies = PolicySet::new(vec![policy("p", Action::Fix, Ok(found))]);
        let lookup = Arc::new(NoLookup) as Arc<dyn Lookup>;
        let evaluation = evaluate(&request, &policies, &lookup).unwrap();
        assert_eq!((evaluation.is_allowed(), evaluation.secret.is_none()), (true, true));
        request.old_object = None;
        request.operation = Operation::Create;
        assert!(!evaluate(&request, &policies, &lookup).unwrap().is_allowed(), "what is new is refused");
    }
}
