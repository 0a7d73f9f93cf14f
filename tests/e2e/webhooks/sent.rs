//! A policy's own object says whether the API server sends what it judges.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::follows::install_fleets;
use super::{Cluster, KEPT, built_in};
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};

/// A condition of the policy's object, once it is as wanted: `False KindUnknown`.
#[track_caller]
fn await_condition(cluster: &Cluster, name: &str, type_: &str, wanted: &str) -> Value {
    eventually(&format!("{type_} of {name} to be {wanted}"), KEPT, || {
        let object = cluster.plane.json(&["get", "clusterpolicy", name]);
        let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let said = |condition: &Value| {
            let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("status"), text("reason"))
        };
        conditions.into_iter().find(|condition| condition["type"] == type_ && said(condition) == wanted)
    })
}

#[test]
fn a_policy_says_whether_it_is_asked() {
    let Some(cluster) = Cluster::open() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    cluster
        .plane
        .kubectl(&["apply", "-f", &root.join("webhook-deploy/05-crds.yaml").display().to_string()])
        .expect_success();
    cluster.plane.kubectl(&["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]).expect_success();
    cluster.set_policies(&built_in(true));
    let mut gate = cluster.gate().start();
    register(&cluster.plane, &gate, Scope::Cluster).leave();
    gate.restart();
    let module = root.join("policies/target/guests/general.wasm");
    let policy = json!({ "apiVersion": "tidegate.dev/v1alpha1", "kind": "ClusterPolicy", "metadata": { "name": "fleets" },
        "spec": { "module": format!("file://{}", module.display()), "action": "warn",
            "match": { "kinds": ["Fleet.shop.example"] } } });
    cluster.plane.kubectl_with_input(&["apply", "-f", "-"], &policy.to_string()).expect_success();

    let said = await_condition(&cluster, "fleets", "Sent", "False KindUnknown");
    assert_eq!(
        said["message"],
        "the cluster has no kind Fleet.shop.example; as soon as it has, its objects are judged"
    );
    await_condition(&cluster, "fleets", "Ready", "True Ready");
    install_fleets(&cluster.plane);
    await_condition(&cluster, "fleets", "Sent", "True AllSent");
    await_condition(&cluster, "fleets", "Ready", "True Ready");

    // Those who write the two conditions leave each other's alone: nothing is written while nothing changes.
    let version = || cluster.plane.json(&["get", "clusterpolicy", "fleets"])["metadata"]["resourceVersion"].clone();
    let before = version();
    sleep(Duration::from_secs(5));
    assert_eq!(version(), before);
}
