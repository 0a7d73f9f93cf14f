//! `tidegate audit --cluster PATHS`: what is in files and what runs.

use serde_json::{Value, json};

use crate::audited::{Report, json as report};
use crate::manifests::deployment_with;
use crate::stage::Stage;

/// `RULE at place: message` of each comparison, with the object's kind and name.
fn told(report: &Report) -> Vec<String> {
    let objects = report.json["objects"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = objects.flat_map(|object| {
        let findings = object["findings"].as_array().unwrap().iter();
        let own = findings.filter(|finding| finding["policy"] == "tidegate");
        own.map(move |finding| {
            let line = finding["region"]["line"].as_u64().map(|line| format!(" line {line}")).unwrap_or_default();
            format!(
                "{} {}{line} {} {}",
                text(&object["kind"]),
                text(&object["name"]),
                text(&finding["rule"]),
                text(&finding["message"])
            )
        })
    });
    lines.collect()
}

#[test]
fn what_went_through_the_gate_does_not_differ_and_what_somebody_did_by_hand_does() {
    let Some(stage) = Stage::open_with_all_policies("drift") else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = folder.path().join("mysql.yaml");
    let manifest = deployment_with("Git-kn0ws-it");
    std::fs::write(&file, &manifest).unwrap();
    stage.apply(&manifest).expect_success();
    let kubeconfig = stage.cluster.kubeconfig();
    let arguments = ["--cluster", "-n", &stage.namespace, &file.display().to_string()];
    // The password is in a Secret there, and in plain text here: as the gate would have it.
    let same = report(kubeconfig, &arguments);
    assert_eq!(told(&same), Vec::<String>::new());
    assert!(same.json["errors"].as_array().unwrap().is_empty(), "{}", same.json["errors"]);

    stage.kubectl(&["scale", "deployment/mysql", "--replicas=0"]).expect_success();
    stage.kubectl(&["delete", "service/mysql"]).expect_success();
    let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "mysql-by-hand" },
        "spec": { "selector": { "app": "mysql" }, "ports": [{ "port": 3306 }] } });
    stage.apply(&service.to_string()).expect_success();
    let differs = report(kubeconfig, &arguments);
    assert_eq!(differs.code, Some(1));
    let mut lines = told(&differs);
    lines.sort_unstable();
    let namespace = &stage.namespace;
    // The file says nothing of replicas.
    assert_eq!(
        lines,
        [
            format!("Service mysql line 2 TG002 Service {namespace}/mysql is not in the cluster"),
            "Service mysql-by-hand TG003 it runs, and is in none of the files".to_owned(),
        ]
    );

    // Somebody else's password, of which nobody is told more than that it is another.
    let patch =
        json!({ "spec": { "template": { "spec": { "containers": [{ "name": "mysql", "image": "mysql:8.0.36" }] } } } });
    stage.kubectl(&["patch", "deployment/mysql", "-p", &patch.to_string()]).expect_success();
    let differs = report(kubeconfig, &arguments);
    let images: Vec<String> = told(&differs).into_iter().filter(|line| line.contains("TG001")).collect();
    assert_eq!(images.len(), 1, "{images:?}");
    assert!(images[0].contains("and mysql:8.0.36 in the cluster"), "{images:?}");
    assert!(!differs.json.to_string().contains("Git-kn0ws-it"));
}
