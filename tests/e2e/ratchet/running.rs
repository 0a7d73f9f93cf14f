//! Databases of every kind that ran before: whatever goes on around them passes as without a gate.

use serde_json::{Value, json};

use crate::stage::{CONTROLLERS, Stage};
use crate::support::control_plane::ControlPlane;
use crate::support::wait::eventually;
use crate::workloads::of_pod;

/// Everything that the policies find fault with, and that some people run.
pub(super) fn database(kind: &str, name: &str) -> Value {
    let restart = if matches!(kind, "Job" | "CronJob") { "Never" } else { "Always" };
    let pod = json!({
        "containers": [{
            "name": "mysql", "image": "mysql:8.0",
            "env": [
                {"name": "SUFFIX", "value": "2019"},
                {"name": "MYSQL_ROOT_PASSWORD", "value": "ran-before-the-gate"},
                {"name": "MYSQL_PASSWORD", "value": "shop$(SUFFIX)"},
            ],
            "ports": [{"containerPort": 3306}],
            "volumeMounts": [{"name": "data", "mountPath": "/var/lib/mysql"}],
        }],
        "volumes": [{"name": "data", "hostPath": {"path": "/srv/mysql"}}],
        "restartPolicy": restart,
    });
    of_pod(kind, name, &pod)
}

/// Applies a database, waits for its pods, and puts a gate before it with every policy in force.
pub(super) fn guard_running(kind: &str, pods: usize) -> Option<Stage> {
    let cluster = ControlPlane::shared()?;
    let namespace = cluster.create_namespace(&format!("ran-{}", kind.to_lowercase()));
    let manifest = database(kind, "mysql").to_string();
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &manifest).expect_success();
    if kind == "CronJob" {
        // What its controller makes when the time has come.
        let job = ["create", "job", "mysql-1", "--from=cronjob/mysql", "-n", &namespace];
        cluster.kubectl(&job).expect_success();
    }
    let count = || cluster.json(&["get", "pods", "-n", &namespace])["items"].as_array().unwrap().len();
    eventually("its Pods", CONTROLLERS, || (count() == pods).then_some(()));
    Some(Stage::guard_with_all_policies(cluster, namespace))
}

