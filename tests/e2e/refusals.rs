//! What cannot be made safe stays out, and the author is told why and what to do.

use crate::manifests::{deployment, deployment_with, replace};
use crate::stage::{CONTROLLERS, Stage, gate};
use crate::start::nowhere;
use crate::stored::{generation, secret_value};
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Output;
use crate::support::wait::eventually;

const WORKLOAD: &str = "deployment/mysql";

#[track_caller]
fn expect_refused(refused: Output, parts: &[&str]) {
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    for part in parts {
        assert!(refused.stderr.contains(part), "no {part:?} in {}", refused.stderr);
    }
}

/// The gate cannot reach an API server, although the API server reaches the gate.
#[test]
fn no_api_server_when_a_secret_is_due() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = gate(&nowhere(folder.path()));
    let stage = Stage::guard_with(cluster, cluster.create_namespace("nowhere"), gate);
    for flags in [&[][..], &["--server-side"], &["--dry-run=server"]] {
        let refused = stage.send("apply", flags, &deployment());
        expect_refused(refused, &["mutate.tidegate.dev", "Deployment \"mysql\"", "cannot reach the API server"]);
        assert!(!stage.has(WORKLOAD));
    }
    // What needs no Secret passes.
    stage.apply(&without_password()).expect_success();
}

#[test]
fn a_secret_of_somebody_else() {
    let Some(stage) = Stage::open("somebody") else { return };
    let create = ["create", "secret", "generic", "mysql-credentials", "--from-literal=MYSQL_ROOT_PASSWORD=password"];
    stage.kubectl(&create).expect_success();
    let before = stage.get("secret/mysql-credentials");
    let way_out = "refer to it in the manifest (env[].valueFrom.secretKeyRef), or rename the workload";
    expect_refused(stage.apply(&deployment()), &["mysql-credentials", "was not made by tidegate", way_out]);
    assert!(!stage.has(WORKLOAD));
    assert_eq!(stage.get("secret/mysql-credentials"), before);
    // The way out works.
    let reference = "valueFrom: {secretKeyRef: {name: mysql-credentials, key: MYSQL_ROOT_PASSWORD}}";
    stage.apply(&replace(&deployment(), "value: password", reference)).expect_success();
}

#[test]
fn a_secret_of_another_workload() {
    let Some(stage) = Stage::open("another") else { return };
    stage.apply(&deployment()).expect_success();
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: mysql}, spec: {containers: [{name: mysql, \
               image: 'mysql:5.7', env: [{name: MYSQL_ROOT_PASSWORD, value: password}]}]}}";
    let parts = ["belongs to Deployment \"mysql\", so Pod \"mysql\" cannot have it too", "Rename the workload"];
    expect_refused(stage.apply(pod), &parts);
    assert!(!stage.has("pod/mysql"));
}

#[test]
fn another_value_for_a_key_that_is_there() {
    let Some(stage) = Stage::open("another-value") else { return };
    stage.apply(&deployment()).expect_success();
    for flags in [&[][..], &["--dry-run=server"], &["--server-side", "--force-conflicts"]] {
        let refused = stage.send("apply", flags, &deployment_with("another-password"));
        expect_refused(refused, &["already holds another value for MYSQL_ROOT_PASSWORD", "(ALTER USER)"]);
    }
    assert_eq!(generation(&stage.get(WORKLOAD)), 1);
    assert_eq!(secret_value(&stage.get("secret/mysql-credentials"), "MYSQL_ROOT_PASSWORD"), "password");
    // The way out: the database first, then the Secret, then apply again.
    let changed = r#"{"stringData": {"MYSQL_ROOT_PASSWORD": "another-password"}}"#;
    stage.kubectl(&["patch", "secret/mysql-credentials", "-p", changed]).expect_success();
    stage.apply(&deployment_with("another-password")).expect_success();
    assert_eq!(generation(&stage.get(WORKLOAD)), 1, "only the Secret is another");
}

#[test]
fn rights_that_the_gate_lacks() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("rights");
    let nobody = cluster.as_service_account(&namespace, "default");
    let stage = Stage::guard_with(cluster, namespace, gate(nobody.kubeconfig()));
    let parts = ["tidegate's own account may not get Secret \"mysql-credentials\"", "see webhook-deploy/"];
    expect_refused(stage.apply(&deployment()), &parts);
    assert!(!stage.has(WORKLOAD));
}

#[test]
fn a_full_quota_for_secrets() {
    let Some(stage) = Stage::open("quota") else { return };
    stage.kubectl(&["create", "quota", "none", "--hard=count/secrets=0"]).expect_success();
    eventually("the quota to be counted", CONTROLLERS, || {
        (stage.get("quota/none")["status"]["hard"]["count/secrets"] == "0").then_some(())
    });
    expect_refused(stage.apply(&deployment()), &["the API server refused to create Secret", "exceeded quota: none"]);
    assert!(!stage.has(WORKLOAD));
}

/// The example's Deployment with a password file in the place of a password.
fn without_password() -> String {
    let file = "- name: MYSQL_ROOT_PASSWORD_FILE\n          value: /run/secrets/mysql/password";
    replace(&deployment(), "- name: MYSQL_ROOT_PASSWORD\n          value: password", file)
}
