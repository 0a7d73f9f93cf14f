//! How questions are asked, and what their answers mean.

use kube::Client;
use kube::api::DynamicObject;
use serde_json::Value;
use tokio::runtime::Handle;

use super::api_server::{is_absence_of, is_possible_name, resource};
use super::live::LiveCluster;
use crate::lookup::{Lookup, ResourceType};

#[test]
fn types_are_asked_for_by_their_plural() {
    for (api_version, kind, path) in [
        ("storage.k8s.io/v1", "StorageClass", "/apis/storage.k8s.io/v1/storageclasses"),
        ("v1", "Namespace", "/api/v1/namespaces"),
        ("v1", "PersistentVolumeClaim", "/api/v1/namespaces/shop/persistentvolumeclaims"),
        ("v1", "ConfigMap", "/api/v1/namespaces/shop/configmaps"),
        ("policy/v1", "PodDisruptionBudget", "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"),
        ("networking.k8s.io/v1", "NetworkPolicy", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"),
    ] {
        let kind = ResourceType::new(api_version, kind);
        let namespace = (!kind.is_cluster_scoped()).then_some("shop");
        let url = <DynamicObject as kube::Resource>::url_path(&resource(&kind).unwrap(), namespace);
        assert_eq!(url, path);
    }
}

#[test]
fn secrets_are_not_for_policies() {
    for (api_version, kind) in [("v1", "Secret"), ("v1", "SECRET"), ("v1", "Pod/x/../secret"), ("../v1", "Pod")] {
        assert!(resource(&ResourceType::new(api_version, kind)).is_err(), "{api_version} {kind}");
    }
    for name in ["../secrets/mysql", "..", "", "a?watch=1", "a%2fb"] {
        assert!(!is_possible_name(name), "{name}");
    }
}

#[test]
fn only_a_404_that_names_the_object_means_absent() {
    let status = |json: Value| serde_json::from_value::<kube::core::Status>(json).unwrap();
    let absent = status(serde_json::json!({
        "status": "Failure", "code": 404, "reason": "NotFound", "message": "not found",
        "details": { "name": "fast", "group": "storage.k8s.io", "kind": "storageclasses" }
    }));
    let not_served = status(serde_json::json!({
        "status": "Failure", "code": 404, "reason": "NotFound", "message": "the server could not find …"
    }));
    assert!(is_absence_of(&absent, "fast"));
    assert!(!is_absence_of(&not_served, "fast"));
}

#[tokio::test]
async fn without_an_api_server_nobody_can_say() {
    // Port 9 of the loopback address: nothing listens there.
    let config = kube::Config::new("http://127.0.0.1:9".parse().unwrap());
    let cluster = LiveCluster::new(Client::try_from(config).unwrap(), Handle::current());
    let asked = tokio::task::spawn_blocking(move || {
        cluster.get(&ResourceType::new("storage.k8s.io/v1", "StorageClass"), None, "fast")
    });
    assert!(asked.await.unwrap().is_err());
}
