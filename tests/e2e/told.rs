//! Events of what the gate did, and what `tidegate status` makes of them.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::manifests::deployment_with;
use crate::stage::{CONTROLLERS, Stage};
use crate::support::wait::eventually;

const PASSWORD: &str = "T0ld-By-Events";

#[test]
fn refusals_and_repairs_are_events_without_a_value() {
    let Some(stage) = Stage::open_with_all_policies("told") else { return };
    // A server that loses its data with its pod.
    let labels = json!({ "app": "lossy" });
    let lossy = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "lossy" },
        "spec": { "replicas": 2, "selector": { "matchLabels": labels }, "template": { "metadata": { "labels": labels }, "spec": {
            "containers": [{
                "name": "mysql", "image": "mysql:8.4",
                "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": PASSWORD }],
                "volumeMounts": [{ "name": "data", "mountPath": "/var/lib/mysql" }],
            }],
            "volumes": [{ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }],
        } } },
    });
    let refused = stage.apply(&lossy.to_string()).expect_failure();
    assert!(refused.contains("refused by tidegate"), "{refused}");
    stage.apply(&deployment_with(PASSWORD)).expect_success();

    let event = |reason: &str, name: &str| {
        eventually(&format!("the Event {reason} of {name}"), CONTROLLERS, || {
            let events = stage.cluster.json(&["get", "events.events.k8s.io", "-n", &stage.namespace]);
            let is_it = |event: &&Value| event["reason"] == reason && event["regarding"]["name"] == name;
            events["items"].as_array().unwrap().iter().find(is_it).cloned()
        })
    };
    let told = event("Refused", "lossy");
    assert_eq!((&told["type"], &told["reportingController"]), (&json!("Warning"), &json!("tidegate")));
    assert!(told["note"].as_str().unwrap().starts_with("refused by MY"), "{told}");
    let told = event("Repaired", "mysql");
    assert_eq!(told["type"], "Normal");
    assert!(told["note"].as_str().unwrap().contains("MY001"), "{told}");
    // What is only tried is told to nobody.
    stage.send("create", &["--dry-run=server"], &lossy.to_string().replace("lossy", "tried")).expect_failure();
    let events = stage.cluster.kubectl(&["get", "events", "-A", "-o", "json"]).expect_success();
    assert!(!events.contains(PASSWORD) && !events.contains("tried"), "{events}");

    let mut status = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    status.arg("status").env_clear().env("KUBECONFIG", stage.cluster.kubeconfig()).stdin(Stdio::null());
    let shown = String::from_utf8(status.output().unwrap().stdout).unwrap();
    let line = format!("Deployment {}/lossy: refused by MY", stage.namespace);
    assert!(shown.contains(&line), "{shown}");
}
