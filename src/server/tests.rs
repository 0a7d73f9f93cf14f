//! What is read from a body, and what is answered, as tables.

use serde_json::{Value, json};

use super::incoming::Incoming;
use super::response::Answer;
use crate::engine::{Decision, Evaluation, Judged, LeftAlone, PolicyFailure};
use crate::finding::{Finding, Severity};
use crate::policy::{Action, ReviewError};
use crate::request::{Operation, Phase};

fn judged(rule: &str, severity: Severity, fixed: bool) -> Judged {
    Judged {
        policy: "recreate-strategy".into(),
        action: Action::Fix,
        finding: Finding {
            rule: rule.into(),
            severity,
            at: "/spec/strategy".into(),
            message: "a rolling update starts a second server on the same volume".into(),
            help: Some("Set type: Recreate".into()),
            fix: Vec::new(),
        },
        fixed,
        obstacle: None,
        cannot_be_stored: false,
        stood_before: false,
        exception: None,
        steps: 0..0,
    }
}

fn evaluation(findings: Vec<Judged>) -> Evaluation {
    let mut evaluation = Evaluation::untouched(json!({}), LeftAlone::Controlled);
    evaluation.left_alone = None;
    if findings.iter().any(Judged::denies) {
        evaluation.decision = Decision::Deny;
    }
    if findings.iter().any(|judged| judged.fixed) {
        let patch = json!([{ "op": "replace", "path": "/spec/strategy", "value": { "type": "Recreate" } }]);
        evaluation.patch = serde_json::from_value(patch).unwrap();
    }
    evaluation.findings = findings;
    evaluation
}

fn response(evaluation: Evaluation, phase: Phase) -> Value {
    let answer = Answer::of("Deployment \"mysql\" in namespace \"shop\"", evaluation, phase);
    let review: Value = serde_json::from_slice(&answer.to_json("7").unwrap()).unwrap();
    assert_eq!((&review["apiVersion"], &review["kind"]), (&json!("admission.k8s.io/v1"), &json!("AdmissionReview")));
    assert_eq!(review["response"]["uid"], "7");
    review["response"].clone()
}

#[test]
fn nothing_found_says_nothing() {
    assert_eq!(response(evaluation(vec![]), Phase::Mutate), json!({ "uid": "7", "allowed": true }));
}

#[test]
fn a_repair_is_a_patch_and_a_warning_once() {
    let repaired = || evaluation(vec![judged("MY007", Severity::High, true)]);
    let patch = "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zcGVjL3N0cmF0ZWd5IiwidmFsdWUiOnsidHlwZSI6IlJlY3JlYXRlIn19XQ==";
    assert_eq!(
        response(repaired(), Phase::Mutate),
        json!({
            "uid": "7", "allowed": true, "patchType": "JSONPatch", "patch": patch,
            "warnings": [
                "tidegate repaired MY007 at spec.strategy: a rolling update starts a second server on the same volume"
            ]
        })
    );
    assert_eq!(response(repaired(), Phase::Validate), json!({ "uid": "7", "allowed": true }));
}

#[test]
fn what_is_left_is_warned_of_by_the_validating_phase() {
    let left = || evaluation(vec![judged("MY013", Severity::Low, false)]);
    assert_eq!(response(left(), Phase::Mutate), json!({ "uid": "7", "allowed": true }));
    assert_eq!(
        response(left(), Phase::Validate)["warnings"],
        json!(["tidegate MY013 at spec.strategy: a rolling update starts a second server on the same volume. \
             Set type: Recreate"])
    );
}

#[test]
fn a_refusal_names_object_rule_place_reason_and_way_out_and_patches_nothing() {
    let mut refused = evaluation(vec![
        judged("MY010", Severity::High, false),
        judged("MY007", Severity::High, true),
        judged("MY013", Severity::Low, false),
    ]);
    refused.findings[0].obstacle = Some("an update cannot change it".into());
    refused.failures.push(PolicyFailure {
        policy: "broken".into(),
        error: ReviewError::Crashed("unreachable\nat 0x1".into()),
        denies: true,
    });
    let response = response(refused, Phase::Mutate);
    assert_eq!(response["allowed"], false);
    assert_eq!(response.get("patch").or(response.get("patchType")), None);
    assert_eq!((&response["status"]["code"], &response["status"]["reason"]), (&json!(403), &json!("Forbidden")));
    assert_eq!(response["warnings"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        response["status"]["message"].as_str().unwrap(),
        "Deployment \"mysql\" in namespace \"shop\" is refused by tidegate:\n\
         - MY010 at spec.strategy: a rolling update starts a second server on the same volume. It was not repaired: \
         an update cannot change it. Set type: Recreate.\n\
         - policy broken could not judge it: it crashed (unreachable at 0x1). This is no fault of the object; whoever \
         runs tidegate can mend the policy or set its onError to allow."
    );
}

#[test]
fn a_refusal_for_many_reasons_stays_readable() {
    let response = response(evaluation(vec![judged("MY010", Severity::High, false); 500]), Phase::Validate);
    let message = response["status"]["message"].as_str().unwrap();
    assert_eq!(message.lines().count(), 22);
    assert!(message.ends_with("- 480 more; see them all with: tidegate audit FILE"));
}

fn review(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut review = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "7", "kind": { "group": "apps", "version": "v1", "kind": "Deployment" },
            "operation": "CREATE", "namespace": "shop", "name": "", "userInfo": { "username": "ann" },
            "object": { "kind": "Deployment" }, "oldObject": null, "options": null
        }
    });
    change(&mut review);
    serde_json::to_vec(&review).unwrap()
}

