//! A policy on any kind is asked about its objects, once a phase, and nobody else waits.

use serde_json::{Value, json};

use super::{Cluster, KEPT, KINDS, asked, built_in, document, names, resources};
use crate::support::control_plane::ControlPlane;
use crate::support::gate::Gate;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};
use crate::untouched::largest_pod;

const ROUTES: &str = "  match: { kinds: [Ingress] }\n  settings: { team: routes }\n";
const FLEETS: &str = "  action: deny\n  match: { kinds: [Fleet.shop.example] }\n";
const PODS: &str = "  failurePolicy: Fail\n  settings: { team: pods }\n  match:\n    kinds: [Deployment, Pod]\n    \
                    exclude: { namespaces: ['left-*'], names: ['old-?'] }\n    objectSelector:\n      matchExpressions:\n        \
                    - { key: tier, operator: NotIn, values: [none] }\n";

fn ingress(name: &str) -> Value {
    json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": name },
        "spec": { "defaultBackend": { "service": { "name": "a", "port": { "number": 80 } } } } })
}

fn deployment(name: &str, image: &str) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name },
        "spec": { "replicas": 0, "selector": { "matchLabels": { "app": "a" } }, "template": {
            "metadata": { "labels": { "app": "a" } },
            "spec": { "containers": [{ "name": "a", "image": image }] } } } })
}

