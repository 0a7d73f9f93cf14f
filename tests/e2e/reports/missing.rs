//! Kinds that are not installed, rights that are not granted: the log says what to do, and once it is done the reports
//! are there without a restart.

use super::{REPORTED, SCANNED, grant, reporting};
use crate::manifests::deployment_with;
use crate::stage::make_account;
use crate::support::control_plane::ControlPlane;
use crate::support::gate::Gate;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};

/// The warnings about reports, one a line.
fn warnings(gate: &Gate) -> Vec<String> {
    let logs = gate.logs();
    logs.lines().filter(|line| line.contains("reports are not up to date")).map(str::to_owned).collect()
}

#[track_caller]
fn expect_said(gate: &Gate, parts: &[&str]) {
    eventually(&format!("{parts:?} in the log"), REPORTED, || {
        warnings(gate).iter().any(|line| parts.iter().all(|part| line.contains(part))).then_some(())
    });
}

#[test]
fn what_is_missing_is_said_and_reports_come_once_it_is_there() {
    let Some(cluster) = ControlPlane::start() else { return };
    // What every installation has; the rights for reports are in a file of their own.
    let account = make_account(&cluster);
    let gate = reporting(account.kubeconfig(), ReportKinds::OpenReports).start();
    expect_said(&gate, &["forbidden", "webhook-deploy/25-rbac-reports.yaml"]);

    // Meanwhile the gate answers as ever.
    register(&cluster, &gate, Scope::Cluster).leave();
    let namespace = cluster.create_namespace("missing");
    let apply =
        |manifest: &str| cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], manifest).expect_success();
    apply(&deployment_with("M1ssing-kinds"));

    grant(&cluster);
    expect_said(&gate, &["knows no Report of openreports.io/v1alpha1", "docs/reports.md"]);
    // Once, however often it is tried.
    let said = warnings(&gate).len();
    assert!(!gate.logs().contains(SCANNED));

    let kinds = ReportKinds::OpenReports;
    if !kinds.install(&cluster) {
        return;
    }
    eventually("a scan", REPORTED, || gate.logs().contains(SCANNED).then_some(()));
    let list = cluster.json(&["get", kinds.resources()[0], "-n", &namespace]);
    let reports = list["items"].as_array().unwrap();
    assert!(reports.iter().any(|report| report["scope"]["kind"] == "Deployment"), "{list}");
    assert!(warnings(&gate).len() <= said + 1, "{:#?}", warnings(&gate));

    // A right that is taken away later: what can be listed is, and what was said of the rest stays.
    let rules = r#"[{"op": "replace", "path": "/rules/1/resources", "value": ["statefulsets"]}]"#;
    cluster.kubectl(&["patch", "clusterrole", "tidegate-reports", "--type=json", "-p", rules]).expect_success();
    let other = r#"[{"op": "replace", "path": "/rules", "value": []}]"#;
    cluster.kubectl(&["patch", "clusterrole", "tidegate", "--type=json", "-p", other]).expect_success();
    expect_said(&gate, &["Deployment objects in all namespaces", "may not list them"]);
    let list = cluster.json(&["get", kinds.resources()[0], "-n", &namespace]);
    let reports = list["items"].as_array().unwrap();
    assert!(reports.iter().any(|report| report["scope"]["kind"] == "Deployment"), "{list}");
}