#[test]
fn a_review_is_read_as_it_is_meant() {
    let incoming = Incoming::parse(&review(|_| {}), Phase::Mutate).unwrap();
    let request = incoming.request.unwrap();
    assert_eq!((incoming.uid.as_str(), incoming.kind.as_str()), ("7", "Deployment"));
    assert!(request.operation == Operation::Create && !request.dry_run && request.name.is_none());
    assert_eq!((request.user.name.as_str(), request.namespace.as_deref()), ("ann", Some("shop")));
    assert!(request.old_object.is_none());
}

#[test]
fn a_namespace_is_in_none() {
    let body = review(|review| {
        review["request"]["kind"] = json!({ "group": "", "version": "v1", "kind": "Namespace" });
    });
    assert_eq!(Incoming::parse(&body, Phase::Mutate).unwrap().request.unwrap().namespace, None);
}

#[test]
fn deletions_subresources_and_reviews_without_object_pass_unseen() {
    for (field, value) in [
        ("operation", json!("DELETE")),
        ("operation", json!("CONNECT")),
        ("subResource", json!("status")),
        ("subResource", json!("scale")),
        ("object", Value::Null),
    ] {
        let body = review(|review| review["request"][field] = value.clone());
        assert!(Incoming::parse(&body, Phase::Mutate).unwrap().request.is_none(), "{field}: {value}");
    }
    let body = review(|review| review["request"]["subResource"] = json!(""));
    assert!(Incoming::parse(&body, Phase::Mutate).unwrap().request.is_some());
}

#[test]
fn what_is_no_review_is_told_what_it_is_and_never_quoted() {
    let changed = |change: fn(&mut Value)| review(change);
    for (body, expected) in [
        (b"".to_vec(), "the body is not JSON (line 1, column 0)"),
        (b"{\"a\":".to_vec(), "the body is not JSON (line 1, column 5)"),
        (b"hunter2".to_vec(), "the body is not JSON (line 1, column 1)"),
        (b"{}{}".to_vec(), "the body is not JSON (line 1, column 3)"),
        (b"[\"hunter2\"]".to_vec(), "the body is JSON, but not an object with each field once"),
        (
            br#"["admission.k8s.io/v1","AdmissionReview",{"uid":"x","operation":"CREATE"}]"#.to_vec(),
            "the body is JSON, but not an object with each field once",
        ),
        (
            changed(|review| review["request"] = json!(["uid", { "kind": "Pod" }, null, null, null, "CREATE"])),
            "the AdmissionReview's request must be an object",
        ),
        (
            format!(
                r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{{"uid":"x","object":{}0{}}}}}"#,
                "{\"a\":".repeat(10_000),
                "}".repeat(10_000)
            )
            .into_bytes(),
            "the body is nested more than 128 levels deep",
        ),
        (format!("{{\"a\":[{}0]}}", "0,".repeat(1_000_001)).into_bytes(), "the body has more than 1000000 values"),
        (b"{}".to_vec(), "the body is JSON without kind AdmissionReview"),
        (b"{\"kind\":\"hunter2 !\"}".to_vec(), "the body is JSON without kind AdmissionReview"),
        (changed(|review| review["kind"] = json!("Deployment")), "the body is a Deployment of admission.k8s.io/v1"),
        (
            br#"{"apiVersion":"v1","kind":"Thing","request":"hunter2"}"#.to_vec(),
            "the body is a Thing of v1; send an AdmissionReview of admission.k8s.io/v1",
        ),
        (
            changed(|review| review["apiVersion"] = json!("admission.k8s.io/v1beta1")),
            "the AdmissionReview is of admission.k8s.io/v1beta1, but only admission.k8s.io/v1 is answered",
        ),
        (changed(|review| review["apiVersion"] = Value::Null), "the AdmissionReview is of no apiVersion"),
        (changed(|review| review["request"] = Value::Null), "the AdmissionReview has no request"),
        (changed(|review| review["request"] = json!("hunter2")), "the AdmissionReview's request must be an object"),
        (changed(|review| review["request"]["uid"] = json!(7)), "the AdmissionReview's request.uid must be a string"),
        (
            changed(|review| review["request"]["operation"] = json!("hunter2")),
            "request.operation must be CREATE, UPDATE",
        ),
        (changed(|review| review["request"]["dryRun"] = json!("hunter2")), "request.dryRun must be true or false"),
        (changed(|review| review["request"]["userInfo"] = json!("hunter2")), "request.userInfo must be"),
    ] {
        let text = Incoming::parse(&body, Phase::Mutate).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
        assert!(!text.contains("hunter2"), "{text:?} quotes the body");
    }
}
