//! Every kind that carries pods is repaired.

use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stored::{from_secret, secret_value, variable};

/// The kinds and their `apiVersion`.
const KINDS: [(&str, &str); 9] = [
    ("Pod", "v1"),
    ("PodTemplate", "v1"),
    ("ReplicationController", "v1"),
    ("Deployment", "apps/v1"),
    ("StatefulSet", "apps/v1"),
    ("DaemonSet", "apps/v1"),
    ("ReplicaSet", "apps/v1"),
    ("Job", "batch/v1"),
    ("CronJob", "batch/v1"),
];

#[test]
fn every_kind_that_carries_pods_is_repaired() {
    let Some(stage) = Stage::open("kinds") else { return };
    for (kind, api_version) in KINDS {
        let name = kind.to_lowercase();
        stage.apply(&manifest(kind, api_version).to_string()).expect_success();
        let stored = stage.get(&format!("{name}/{name}"));
        let secret = format!("{name}-credentials");
        assert_eq!(*variable(&stored, "client", "MYSQL_PWD"), from_secret("MYSQL_PWD", &secret, "MYSQL_PWD"), "{kind}");
        let secret = stage.get(&format!("secret/{secret}"));
        assert_eq!(secret_value(&secret, "MYSQL_PWD"), "every-kind", "{kind}");
        assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-kind"], kind);
        assert!(!stored.to_string().contains("every-kind"), "{kind}: {stored}");
    }
    // Their pods are made of what was repaired, and were not judged again.
    let judged = stage.reviews().iter().filter(|line| line["kind"] == "Pod").count();
    assert_eq!(judged, 2, "the Pod itself, in two phases");
}

/// A client of MySQL with its password in plain text.
fn manifest(kind: &str, api_version: &str) -> Value {
    let restart = if matches!(kind, "Job" | "CronJob") { "Never" } else { "Always" };
    let container = json!({"name": "client", "image": "mysql:8.4", "command": ["mysqldump", "--host=db"],
        "env": [{"name": "MYSQL_PWD", "value": "every-kind"}]});
    let pod = json!({"containers": [container], "restartPolicy": restart});
    let labels = json!({"app": kind.to_lowercase()});
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let selected = json!({"selector": {"matchLabels": labels}, "template": template});
    let (field, content) = match kind {
        "Pod" => ("spec", pod),
        "PodTemplate" => ("template", template),
        "ReplicationController" => ("spec", json!({"selector": labels, "template": template})),
        "Job" => ("spec", json!({"template": template})),
        "CronJob" => ("spec", json!({"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": template}}})),
        _ => ("spec", selected),
    };
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": kind.to_lowercase()}, field: content})
}