pub(super) fn install_fleets(plane: &ControlPlane) {
    let definition = json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "fleets.shop.example" },
        "spec": { "group": "shop.example", "scope": "Namespaced", "names": { "kind": "Fleet", "plural": "fleets" },
            "versions": [{ "name": "v1alpha1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }] } });
    plane.kubectl_with_input(&["apply", "-f", "-"], &definition.to_string()).expect_success();
}

/// Waits until the API server has heard of a change: it sends an object of this kind, or no more.
#[track_caller]
fn await_sent(cluster: &Cluster, gate: &Gate, namespace: &str, is_sent: bool) {
    eventually("the API server to hear of it", KEPT, || {
        let before = asked(gate, "Ingress");
        let manifest = ingress("probe").to_string();
        let create = ["create", "--dry-run=server", "-n", namespace, "-f", "-"];
        cluster.plane.kubectl_with_input(&create, &manifest).expect_success();
        ((asked(gate, "Ingress") > before) == is_sent).then_some(())
    });
}

#[test]
fn what_a_policy_judges_is_sent_until_the_policy_is_gone() {
    let Some(cluster) = Cluster::open() else { return };
    cluster.set_policies(&[document("routes", ROUTES), document("fleets", FLEETS), document("pods", PODS)]);
    let mut gate = cluster.gate().start();
    register(&cluster.plane, &gate, Scope::Cluster).leave();
    let addresses = |webhooks: &[Value]| -> Vec<Value> {
        let mut all: Vec<Value> = webhooks.iter().map(|webhook| webhook["clientConfig"].clone()).collect();
        all.dedup();
        all
    };
    let shipped = KINDS.map(|kind| addresses(cluster.configuration(kind)["webhooks"].as_array().unwrap()));
    // It looks at once for what was not there when it started first.
    gate.restart();
    for (kind, shipped) in KINDS.iter().zip(&shipped) {
        let is_there = |webhooks: &[Value]| resources(webhooks, "general") == ["ingresses"];
        let webhooks = cluster.await_configuration(kind, "ingresses are asked about", is_there);
        assert_eq!(resources(&webhooks, "general-required"), ["pods", "deployments"]);
        assert_eq!(&addresses(&webhooks), shipped, "everything goes to the one gate");
    }
    let namespace = cluster.plane.create_namespace("follows");
    await_sent(&cluster, &gate, &namespace, true);

    // Each phase asks once, also about what is MySQL's as well.
    let mut client = deployment("mysql-client", "mysql:8.4");
    client["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["mysqladmin", "--host=db", "ping"]);
    for (object, kind, name, team) in [
        (ingress("web"), "Ingress", "ingress/web", "routes"),
        (deployment("web", "nginx"), "Deployment", "deployment/web", "pods"),
        (client, "Deployment", "deployment/mysql-client", "pods"),
    ] {
        let before = asked(&gate, kind);
        cluster.apply(&namespace, &object).expect_success();
        assert_eq!(cluster.team(&namespace, name), team, "{name}");
        assert_eq!(asked(&gate, kind) - before, 2, "{name}");
    }
    // Of no kind that is judged, or left out by the match: nobody asks.
    let elsewhere = cluster.plane.create_namespace("left");
    let mut without_tier = deployment("free", "nginx");
    without_tier["metadata"]["labels"] = json!({ "tier": "none" });
    let before = asked(&gate, "Deployment");
    for (namespace, object) in
        [(&elsewhere, deployment("a", "nginx")), (&namespace, deployment("old-1", "nginx")), (&namespace, without_tier)]
    {
        cluster.apply(namespace, &object).expect_success();
    }
    assert_eq!(asked(&gate, "Deployment"), before);
    assert_eq!(asked(&gate, "ConfigMap") + asked(&gate, "Role"), 0);
    // The conditions stay within what the API server grants, for the largest object that they look through.
    let create = ["create", "--dry-run=server", "-n", &namespace, "-f", "-"];
    cluster.plane.kubectl_with_input(&create, &largest_pod().to_string()).expect_success();

    // A kind that comes later is judged from then on.
    assert!(gate.logs().contains("the cluster has no kind Fleet.shop.example"), "{}", gate.logs());
    install_fleets(&cluster.plane);
    let is_there = |webhooks: &[Value]| resources(webhooks, "general") == ["ingresses", "fleets"];
    cluster.await_configuration(KINDS[1], "fleets are asked about", is_there);
    let fleet = json!({ "apiVersion": "shop.example/v1alpha1", "kind": "Fleet", "metadata": { "name": "a" } });
    let refused = eventually("a refusal", KEPT, || {
        let applied = cluster.apply(&namespace, &fleet);
        if applied.is_success() {
            cluster.plane.kubectl(&["delete", "fleet", "a", "-n", &namespace]).expect_success();
        }
        (!applied.is_success()).then_some(applied.stderr)
    });
    assert!(refused.contains("GEN001") && refused.contains("no label team"), "{refused}");
    // Nothing is repaired there, so that the mutating webhook need not ask.
    assert_eq!(resources(cluster.configuration(KINDS[0])["webhooks"].as_array().unwrap(), "general"), ["ingresses"]);

    // What is written by hand is brought back.
    let patch = r#"[{"op": "replace", "path": "/webhooks/0/rules", "value": []}]"#;
    cluster.plane.kubectl(&["patch", KINDS[1], "tidegate", "--type=json", "-p", patch]).expect_success();
    cluster.await_configuration(KINDS[1], "its rules are back", |webhooks| {
        webhooks[0]["rules"].as_array().is_some_and(|rules| !rules.is_empty())
    });

    // Without the policies nobody asks, and without any policy about nothing.
    cluster.set_policies(&built_in(false));
    gate.restart();
    for kind in KINDS {
        let is_silent =
            |webhooks: &[Value]| webhooks.len() == 1 && webhooks[0]["rules"].as_array().is_none_or(Vec::is_empty);
        let webhooks = cluster.await_configuration(kind, "nothing is asked about", is_silent);
        assert_eq!(addresses(&webhooks).len(), 1);
    }
    await_sent(&cluster, &gate, &namespace, false);
    let before = asked(&gate, "Deployment");
    cluster.apply(&namespace, &deployment("another-mysql", "mysql:8.4")).expect_success();
    assert_eq!(asked(&gate, "Deployment"), before);

    // And back: the address was kept.
    cluster.set_policies(&built_in(true));
    gate.restart();
    let webhooks = cluster.await_configuration(KINDS[1], "as it is shipped", |webhooks| webhooks.len() > 1);
    assert_eq!(addresses(&webhooks), shipped[1]);
    assert!(!names(&webhooks).contains(&"general"));
}
