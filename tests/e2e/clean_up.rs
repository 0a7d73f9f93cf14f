//! Secrets whose workload never came to be go; those that may still be needed stay.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::manifests::{deployment_with, replace};
use crate::stage::{CONTROLLERS, Stage, gate, make_account};
use crate::support::control_plane::ControlPlane;
use crate::support::gate::Builder;
use crate::support::wait::eventually;

/// Grace and the rounds after it, on a busy machine; and until another replica takes over.
const CLEANED: Duration = Duration::from_mins(1);
const GRACE: &str = "--clean-up-after=2s";

/// A control plane apart: whoever cleans up looks at the Secrets of every namespace.
fn cluster() -> Option<&'static ControlPlane> {
    static APART: OnceLock<Option<ControlPlane>> = OnceLock::new();
    APART.get_or_init(ControlPlane::start).as_ref()
}

fn cleaning(cluster: &'static ControlPlane, scope: &str) -> Builder {
    static ACCOUNT: OnceLock<crate::support::kubectl::Kubectl> = OnceLock::new();
    let account = ACCOUNT.get_or_init(|| make_account(cluster));
    gate(account.kubeconfig()).argument(format!("--clean-up={scope}")).argument(GRACE)
}

fn open(cluster: &'static ControlPlane, name: &str) -> Stage {
    Stage::guard_with(cluster, cluster.create_namespace(name), cleaning(cluster, "strays"))
}

const SECRET: &str = "secret/mysql-credentials";

/// A client: it keeps nothing.
fn client(kind: &str) -> String {
    let pod = json!({ "restartPolicy": if kind == "Job" { "Never" } else { "Always" }, "containers": [
        { "name": "client", "image": "mysql:8.4", "command": ["sleep", "9"],
          "env": [{ "name": "MYSQL_PWD", "value": "Str4y-Cl1ent-Password" }] },
    ] });
    let template = json!({ "metadata": { "labels": { "app": "mysql" } }, "spec": pod });
    let spec = match kind {
        "Job" => json!({ "template": template }),
        _ => json!({ "selector": { "matchLabels": { "app": "mysql" } }, "template": template }),
    };
    let group = if kind == "Job" { "batch/v1" } else { "apps/v1" };
    json!({ "apiVersion": group, "kind": kind, "metadata": { "name": "mysql" }, "spec": spec }).to_string()
}

fn annotation(secret: &Value, key: &str) -> Option<String> {
    secret["metadata"]["annotations"][format!("tidegate.dev/{key}")].as_str().map(str::to_owned)
}

#[track_caller]
fn expect_gone(stage: &Stage, secret: &str) {
    eventually("the stray Secret to go", CLEANED, || (!stage.has(secret)).then_some(()));
}

/// A Secret of another namespace that is made and refused after everything else, and goes: by then,
/// whoever cleans up has looked at everything several times.
fn wait_for_rounds(stage: &Stage) {
    let namespace = stage.cluster.create_namespace("rounds");
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "x-credentials",
        "labels": { "app.kubernetes.io/managed-by": "tidegate" },
        "annotations": { "tidegate.dev/workload-kind": "Pod", "tidegate.dev/workload-name": "x" } } });
    for _ in 0..2 {
        stage.cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &secret.to_string()).expect_success();
        let get = ["get", "secret/x-credentials", "-n", &namespace];
        eventually("a stray to go", CLEANED, || (!stage.cluster.kubectl(&get).is_success()).then_some(()));
    }
}

