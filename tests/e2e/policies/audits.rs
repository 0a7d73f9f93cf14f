//! An audit of a cluster judges by the policies and exceptions that are objects of it, as its gate does.

use std::fs;

use serde_json::json;

use super::{Board, FINDS, misbehaving};
use crate::audited::{Report, json as audited};
use crate::manifests::deployment;

/// The findings of the rule in one namespace that nothing excepts.
fn found(report: &Report) -> usize {
    let objects = report.json["objects"].as_array().unwrap().iter();
    let findings = objects.flat_map(|object| object["findings"].as_array().unwrap());
    findings.filter(|finding| finding["rule"] == "T001" && finding["suppression"].is_null()).count()
}

#[test]
fn an_audit_judges_by_the_policies_of_its_cluster() {
    let Some(board) = Board::open() else { return };
    let namespace = board.cluster.create_namespace("audited");
    board.cluster.kubectl_with_input(&["create", "-n", &namespace, "-f", "-"], &deployment()).expect_success();
    let kubeconfig = board.cluster.kubeconfig();
    let audit = |arguments: &[&str]| audited(kubeconfig, &[&["--cluster", "-n", &namespace], arguments].concat());
    let before = audit(&[]);
    assert_eq!((found(&before), before.errors()), (0, Vec::new()));
    assert!(!before.rows(&["MY018"]).is_empty(), "{}", before.json);

    // One is added, one takes the place of a built-in one, and one cannot be had here.
    board.send("mine", &misbehaving(FINDS, "deny"), &[]).expect_success();
    let built_in = before.rows(&["MY018"]).len();
    let off = json!({ "module": "builtin://memory", "enabled": false });
    board.send("memory", &off, &[]).expect_success();
    let nowhere = json!({ "module": "file:///nowhere/at-all.wasm" });
    board.send("nowhere", &nowhere, &[]).expect_success();
    let with = audit(&[]);
    assert_eq!((found(&with), with.rows(&["MY018"]).len()), (1, 0));
    let errors = with.errors();
    assert!(errors.len() == 1 && with.code == Some(2), "{errors:#?}");
    assert!(errors[0].starts_with("ClusterPolicy nowhere: spec.module: /nowhere/at-all.wasm: "), "{errors:#?}");
    let without = audit(&["--cluster-policies=ignore"]);
    assert_eq!((found(&without), without.rows(&["MY018"]).len(), without.errors()), (0, built_in, Vec::new()));

    // What kubectl prints of them can be audited by, too.
    board.kubectl(&["delete", "clusterpolicy", "nowhere"]);
    let folder = tempfile::tempdir().unwrap();
    let exported = folder.path().join("policies.yaml");
    fs::write(&exported, board.kubectl(&["get", "clusterpolicies", "-o", "yaml"])).unwrap();
    let by_file = audit(&["--cluster-policies=ignore", "--policy", &exported.display().to_string()]);
    assert_eq!((found(&by_file), by_file.rows(&["MY018"]).len(), by_file.errors()), (1, 0, Vec::new()));

    let exception = json!({ "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
        "metadata": { "name": "migration", "namespace": namespace },
        "spec": { "rules": ["T001"], "reason": "until the migration is done", "expires": "2099-12-31" } });
    board.cluster.kubectl_with_input(&["apply", "-f", "-"], &exception.to_string()).expect_success();
    let excepted = audit(&[]);
    assert_eq!((found(&excepted), excepted.rows(&["T001"]).len(), excepted.errors()), (0, 1, Vec::new()));

    // Who may not read them is told so.
    let nobody = board.cluster.as_service_account(&namespace, "default");
    let errors = audited(nobody.kubeconfig(), &["--cluster", "-n", &namespace]).errors();
    for what in ["ClusterPolicy objects".to_owned(), format!("PolicyException objects in namespace {namespace}")] {
        let told =
            format!("{what}: this account may not list them, and it is judged as if there were none; audit with");
        assert!(errors.iter().any(|error| error.starts_with(&told)), "no {told} in {errors:#?}");
    }
}
