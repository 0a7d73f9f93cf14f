//! A report follows its object: from the first look, through repairs and exceptions, to its end.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Board, REPORTED, scan_again, told};
use crate::audited::audit;
use crate::manifests::deployment_with;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;

const PASSWORD: &str = "Rep0rted-Root";

#[test]
fn a_policy_report_follows_its_object() {
    follows(ReportKinds::PolicyReport);
}

#[test]
fn so_does_a_report_of_openreports() {
    follows(ReportKinds::OpenReports);
}

#[test]
fn of_what_is_as_it_should_be_a_report_says_so() {
    let Some(board) = Board::open(ReportKinds::PolicyReport) else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/single").display().to_string();
    // The service account of a new namespace, which its Pods need, is made by a controller.
    let apply = || board.cluster.kubectl(&["apply", "-f", &folder]).is_success().then_some(());
    eventually("the manifests", REPORTED, apply);
    let _gate = board.gate().start();
    for (kind, name) in [
        ("Deployment", "mysql"),
        ("Service", "mysql"),
        ("PersistentVolumeClaim", "mysql-pv-claim"),
        ("StorageClass", "mysql-gp2"),
    ] {
        let report = board.report_of(kind, name, |_| true);
        assert_eq!(report["summary"]["fail"], 0, "{report}");
        assert!(report["summary"]["pass"].as_u64() > Some(0), "{report}");
    }
}

fn follows(kinds: ReportKinds) {
    let Some(board) = Board::open(kinds) else { return };
    let namespace = board.cluster.create_namespace("stored");
    // All of it is there before any gate.
    board.apply(&namespace, &deployment_with(PASSWORD));
    board.apply(&namespace, &unrelated());
    board.apply(&namespace, &storage_class());
    let gate = board.gate().start();

    let report = board.report_of("Deployment", "mysql", |_| true);
    let deployment = board.cluster.json(&["get", "deployment/mysql", "-n", &namespace]);
    let uid = &deployment["metadata"]["uid"];
    assert_eq!(report["metadata"]["name"], format!("tidegate-{}", uid.as_str().unwrap()));
    assert_eq!(report["metadata"]["namespace"], *namespace);
    assert_eq!(report["metadata"]["labels"], json!({ "app.kubernetes.io/managed-by": "tidegate" }));
    let owner = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "mysql", "uid": uid });
    assert_eq!(report["metadata"]["ownerReferences"], json!([owner]));
    let scope = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "mysql", "uid": uid,
        "namespace": namespace });
    assert_eq!(report["scope"], scope);
    expect_as_audited(&board, &namespace, &report);
    expect_counted(&report);
    assert!(told(&report).iter().any(|[rule, severity, result, _]| {
        (rule.as_str(), severity.as_str(), result.as_str()) == ("MY001", "critical", "fail")
    }));
    let class = board.report_of("StorageClass", "mysql-throwaway", |_| true);
    assert!(class["metadata"]["namespace"].is_null() && class["scope"]["namespace"].is_null());

    // What says the same is not written again.
    scan_again(&gate);
    let version = |report: &Value| report["metadata"]["resourceVersion"].clone();
    assert_eq!(version(&board.report_of("Deployment", "mysql", |_| true)), version(&report));
    assert!(!board.has_report_of("Deployment", "web"), "it has nothing to do with MySQL");

    // An exception is a result of its own, and what else was told keeps its time. Policies allow it up to medium.
    let [rule, ..] = told(&report).into_iter().find(|[_, severity, ..]| severity == "medium").unwrap();
    let exception = format!("tidegate.dev/exceptions={rule}: a database for tests");
    board.kubectl(&["annotate", "deployment/mysql", "-n", &namespace, &exception]);
    let skips = |report: &Value| report["summary"]["skip"].as_u64() > Some(0);
    let excepted = board.report_of("Deployment", "mysql", skips);
    let skipped = result(&excepted, |result| result["result"] == "skip");
    assert_eq!((&skipped["rule"], &skipped["severity"]), (&json!(rule), &json!("medium")));
    assert_eq!(skipped["properties"]["exception"], "a database for tests");
    expect_counted(&excepted);
    let kept = result(&report, |result| result["rule"] == "MY001");
    let same = result(&excepted, |result| result["rule"] == "MY001");
    assert_eq!(same, kept);

    // The same object, as it should be written.
    board.apply(&namespace, &sound());
    let repaired = board.report_of("Deployment", "mysql", |report| {
        !told(report).iter().any(|[rule, _, result, _]| rule == "MY001" || result == "skip")
    });
    assert_eq!(repaired["metadata"]["uid"], report["metadata"]["uid"]);
    let number = |report: &Value, verdict: &str| report["summary"][verdict].as_u64().unwrap();
    assert!(number(&repaired, "fail") < number(&report, "fail"), "{repaired}");
    assert!(number(&repaired, "pass") > number(&report, "pass"), "{repaired}");
    expect_counted(&repaired);
    expect_as_audited(&board, &namespace, &repaired);

    // It has nothing to do with MySQL any more.
    let turn = json!([
        { "op": "replace", "path": "/spec/template/spec/containers", "value": [{ "name": "web", "image": "nginx:1" }] },
        { "op": "remove", "path": "/spec/template/spec/initContainers" },
        { "op": "replace", "path": "/spec/template/spec/volumes", "value": [] },
    ]);
    board.kubectl(&["patch", "deployment/mysql", "-n", &namespace, "--type=json", "-p", &turn.to_string()]);
    eventually("the report to go", REPORTED, || (!board.has_report_of("Deployment", "mysql")).then_some(()));

    // With its object it is removed by Kubernetes alone.
    gate.stop();
    assert!(board.has_report_of("Service", "mysql") && board.has_report_of("StorageClass", "mysql-throwaway"));
    board.kubectl(&["delete", "service/mysql", "-n", &namespace]);
    board.kubectl(&["delete", "storageclass/mysql-throwaway"]);
    eventually("the reports to go", REPORTED, || {
        let is_left = board.has_report_of("Service", "mysql") || board.has_report_of("StorageClass", "mysql-throwaway");
        (!is_left).then_some(())
    });
}

