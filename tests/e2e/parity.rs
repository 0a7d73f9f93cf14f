//! What an audit says of files before they are applied is what the gate does with them; and what it says of a
//! cluster is what it says of the same objects in a file.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::audited::json as report;
use crate::manifests::example;
use crate::stage::Stage;

/// Files of `examples/`, each applied alone.
const EXAMPLES: [&str; 6] = [
    "mysql-client.yaml",
    "mysql-configmap.yaml",
    "mysql-deployment.yaml",
    "mysql-service-read.yaml",
    "mysql-service.yaml",
    "nginx-deployment.yaml",
];

/// Policies whose findings rest on what is, or is not, in the cluster.
pub(crate) const ASK_THE_CLUSTER: [&str; 6] =
    ["availability", "exposure", "pod-security", "references", "replication", "storage-class"];

/// All that an audit finds, but for what only a cluster can tell.
fn findings(report: &Value) -> BTreeSet<String> {
    let objects = report["objects"].as_array().unwrap().iter();
    let found = objects.flat_map(|object| {
        let findings = object["findings"].as_array().unwrap().iter();
        let own = findings.filter(|finding| !ASK_THE_CLUSTER.contains(&finding["policy"].as_str().unwrap()));
        own.map(move |finding| {
            format!(
                "{}/{} {} {} at {}: {}",
                object["kind"], object["name"], finding["rule"], finding["fixed"], finding["at"], finding["message"]
            )
        })
    });
    found.collect()
}

#[test]
fn what_is_said_before_happens() {
    let Some(stage) = Stage::open_with_all_policies("parity") else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let kubeconfig = stage.cluster.kubeconfig();
    for name in EXAMPLES {
        let manifest = example(name).replace("namespace: mysql\n", &format!("namespace: {}\n", stage.namespace));
        let file = folder.path().join(name);
        std::fs::write(&file, &manifest).unwrap();
        let path = file.display().to_string();
        let before = report(kubeconfig, &[&path]);
        let is_refused = before.json["objects"].as_array().unwrap().iter().any(|object| object["decision"] == "deny");
        let applied = stage.apply(&manifest);
        assert_eq!(applied.is_success(), !is_refused, "{name}: {}{}", applied.stdout, applied.stderr);
        if is_refused {
            continue;
        }
        // What is repaired is told of it, and so is what stays and is worth telling.
        for finding in
            before.json["objects"].as_array().unwrap().iter().flat_map(|object| object["findings"].as_array().unwrap())
        {
            let rule = finding["rule"].as_str().unwrap();
            assert_eq!(
                applied.stderr.contains(rule),
                finding["severity"] != "info" || finding["fixed"] == true,
                "{name}: {finding} {}",
                applied.stderr
            );
        }
        // The stored object is the audit's repaired one: nothing that the gate would make of the file differs.
        let after =
            report(kubeconfig, &["--cluster", "-n", &stage.namespace, "--rule", "TG001", "--rule", "TG002", &path]);
        assert!(findings(&after.json).is_empty(), "{name}: {:?}", findings(&after.json));
    }
}

#[test]
fn a_cluster_is_judged_like_its_objects_in_a_file() {
    let Some(stage) = Stage::open_with_all_policies("parity-stored") else { return };
    let cluster = stage.cluster;
    let bare = cluster.create_namespace("parity-bare");
    for name in EXAMPLES {
        let manifest = example(name).replace("namespace: mysql\n", &format!("namespace: {bare}\n"));
        cluster.kubectl_with_input(&["apply", "-n", &bare, "-f", "-"], &manifest).expect_success();
    }
    let kinds = "deployments,statefulsets,pods,services,configmaps,persistentvolumeclaims,jobs,cronjobs";
    let yaml = cluster.kubectl(&["get", kinds, "-n", &bare, "-o", "yaml"]).expect_success();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = folder.path().join("stored.yaml");
    std::fs::write(&file, yaml).unwrap();
    let of_file = findings(&report(cluster.kubeconfig(), &[&file.display().to_string()]).json);
    let of_cluster = findings(&report(cluster.kubeconfig(), &["--cluster", "-n", &bare]).json);
    assert!(!of_file.is_empty());
    assert_eq!(of_file, of_cluster);
}
