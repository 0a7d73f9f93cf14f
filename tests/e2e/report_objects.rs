//! What `audit --format policyreport` and `--format openreports` write, an API server takes: nothing of it is unknown
//! to the definitions of the kinds, and nothing of it is lost.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::audited::audit;
use crate::manifests::deployment_with;
use crate::support::ControlPlane;
use crate::support::report_kinds::ReportKinds;

/// Names and words that YAML, JSON or an API server could take for something else.
const STRANGE: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: "on", namespace: mysql }
spec:
  selector: { matchLabels: { a: b } }
  template:
    metadata: { labels: { a: b } }
    spec:
      containers:
      - { name: "1e3", image: "mysql:latest", env: [{ name: MYSQL_ROOT_PASSWORD, value: Str4nge-word }] }
---
apiVersion: v1
kind: Pod
metadata: { generateName: MySQL_, labels: { x: "<b>@everyone</b>" } }
spec:
  containers:
  - { name: mysql, image: "mysql:5.6", args: ["--skip-grant-tables"] }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: "yes" }
provisioner: kubernetes.io/no-provisioner
---
neither: an object
"#;

#[test]
fn an_api_server_takes_the_reports_and_loses_nothing() {
    // Of its own: kinds are for a whole cluster.
    let Some(cluster) = ControlPlane::start() else { return };
    cluster.kubectl(&["create", "namespace", "mysql"]).expect_success();
    cluster
        .kubectl_with_input(&["apply", "-n", "mysql", "-f", "-"], &deployment_with("Live-p4ssword"))
        .expect_success();
    let folder = tempfile::tempdir().unwrap();
    let strange = folder.path().join("strange: 100%, ü.yaml");
    std::fs::write(&strange, STRANGE).unwrap();
    for (kinds, format) in [(ReportKinds::PolicyReport, "policyreport"), (ReportKinds::OpenReports, "openreports")] {
        if !kinds.install(&cluster) {
            return;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(["audit", "--format", format, "examples"])
            .arg(&strange)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "a document is no object");
        let written = String::from_utf8(output.stdout).unwrap();
        assert!(!written.contains("Str4nge-word"));
        let reports = applied(&cluster, &written);
        assert!(reports >= 5, "{reports} reports");
        assert!(written.contains("has no apiVersion"), "{written}");

        let live = audit(cluster.kubeconfig(), &["-n", "mysql", "--format", format]).stdout;
        assert!(live.contains("Deployment") && !live.contains("Live-p4ssword"), "{live}");
        applied(&cluster, &live);
    }
}

/// Applies documents of YAML, and compares each with what is stored then. Returns how many there are.
#[track_caller]
fn applied(cluster: &ControlPlane, written: &str) -> usize {
    let documents: Vec<Value> = serde_saphyr::from_multiple(written).unwrap();
    // A field that the kind does not have would be dropped without this.
    cluster.kubectl_with_input(&["apply", "--validate=strict", "-f", "-"], written).expect_success();
    for document in &documents {
        let text = |at: &str| document.pointer(at).and_then(Value::as_str).unwrap_or("default");
        let group = text("/apiVersion").split('/').next().unwrap();
        let kind = format!("{}.{group}", text("/kind").to_lowercase());
        let stored = cluster.json(&["get", &kind, text("/metadata/name"), "-n", text("/metadata/namespace")]);
        for field in ["scope", "source", "summary", "results"] {
            assert_eq!(stored[field], document[field], "{field} of {}", document["metadata"]);
        }
    }
    documents.len()
}