#[test]
fn what_was_refused_after_the_gate_leaves_no_secret() {
    let Some(cluster) = cluster() else { return };
    let stage = open(cluster, "refused");
    // The API server itself refuses it, after the gate.
    let invalid =
        replace(&deployment_with("Str4y-Invalid"), "      app: mysql\n  strategy", "      app: other\n  strategy");
    stage.apply(&invalid).expect_failure();
    assert!(stage.has(SECRET), "there was a Secret to clean up");
    expect_gone(&stage, SECRET);

    stage.kubectl(&["create", "quota", "none", "--hard=count/deployments.apps=0"]).expect_success();
    eventually("the quota to be counted", CONTROLLERS, || {
        (stage.get("quota/none")["status"]["hard"]["count/deployments.apps"] == "0").then_some(())
    });
    stage.apply(&client("Deployment")).expect_failure();
    assert!(stage.has(SECRET));
    // Somebody's own Pod refers to it: it stays, until that is gone.
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "other" }, "spec": { "containers": [
        { "name": "a", "image": "busybox", "envFrom": [{ "secretRef": { "name": "mysql-credentials" } }] }] } });
    stage.apply(&pod.to_string()).expect_success();
    wait_for_rounds(&stage);
    assert!(stage.has(SECRET), "it is referred to");
    stage.kubectl(&["delete", "pod", "other", "--now"]).expect_success();
    expect_gone(&stage, SECRET);
    // A retry makes it anew, and this time it stays.
    stage.kubectl(&["delete", "quota", "none"]).expect_success();
    stage.apply(&client("Deployment")).expect_success();
    let secret = eventually("the Secret to know its workload", CLEANED, || {
        let secret = stage.get(SECRET);
        annotation(&secret, "workload-uid").is_some().then_some(secret)
    });
    assert_eq!(
        annotation(&secret, "workload-uid").as_deref(),
        stage.get("deployment/mysql")["metadata"]["uid"].as_str()
    );
    wait_for_rounds(&stage);
    assert!(stage.has(SECRET));
}

#[test]
fn a_secret_stays_as_long_as_a_claim_and_is_then_reported() {
    let Some(cluster) = cluster() else { return };
    let mut stage = open(cluster, "claims");
    let set = json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "mysql" }, "spec": {
        "serviceName": "mysql", "selector": { "matchLabels": { "app": "mysql" } },
        "template": { "metadata": { "labels": { "app": "mysql" } }, "spec": { "containers": [
            { "name": "mysql", "image": "mysql:8.4",
              "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": "Orph4n-Root-Password" }],
              "volumeMounts": [{ "name": "data", "mountPath": "/var/lib/mysql" }] }] } },
        "volumeClaimTemplates": [{ "metadata": { "name": "data" }, "spec": { "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "1Gi" } } } }] } });
    let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "mysql-gp2" },
        "provisioner": "example.com/none" });
    cluster.kubectl_with_input(&["apply", "-f", "-"], &class.to_string()).expect_success();
    stage.apply(&set.to_string()).expect_success();
    assert_eq!(annotation(&stage.get(SECRET), "claims").as_deref(), Some("data-mysql-*"));
    eventually("the claim", CONTROLLERS, || stage.has("pvc/data-mysql-0").then_some(()));
    eventually("the Secret to know its workload", CLEANED, || annotation(&stage.get(SECRET), "workload-uid"));

    stage.kubectl(&["delete", "statefulset", "mysql"]).expect_success();
    wait_for_rounds(&stage);
    assert!(stage.has(SECRET), "its password opens the data of the claim");
    let told = || stage.list("events").into_iter().find(|event| event["reason"] == "CredentialsUnused");
    assert!(told().is_none());

    stage.kubectl(&["patch", "pvc/data-mysql-0", "--type=merge", "-p", r#"{"metadata":{"finalizers":null}}"#]);
    stage.kubectl(&["delete", "pvc", "data-mysql-0", "--wait=false"]).expect_success();
    let event = eventually("the report", CLEANED, told);
    assert!(event["message"].as_str().unwrap().contains("StatefulSet \"mysql\""), "{event}");
    assert!(stage.has(SECRET), "reported, and not deleted");

    // Another replica, which may delete it, takes over when the first one is gone.
    stage.gate.signal("STOP");
    let taking_over = cleaning(cluster, "orphans").start();
    expect_gone(&stage, SECRET);
    assert!(taking_over.logs().contains("and its claims are gone"));
    stage.gate.signal("CONT");
    stage.gate.restart();
}

#[test]
fn a_secret_that_an_object_relies_on_is_another_version() {
    // On the control plane of all tests nobody cleans up, or notes anything in a Secret.
    let Some(stage) = Stage::open("relied") else { return };
    let version = || stage.get(SECRET)["metadata"]["resourceVersion"].clone();
    stage.apply(&client("Job")).expect_success();
    let first = version();
    stage.apply(&client("Job")).expect_success();
    assert_eq!(version(), first, "a re-apply writes nothing");
    stage.kubectl(&["delete", "job", "mysql"]).expect_success();
    stage.send("create", &["--dry-run=server"], &client("Job")).expect_success();
    assert_eq!(version(), first, "a dry run writes nothing");
    stage.send("create", &[], &client("Job")).expect_success();
    let second = stage.get(SECRET);
    assert_ne!(second["metadata"]["resourceVersion"], first);
    assert_eq!(annotation(&second, "relied-on-version").as_deref(), first.as_str());
}