/// What `kubectl` does to the object, in words that end with the object.
const WRITES: &[&[&str]] = &[
    &["label", "team=shop"],
    &["annotate", "note=reviewed"],
    &["patch", "--subresource=status", "--type=merge", "-p", r#"{"status":{}}"#],
];
const SCALES: &[&[&str]] = &[&["scale", "--replicas=2"], &["scale", "--replicas=1"]];

#[test]
fn a_deployment() {
    let Some(stage) = guard_running("Deployment", 1) else { return };
    goes_on(&stage, "deployment/mysql", &[WRITES, SCALES].concat());
    evict(&stage, 1);
    reapply(&stage, "Deployment");
    rolls_out(&stage, "deployment/mysql");
    expect_left_alone(&stage, "replicasets");
}

#[test]
fn a_stateful_set() {
    let Some(stage) = guard_running("StatefulSet", 1) else { return };
    goes_on(&stage, "statefulset/mysql", &[WRITES, SCALES].concat());
    evict(&stage, 1);
    reapply(&stage, "StatefulSet");
    rolls_out(&stage, "statefulset/mysql");
    expect_left_alone(&stage, "controllerrevisions");
}

#[test]
fn a_daemon_set() {
    // There are no nodes, so there are no pods.
    let Some(stage) = guard_running("DaemonSet", 0) else { return };
    goes_on(&stage, "daemonset/mysql", WRITES);
    reapply(&stage, "DaemonSet");
    rolls_out(&stage, "daemonset/mysql");
    expect_left_alone(&stage, "controllerrevisions");
}

#[test]
fn a_cron_job_and_its_job() {
    let Some(stage) = guard_running("CronJob", 1) else { return };
    let suspend: &[&[&str]] =
        &[&["patch", "-p", r#"{"spec":{"suspend":true}}"#], &["patch", "-p", r#"{"spec":{"suspend":false}}"#]];
    goes_on(
        &stage,
        "cronjob/mysql",
        &[WRITES, suspend, &[&["patch", "-p", r#"{"spec":{"schedule":"5 4 * * *"}}"#]]].concat(),
    );
    goes_on(&stage, "job/mysql-1", WRITES);
    evict(&stage, 1);
    reapply(&stage, "CronJob");
    // The next one is made of the old template, as ever.
    stage.kubectl(&["create", "job", "mysql-2", "--from=cronjob/mysql"]).expect_success();
    expect_left_alone(&stage, "cronjobs");
}

/// Each write passes without a word of the gate, and leaves the pods as they are.
#[track_caller]
fn goes_on(stage: &Stage, object: &str, writes: &[&[&str]]) {
    let template = |stored: &Value| [&stored["spec"]["template"], &stored["spec"]["jobTemplate"]].map(Clone::clone);
    let before = template(&stage.get(object));
    for write in writes {
        let done = stage.kubectl(&[&write[..1], &[object], &write[1..]].concat());
        assert!(!done.stderr.contains("tidegate"), "{object} {write:?}: {}", done.stderr);
        done.expect_success();
        assert_eq!(template(&stage.get(object)), before, "{object} {write:?}");
    }
}

/// What a drain does to each Pod; its controller makes a new one.
#[track_caller]
fn evict(stage: &Stage, pods: usize) {
    let names = || -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let is_there = |pod: &Value| pod["metadata"]["deletionTimestamp"].is_null();
        let pods = stage.list("pods").into_iter().filter(is_there);
        pods.map(|pod| (text(&pod["metadata"]["name"]), text(&pod["metadata"]["uid"]))).collect()
    };
    let old = eventually("the Pods", CONTROLLERS, || Some(names()).filter(|names| names.len() == pods));
    for (name, _) in &old {
        let path = format!("/api/v1/namespaces/{}/pods/{name}/eviction", stage.namespace);
        let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": name, "namespace": stage.namespace}});
        let raw = ["create", "--raw", &path, "-f", "-"];
        stage.cluster.kubectl_with_input(&raw, &eviction.to_string()).expect_success();
    }
    eventually("new Pods", CONTROLLERS, || {
        let new = names();
        (new.len() == pods && new.iter().all(|pod| !old.contains(pod))).then_some(())
    });
}

/// Its author applies the old file, as ever.
#[track_caller]
fn reapply(stage: &Stage, kind: &str) {
    let (manifest, object) = (database(kind, "mysql").to_string(), format!("{kind}/mysql"));
    let spec = stage.get(&object)["spec"].clone();
    let mut expected = spec.clone();
    if kind == "CronJob" {
        // Somebody had changed it above, and the file has the old one.
        expected["schedule"] = "0 4 * * *".into();
    }
    for flags in [&[][..], &["--server-side"], &["--server-side", "--force-conflicts"]] {
        let done = stage.send("apply", flags, &manifest);
        assert!(!done.stderr.contains("tidegate"), "{kind} {flags:?}: {}", done.stderr);
        done.expect_success();
        assert_eq!(stage.get(&object)["spec"], expected, "{kind} {flags:?}");
    }
}

/// Its Pods become ready, as a kubelet would say, and `rollout status` ends.
#[track_caller]
fn rolls_out(stage: &Stage, object: &str) {
    let ready = json!({"status": {"phase": "Running", "conditions": [
        {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    ]}});
    for pod in stage.list("pods") {
        let name = pod["metadata"]["name"].as_str().unwrap();
        let patch = ["patch", "pod", name, "--subresource=status", "-p", &ready.to_string()];
        stage.kubectl(&patch).expect_success();
    }
    stage.kubectl(&["rollout", "status", object, "--timeout=30s"]).expect_success();
}

/// No pod was replaced by anything but its eviction, no Secret made, and nobody waited for the gate.
#[track_caller]
fn expect_left_alone(stage: &Stage, revisions: &str) {
    assert_eq!(stage.list(revisions).len(), 1, "{revisions}");
    assert!(stage.list("secrets").is_empty());
    assert!(stage.reviews().is_empty(), "the gate was asked: {:?}", stage.reviews());
}
