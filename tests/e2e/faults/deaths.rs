//! The API server or the gate dies when the Secret is stored and nobody has been told so.

use std::thread;

use super::{Variables, expect_admission, stored};
use crate::stage::{Stage, account, gate, make_account};
use crate::stored::{from_secret, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::fault_proxy::{Fault, FaultProxy};
use crate::support::webhooks::{Scope, register};
use crate::workloads::client;

const ONE: Variables<'_> = &[("MYSQL_PWD", "outlives-a-crash")];

#[test]
fn the_gate_dies() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let (proxy, kubeconfig) = FaultProxy::before_api_server(account(cluster));
    let mut stage = Stage::guard_with(cluster, cluster.create_namespace("gate-dies"), gate(&kubeconfig));
    proxy.fail("POST", "/secrets", Fault::Hold);
    thread::scope(|scope| {
        let refused = scope.spawn(|| stage.apply(&client("Deployment", "dies", ONE).to_string()));
        proxy.await_held();
        stage.gate.signal("KILL");
        let said = refused.join().unwrap().expect_failure();
        assert!(said.contains("failed calling webhook \"mutate.tidegate.dev\""), "{said}");
    });
    proxy.release();
    let made = stored(&stage, "secret/dies-credentials").expect("the API server has carried it out");
    assert!(!stage.has("deployment/dies"));

    stage.gate.restart();
    expect_admission(&stage, "dies", ONE);
    let kept = stage.get("secret/dies-credentials");
    assert_eq!((&kept["metadata"]["uid"], &kept["data"]), (&made["metadata"]["uid"], &made["data"]));
}

#[test]
fn the_api_server_dies_and_comes_back() {
    let Some(mut cluster) = ControlPlane::start() else { return };
    let (account, author) = (make_account(&cluster), cluster.admin());
    let (proxy, kubeconfig) = FaultProxy::before_api_server(account.kubeconfig());
    let gate = gate(&kubeconfig).start();
    register(&cluster, &gate, Scope::Cluster).leave();
    let manifest = client("Deployment", "dies", ONE).to_string();
    let apply = || author.run_with_input(&["apply", "-f", "-"], &manifest);

    proxy.fail("POST", "/secrets", Fault::Hold);
    thread::scope(|scope| {
        let refused = scope.spawn(apply);
        proxy.await_held();
        cluster.stop_api_server();
        refused.join().unwrap().expect_failure();
    });
    // The gate meets a connection that is cut, then nobody at all.
    proxy.release();
    cluster.start_api_server();

    assert!(!author.run(&["get", "deployment/dies"]).is_success());
    let made = author.json(&["get", "secret/dies-credentials"]);
    assert_eq!(secret_value(&made, "MYSQL_PWD"), "outlives-a-crash");
    apply().expect_success();
    let deployment = author.json(&["get", "deployment/dies"]);
    let reference = from_secret("MYSQL_PWD", "dies-credentials", "MYSQL_PWD");
    assert_eq!(*variable(&deployment, "client", "MYSQL_PWD"), reference);
    let kept = author.json(&["get", "secret/dies-credentials"]);
    assert_eq!((&kept["metadata"]["uid"], &kept["data"]), (&made["metadata"]["uid"], &made["data"]));
}
