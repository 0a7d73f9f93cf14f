//! What a report says, and when it is written again.

use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::api::resource;
use super::content::{Content, subject};
use super::store::{Known, report};
use crate::audit::policy_report::ReportApi;
use crate::audit::{Consequence, FailureReport, FindingReport, ObjectReport, Origin, Stored, Suppression};
use crate::engine::Decision;
use crate::finding::Severity;

fn object(name: &str, namespace: Option<&str>) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": name, "namespace": namespace, "uid": "0b1c" } })
}

fn finding(policy: &str, rule: &str, consequence: Consequence) -> FindingReport {
    FindingReport {
        policy: policy.to_owned(),
        rule: rule.to_owned(),
        severity: Severity::High,
        at: "/spec".to_owned(),
        message: format!("{rule} is broken"),
        help: None,
        consequence,
        obstacle: None,
        since: None,
        snippet: None,
        region: None,
        place: "spec".to_owned(),
        fingerprint: format!("{rule}-00"),
        fix: None,
        suppression: None,
        exception_refused: None,
    }
}

fn judged(asked: &[&str], findings: Vec<FindingReport>, failures: Vec<FailureReport>) -> ObjectReport {
    ObjectReport {
        api_version: "apps/v1".to_owned(),
        kind: "Deployment".to_owned(),
        namespace: Some("shop".to_owned()),
        name: Some("mysql".to_owned()),
        title: "Deployment".to_owned(),
        source: Origin::Cluster(Stored { object: "Deployment shop/mysql".to_owned(), within: None }),
        rendered_by: None,
        asked: asked.iter().map(|policy| (*policy).to_owned()).collect(),
        left_alone: None,
        decision: Decision::Allow,
        findings,
        failures,
        patch: json_patch::Patch(Vec::new()),
        manifest: None,
    }
}

fn content(judged: &ObjectReport) -> Content {
    Content::of(subject(&object("mysql", Some("shop"))).unwrap(), judged).unwrap()
}

/// A report as the API server hands it out again.
fn stored(report: &Value) -> DynamicObject {
    let mut stored = report.clone();
    stored["metadata"]["uid"] = "9f".into();
    stored["metadata"]["resourceVersion"] = "7".into();
    serde_json::from_value(stored).unwrap()
}

fn everything() -> ObjectReport {
    let help = FindingReport {
        help: Some("Write it".to_owned()),
        obstacle: Some("it cannot be moved".to_owned()),
        exception_refused: Some("policy a allows no exceptions".to_owned()),
        ..finding("a", "MY001", Consequence::Refuse)
    };
    let excepted = FindingReport {
        suppression: Some(Suppression::Exception { reason: "for tests".to_owned() }),
        ..finding("b", "MY004", Consequence::Record)
    };
    let failure = FailureReport { policy: "c".to_owned(), message: "it took too long".to_owned(), denies: true };
    judged(
        &["a", "b", "c", "d"],
        vec![
            help,
            finding("a", "MY002", Consequence::Repair),
            finding("b", "MY003", Consequence::Warn),
            excepted,
            finding("b", "MY005", Consequence::Record),
        ],
        vec![failure],
    )
}

#[test]
fn each_result_says_what_the_gate_would_do() {
    let mut report = report(&content(&everything()), &resource(ReportApi::PolicyReport, true), None);
    for result in report["results"].as_array_mut().unwrap() {
        let time = result.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(time["seconds"].as_i64() > Some(0) && time["nanos"].is_i64());
    }
    let of_policy = |policy: &str, result: &str, message: &str| {
        json!({ "source": "tidegate", "policy": policy, "category": "MySQL", "result": result,
            "scored": result != "warn", "message": message })
    };
    let of_rule = |policy: &str, rule: &str, result: &str, more: Value| {
        let mut told = of_policy(policy, result, &format!("{rule} is broken"));
        told["rule"] = rule.into();
        told["severity"] = "high".into();
        told["properties"] = json!({ "place": "spec", "fingerprint": format!("{rule}-00") });
        told["properties"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told
    };
    let refused = json!({ "help": "Write it", "obstacle": "it cannot be moved",
        "exceptionRefused": "policy a allows no exceptions" });
    let subject = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "mysql", "uid": "0b1c" });
    let mut scope = subject.clone();
    scope["namespace"] = "shop".into();
    let expected = json!({
        "apiVersion": "wgpolicyk8s.io/v1alpha2",
        "kind": "PolicyReport",
        "metadata": {
            "name": "tidegate-0b1c",
            "namespace": "shop",
            "labels": { "app.kubernetes.io/managed-by": "tidegate" },
            "ownerReferences": [subject],
        },
        "scope": scope,
        "summary": { "pass": 1, "fail": 2, "warn": 2, "error": 1, "skip": 1 },
        "results": [
            of_rule("a", "MY001", "fail", refused),
            of_rule("a", "MY002", "fail", json!({ "fixable": "true" })),
            of_rule("b", "MY003", "warn", json!({})),
            of_rule("b", "MY004", "skip", json!({ "exception": "for tests" })),
            of_rule("b", "MY005", "warn", json!({})),
            of_policy("c", "error", "it took too long"),
            of_policy("d", "pass", "nothing found"),
        ],
    });
    assert_eq!(report, expected);
}

#[test]
fn an_object_that_no_policy_is_for_has_no_report() {
    let of = subject(&object("mysql", None)).unwrap();
    assert!(Content::of(of.clone(), &judged(&[], Vec::new(), Vec::new())).is_none());
    let clean = Content::of(of, &judged(&["a"], Vec::new(), Vec::new())).unwrap();
    let report = report(&clean, &resource(ReportApi::OpenReports, false), None);
    assert_eq!((&report["kind"], &report["metadata"]["namespace"]), (&json!("ClusterReport"), &Value::Null));
    assert_eq!(report["summary"], json!({ "pass": 1, "fail": 0, "warn": 0, "error": 0, "skip": 0 }));
}

#[test]
fn what_says_the_same_is_known_and_what_was_said_before_keeps_its_time() {
    let kind = resource(ReportApi::PolicyReport, true);
    let before = content(&everything());
    let mut first = report(&before, &kind, None);
    for result in first["results"].as_array_mut().unwrap() {
        result["timestamp"] = json!({ "seconds": 1, "nanos": 2 });
    }
    let (place, known) = Known::of(stored(&first)).unwrap();
    assert_eq!(place, (Some("shop".to_owned()), "tidegate-0b1c".to_owned()));
    assert!(known.says(&before));

    let mut judged = everything();
    judged.findings[0].message = "something else".to_owned();
    let after = content(&judged);
    assert!(!known.says(&after));
    let again = report(&after, &kind, Some(&known));
    let seconds: Vec<bool> =
        again["results"].as_array().unwrap().iter().map(|result| result["timestamp"]["seconds"] == 1).collect();
    assert_eq!(seconds, [false, true, true, true, true, true, true]);

    // What somebody changed by hand is put right.
    for (pointer, value) in [
        ("/results/0/result", json!("pass")),
        ("/results/0/severity", json!("unheard-of")),
        ("/summary/fail", json!(0)),
        ("/scope/name", json!("other")),
        ("/metadata/ownerReferences", json!([])),
        ("/results", json!([])),
        ("/results", json!("none")),
    ] {
        let mut changed = first.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let (_, known) = Known::of(stored(&changed)).unwrap();
        assert!(!known.says(&before), "{pointer}");
    }
}
