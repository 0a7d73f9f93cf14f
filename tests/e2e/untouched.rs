//! Whatever has nothing to do with MySQL is stored as if there were no gate, and never waits for it.

use serde_json::{Value, json};

use crate::manifests::{deployment, example, fixture};
use crate::stage::{CONTROLLERS, Stage};
use crate::support::wait::eventually;

const OBJECTS: [&str; 4] = ["deployment/nginx", "job/report", "cronjob/report", "pod/web"];

fn manifests() -> String {
    [example("nginx-deployment.yaml"), fixture("without-mysql.yaml")].join("\n---\n")
}

#[test]
fn what_is_not_mysql_is_stored_as_without_a_gate() {
    for (how, flags) in [("untouched", &[][..]), ("untouched-server-side", &["--server-side"])] {
        let Some(stage) = Stage::open(how) else { return };
        let bare = stage.cluster.create_namespace("bare");
        let applied = stage.send("apply", flags, &manifests());
        assert!(!applied.stderr.contains("Warning"), "{}", applied.stderr);
        applied.expect_success();
        let apply = [&["apply", "-f", "-", "-n", &bare], flags].concat();
        stage.cluster.kubectl_with_input(&apply, &manifests()).expect_success();

        for object in OBJECTS {
            let with = comparable(stage.get(object), &stage.namespace);
            let without = comparable(stage.cluster.json(&["get", object, "-n", &bare]), &bare);
            assert_eq!(with, without, "{object}");
        }
        eventually("nginx to have its pods", CONTROLLERS, || (stage.list("pods").len() >= 4).then_some(()));
        stage.kubectl(&["scale", "deployment/nginx", "--replicas=3"]).expect_success();
        stage.kubectl(&["set", "image", "deployment/nginx", "nginx=nginx:1.28"]).expect_success();
        stage.kubectl(&["delete", "pod/web"]).expect_success();
        assert_eq!(stage.reviews(), Vec::<Value>::new(), "the gate was asked");

        // Or is it that nobody ever asks it?
        stage.apply(&deployment()).expect_success();
        assert_eq!(stage.reviews().iter().filter(|line| line["kind"] == "Deployment").count(), 2);
    }
}

/// The API server grants a condition a budget, and an error in one refuses the object: the longest lists
/// that it looks through must stay within it, full of what costs most.
#[test]
fn the_largest_pod_that_is_looked_through_passes() {
    let Some(stage) = Stage::open("largest") else { return };
    stage.send("create", &["--dry-run=server"], &largest_pod().to_string()).expect_success();
    assert_eq!(stage.reviews(), Vec::<Value>::new(), "it has nothing to do with MySQL");
}

/// The largest Pod of which the API server looks through every list, full of what costs most.
pub(crate) fn largest_pod() -> Value {
    let value = format!("https://{}", "a".repeat(140));
    let variables: Vec<Value> = (0..99)
        .map(|number| json!({ "name": format!("A_RATHER_LONG_NAME_{number}"), "value": value }))
        .chain([json!({ "name": "DB_PASSWORD", "value": "of-another-database" })])
        .collect();
    let container = |kind: &str, number: usize| {
        let ports: Vec<Value> = (0..100).map(|port| json!({ "containerPort": 10_000 + port })).collect();
        let mounts: Vec<Value> =
            // One more is the account's token.
            (0..99).map(|mount| json!({ "name": "files", "mountPath": format!("/a/long/path/to/{mount}") })).collect();
        json!({ "name": format!("{kind}-{number}"), "image": "registry.example/a/rather/long/name/of/an/image:1.0",
            "env": variables, "ports": ports, "volumeMounts": mounts })
    };
    let containers = |kind: &str| (0..25).map(|number| container(kind, number)).collect::<Vec<_>>();
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "largest" }, "spec": {
        "containers": containers("main"), "initContainers": containers("init"), "volumes": [{ "name": "files", "emptyDir": {} }],
    } })
}

/// An object without what must differ: when, where and as which one it was stored, and how far its
/// controllers are.
fn comparable(mut object: Value, namespace: &str) -> String {
    let uid = object["metadata"]["uid"].as_str().unwrap().to_owned();
    let address = object["spec"]["clusterIP"].as_str().unwrap_or("no address").to_owned();
    object.as_object_mut().unwrap().remove("status");
    let metadata = object["metadata"].as_object_mut().unwrap();
    for field in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
        metadata.remove(field);
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove("deployment.kubernetes.io/revision"); // its controller's
    }
    // A Job's labels hold its uid; a Pod's volumes a random name.
    let text = serde_json::to_string_pretty(&object).unwrap();
    let text = text.replace(&uid, "UID").replace(&address, "ADDRESS").replace(namespace, "NAMESPACE");
    text.lines().map(without_random).collect::<Vec<_>>().join("\n")
}

fn without_random(line: &str) -> &str {
    line.find("kube-api-access-").map_or(line, |at| &line[..at])
}
