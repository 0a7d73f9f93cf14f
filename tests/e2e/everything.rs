//! Policies on everything of a kind, beyond what has to do with MySQL: audits of a cluster look for their objects, and
//! kinds are called as the API server calls them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate::cluster::{LiveCluster, Snapshot};
use tidegate::lookup::{Lookup, ResourceType};
use tidegate::server::use_ring;

use crate::audited::json as audited;
use crate::support::control_plane::ControlPlane;
use crate::support::wait::eventually;
use crate::webhooks::document;

/// A kind whose plural does not follow from its name.
fn install_geese(plane: &ControlPlane, scope: &str) {
    let definition = json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "geese.farm.example" },
        "spec": { "group": "farm.example", "scope": scope, "names": { "kind": "Goose", "plural": "geese" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }] } });
    plane.kubectl_with_input(&["apply", "-f", "-"], &definition.to_string()).expect_success();
    plane
        .kubectl(&["wait", "--for=condition=Established", "crd", "geese.farm.example", "--timeout=60s"])
        .expect_success();
}

fn goose(name: &str) -> Value {
    json!({ "apiVersion": "farm.example/v1", "kind": "Goose", "metadata": { "name": name } })
}

pub(crate) fn ingress(name: &str, labels: Value) -> Value {
    json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": name, "labels": labels },
        "spec": { "defaultBackend": { "service": { "name": "a", "port": { "number": 80 } } } } })
}

/// The objects that an audit of the cluster with these policies finds to be nobody's.
fn found_in(plane: &ControlPlane, policies: &Path, arguments: &[&str]) -> Vec<String> {
    let policies = policies.display().to_string();
    let report = audited(plane.kubeconfig(), &[&["--cluster", "--policy", &policies], arguments].concat());
    let mut found: Vec<String> = report.rows(&["GEN001"]).into_iter().map(|row| row.object).collect();
    found.sort();
    found
}

#[test]
fn an_audit_of_a_cluster_lists_what_policies_judge() {
    let Some(plane) = ControlPlane::start() else { return };
    install_geese(&plane, "Cluster");
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies.yaml");
    let document = document("owners", "  match: { kinds: [Ingress, Goose.farm.example] }\n");
    fs::write(&policies, document).unwrap();
    let (mine, other) = (plane.create_namespace("everything"), plane.create_namespace("beside"));
    for (namespace, object) in [
        (&mine, ingress("nobodys", json!({}))),
        (&mine, ingress("ours", json!({ "team": "shop" }))),
        (&other, ingress("beside", json!({}))),
        (&mine, goose("grey")),
    ] {
        plane.kubectl_with_input(&["create", "-n", namespace, "-f", "-"], &object.to_string()).expect_success();
    }
    let in_mine = ["Goose grey".to_owned(), format!("Ingress {mine}/nobodys")];
    let all = [&[format!("Ingress {other}/beside")], &in_mine[..]].concat();
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    assert_eq!(found_in(&plane, &policies, &[]), sorted(all));
    // What belongs to no namespace belongs to each of them.
    assert_eq!(found_in(&plane, &policies, &["-n", &mine]), in_mine);

    // Who may not list them is told so.
    let nobody = plane.as_service_account(&mine, "default");
    let arguments = ["--cluster", "-n", &mine, "--policy", &policies.display().to_string()];
    let report = audited(nobody.kubeconfig(), &arguments);
    let errors = report.errors();
    for part in [&format!("Ingress objects in namespace {mine}: this account may not list them"), "Goose objects: this"]
    {
        assert!(errors.iter().any(|error| error.starts_with(part)), "no {part} in {errors:#?}");
    }
}

#[test]
fn a_kind_is_called_as_the_api_server_calls_it() {
    let Some(plane) = ControlPlane::start() else { return };
    use_ring();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let namespace = plane.create_namespace("called");
    let config = runtime.block_on(async {
        let kubeconfig = kube::config::Kubeconfig::read_from(plane.kubeconfig()).unwrap();
        kube::Config::from_custom_kubeconfig(kubeconfig, &kube::config::KubeConfigOptions::default()).await.unwrap()
    });
    let client = {
        let _inside = runtime.enter();
        kube::Client::try_from(config).unwrap()
    };
    let live = LiveCluster::new(client.clone(), runtime.handle().clone());
    let snapshot = || Snapshot::new(client.clone(), runtime.handle().clone(), || false);
    let kind = ResourceType::new("farm.example/v1", "Goose");
    let before = live.get(&kind, Some(&namespace), "grey").unwrap_err().to_string();
    assert_eq!(before, "the API server does not serve Goose objects");

    install_geese(&plane, "Namespaced");
    let create = ["create", "-n", &namespace, "-f", "-"];
    plane.kubectl_with_input(&create, &goose("grey").to_string()).expect_success();
    let elsewhere = plane.create_namespace("elsewhere");
    eventually("the API server to tell of the kind", Duration::from_secs(30), || {
        live.get(&kind, Some(&namespace), "grey").ok().flatten()
    });
    for lookup in [&live as &dyn Lookup, &snapshot()] {
        assert!(lookup.get(&kind, Some(&elsewhere), "grey").unwrap().is_none());
        assert!(lookup.exists(&kind, Some(&namespace), "grey").unwrap());
        assert_eq!(lookup.find(&kind, Some(&namespace)).unwrap().len(), 1);
        assert_eq!(lookup.find(&kind, Some(&elsewhere)).unwrap().len(), 0);
    }
    // Kubernetes' own that have no namespace, and that policies of the program never ask for.
    let class = ResourceType::new("networking.k8s.io/v1", "IngressClass");
    for lookup in [&live as &dyn Lookup, &snapshot()] {
        assert!(lookup.get(&class, Some(&namespace), "none").unwrap().is_none());
        assert!(lookup.get(&ResourceType::new("v1", "Secret"), Some(&namespace), "any").is_err());
    }
}
