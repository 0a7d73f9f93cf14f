//! The control plane of the tests behaves like a cluster's: it stores, and its controllers act.

use std::time::Duration;

use serde_json::Value;

use crate::support::{ControlPlane, wait::eventually};

/// Controllers act within a second; a busy machine gets more.
const CONTROLLERS: Duration = Duration::from_secs(30);

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
";

#[test]
fn says_its_version() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let version = cluster.json(&["version"]);
    assert_eq!(version["serverVersion"]["major"], "1");
    assert_eq!(version["serverVersion"]["gitVersion"], version["clientVersion"]["gitVersion"]);
}

#[test]
fn makes_the_pods_of_a_deployment() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("deployment");
    let in_namespace = |arguments: &[&str]| cluster.json(&[arguments, &["-n", &namespace]].concat());
    let pods = || items(&in_namespace(&["get", "pods"])).len();

    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], DEPLOYMENT).expect_success();
    eventually("two Pods", CONTROLLERS, || (pods() == 2).then_some(()));
    assert_eq!(items(&in_namespace(&["get", "replicasets"])).len(), 1);

    cluster.kubectl(&["scale", "deployment/web", "--replicas=3", "-n", &namespace]).expect_success();
    eventually("three Pods", CONTROLLERS, || (pods() == 3).then_some(()));
    assert_eq!(in_namespace(&["get", "deployment", "web"])["metadata"]["generation"], 2);
}

#[test]
fn logs_the_whole_of_a_write() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit");
    cluster
        .kubectl(&["create", "configmap", "-n", &namespace, "log", "--from-literal=key=logged-value"])
        .expect_success();
    eventually("the audit log to have it", CONTROLLERS, || cluster.audit_log().contains("logged-value").then_some(()));
}

#[test]
fn lets_a_service_account_do_what_it_was_granted() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("account");
    let bind = ["create", "rolebinding", "view", "--clusterrole=view", "-n", &namespace];
    let subject = format!("--serviceaccount={namespace}:default");
    cluster.kubectl(&[&bind[..], &[&subject]].concat()).expect_success();

    let account = cluster.as_service_account(&namespace, "default");
    account.run(&["get", "configmaps", "-n", &namespace]).expect_success();
    let refusal = account.run(&["create", "configmap", "mine", "-n", &namespace]).expect_failure();
    assert!(refusal.contains("forbidden"), "{refusal}");
}

#[test]
fn keeps_its_objects_when_the_api_server_is_restarted() {
    let Some(mut cluster) = ControlPlane::start() else { return };
    let namespace = cluster.create_namespace("restart");
    cluster.stop_api_server();
    cluster.kubectl(&["get", "namespace", &namespace]).expect_failure();
    cluster.start_api_server();
    cluster.kubectl(&["get", "namespace", &namespace]).expect_success();
}

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().map_or(&[], Vec::as_slice)
}
