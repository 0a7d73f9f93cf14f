//! Reports on objects of kinds that a policy on everything judges.

use std::fs;

use serde_json::json;

use super::{Board, REPORTED};
use crate::everything::ingress;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;
use crate::webhooks::document;

#[test]
fn what_a_policy_judges_has_a_report_once_the_gate_may_list_it() {
    let Some(board) = Board::open(ReportKinds::OpenReports) else { return };
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies.yaml");
    fs::write(&policies, document("owners", "  match: { kinds: [Ingress] }\n")).unwrap();
    let namespace = board.cluster.create_namespace("reported");
    board.apply(&namespace, &ingress("nobodys", json!({})).to_string());
    let mut gate = board.gate().policy(&policies).start();
    // The rights of webhook-deploy/ are for what has to do with MySQL.
    eventually("what is missing in the log", REPORTED, || {
        gate.logs().contains("Ingress objects in all namespaces: this account may not list them").then_some(())
    });
    let rule = r#"[{"op": "add", "path": "/rules/-", "value":
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["list"]}}]"#;
    board.kubectl(&["patch", "clusterrole", "tidegate-reports", "--type=json", "-p", rule]);
    let report = board.report_of("Ingress", "nobodys", |_| true);
    let results = report["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["rule"] == "GEN001"), "{report}");

    // Once no policy judges it, nothing is said of it.
    fs::write(&policies, document("owners", "  match: { kinds: [Role] }\n")).unwrap();
    gate.restart();
    eventually("its report to be gone", REPORTED, || (!board.has_report_of("Ingress", "nobodys")).then_some(()));
}
