//! How questions are asked, and what their answers mean.

use std::convert::Infallible;

use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::api_server::{is_absence_of, is_possible_name, readable};
use super::live::LiveCluster;
use super::snapshot::Snapshot;
use super::types::resource_name;
use crate::lookup::{Lookup, ResourceType};

#[test]
fn types_are_called_by_their_plural() {
    for (api_version, kind, group, plural) in [
        ("storage.k8s.io/v1", "StorageClass", "storage.k8s.io", "storageclasses"),
        ("v1", "PersistentVolumeClaim", "", "persistentvolumeclaims"),
        ("v1", "Endpoints", "", "endpoints"),
        ("policy/v1", "PodDisruptionBudget", "policy", "poddisruptionbudgets"),
        ("networking.k8s.io/v1", "NetworkPolicy", "networking.k8s.io", "networkpolicies"),
        ("shop.example/v1alpha1", "Fleet", "shop.example", "fleets"),
    ] {
        let named = resource_name(&ResourceType::new(api_version, kind)).unwrap();
        assert_eq!(named, (group.to_owned(), plural.to_owned()), "{api_version} {kind}");
    }
    for (api_version, kind) in
        [("v1", "Pod/x/../secret"), ("../v1", "Pod"), ("v1", ""), ("", "Pod"), ("a..b/v1", "Pod")]
    {
        assert!(resource_name(&ResourceType::new(api_version, kind)).is_err(), "{api_version} {kind}");
    }
}

#[test]
fn secrets_are_not_for_policies() {
    for kind in ["Secret", "SECRET"] {
        assert!(readable(&ResourceType::new("v1", kind)).is_err(), "{kind}");
    }
    assert!(readable(&ResourceType::new("vault.example/v1", "Secret")).is_ok());
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

/// A client of an API server that answers everything with the same list.
fn listing(items: Vec<Value>) -> Client {
    let list = json!({ "apiVersion": "v1", "kind": "List", "metadata": {}, "items": items }).to_string();
    let answer = tower::service_fn(move |_: http::Request<Body>| {
        let body = Body::from(list.clone().into_bytes());
        async move { Ok::<_, Infallible>(http::Response::new(body)) }
    });
    Client::new(answer, "default")
}

#[tokio::test]
async fn a_list_is_read_as_far_as_a_review_can_bear() {
    let kind = ResourceType::new("v1", "Service");
    for (count, bytes, told) in [
        (3, 10, "3"),
        (5_000, 10, "5000"),
        (5_001, 10, "there are too many Service objects: of one kind, 5000 are read at most"),
        (9, 1 << 20, "there are too many Service objects: of one kind, 8 MiB are read at most"),
    ] {
        let service = json!({ "metadata": { "name": "a", "annotations": { "b": "c".repeat(bytes) } } });
        let cluster = LiveCluster::new(listing(vec![service; count]), Handle::current());
        let kind = kind.clone();
        let found = tokio::task::spawn_blocking(move || cluster.find(&kind, Some("shop"))).await.unwrap();
        if let Ok(found) = &found {
            assert!(found.iter().all(|object| object["kind"] == "Service" && object["apiVersion"] == "v1"));
        }
        assert_eq!(found.map_or_else(|error| error.to_string(), |found| found.len().to_string()), told);
    }
}

#[tokio::test]
async fn without_a_namespace_nothing_is_told_of_all_namespaces() {
    let client = listing(vec![json!({ "metadata": { "name": "a" } })]);
    let live = LiveCluster::new(client.clone(), Handle::current());
    let snapshot = Snapshot::new(client, Handle::current(), || false);
    let asked = tokio::task::spawn_blocking(move || {
        let (service, volume) = (ResourceType::new("v1", "Service"), ResourceType::new("v1", "PersistentVolume"));
        for lookup in [&live as &dyn Lookup, &snapshot] {
            for nowhere in [None, Some("")] {
                assert!(lookup.find(&service, nowhere).is_err());
                assert!(lookup.get(&service, nowhere, "a").is_err());
                assert!(lookup.exists(&service, nowhere, "a").is_err());
                assert!(lookup.seen(&service, nowhere).is_empty());
            }
            assert_eq!(lookup.find(&service, Some("shop")).unwrap().len(), 1);
            assert_eq!(lookup.seen(&service, Some("shop")).len(), 1);
            assert_eq!(lookup.find(&volume, None).unwrap().len(), 1);
        }
    });
    asked.await.unwrap();
}