/// That a report says of its object just what an audit of the cluster does.
#[track_caller]
fn expect_as_audited(board: &Board, namespace: &str, report: &Value) {
    let audited = audit(board.cluster.kubeconfig(), &["-n", namespace, "--format", "json"]);
    let audited: Value = serde_json::from_str(&audited.stdout).unwrap();
    let objects = audited["objects"].as_array().unwrap();
    let object = objects.iter().find(|object| object["kind"] == "Deployment" && object["name"] == "mysql").unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings: Vec<[String; 3]> = object["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| ["rule", "severity", "message"].map(|field| text(&finding[field])))
        .collect();
    let told: Vec<[String; 3]> =
        told(report).into_iter().map(|[rule, severity, _, message]| [rule, severity, message]).collect();
    assert_eq!(told, findings);
}

/// That the summary counts the results.
#[track_caller]
fn expect_counted(report: &Value) {
    let results = report["results"].as_array().unwrap();
    for verdict in ["pass", "fail", "warn", "error", "skip"] {
        let count = results.iter().filter(|result| result["result"] == verdict).count();
        assert_eq!(report["summary"][verdict], count, "{verdict}");
    }
    assert!(results.iter().all(|result| result["source"] == "tidegate" && result["timestamp"]["seconds"].is_i64()));
}

#[track_caller]
fn result(report: &Value, is_it: impl Fn(&Value) -> bool) -> Value {
    report["results"].as_array().unwrap().iter().find(|result| is_it(result)).unwrap().clone()
}

/// The Deployment of `manifests/`, where the example's was.
fn sound() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/single/40-deployment.yaml");
    let mut deployment: Value = serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    deployment["metadata"].as_object_mut().unwrap().remove("namespace");
    let labels = json!({ "app": "mysql" });
    deployment["spec"]["selector"]["matchLabels"] = labels.clone();
    deployment["spec"]["template"]["metadata"]["labels"] = labels;
    deployment.to_string()
}

fn unrelated() -> String {
    let labels = json!({ "app": "web" });
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" }, "spec": {
        "selector": { "matchLabels": labels }, "template": { "metadata": { "labels": labels },
            "spec": { "containers": [{ "name": "web", "image": "nginx:1" }] } } } })
    .to_string()
}

fn storage_class() -> String {
    json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "mysql-throwaway" },
        "provisioner": "example.com/none", "reclaimPolicy": "Delete" })
    .to_string()
}
