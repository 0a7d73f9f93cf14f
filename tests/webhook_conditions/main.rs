//! The conditions of `webhook-deploy/`, in CEL, let every container past the gate's door that the
//! gate would judge, and keep away from it what has nothing to do with MySQL.
//!
//! The expressions are read from the files that users apply. The `cel` crate and Kubernetes both
//! know every function in them; that the API server accepts them is the end-to-end tests' to show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod conditions;
mod properties;
mod related;
#[path = "../fixtures/table.rs"]
#[allow(dead_code, reason = "the table is shared with detection.rs")]
mod table;

use std::path::Path;
use std::sync::Arc;

use conditions::{Conditions, FILES, concerns_mysql, configuration, webhook};
use serde_json::{Value, json};
use table::{KINDS, rows, wrapped};
use tidegate::resources::Resources;
use tidegate::wasm::{Runtime, load_policies};
use tidegate::webhooks::{Templates, derive};
use tidegate::workload::{Location, is_operator_managed};

#[test]
fn both_phases_ask_about_the_same() {
    let [mut mutating, mut validating] = FILES.map(webhook);
    assert_eq!(mutating["clientConfig"]["service"]["path"], "/mutate");
    assert_eq!(validating["clientConfig"]["service"]["path"], "/validate");
    assert_eq!(mutating["reinvocationPolicy"], "IfNeeded");
    for (webhook, own) in [(&mut mutating, &["reinvocationPolicy"][..]), (&mut validating, &[])] {
        let fields = webhook.as_object_mut().unwrap();
        for field in ["name", "clientConfig"].iter().chain(own) {
            fields.remove(*field).unwrap();
        }
    }
    assert_eq!(mutating, validating);
    assert_eq!(mutating["failurePolicy"], "Fail");
    assert_eq!(mutating["sideEffects"], "NoneOnDryRun");
}

#[test]
fn the_files_are_what_the_built_in_policies_need() {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    let runtime = Arc::new(Runtime::new(Some(&cache)).unwrap());
    let policies = load_policies(&runtime, vec![]).unwrap();
    let derived = derive(&Templates::embedded().unwrap(), &policies, &Resources::default());
    assert_eq!([derived.mutating, derived.validating], FILES.map(configuration));
    assert_eq!(derived.gaps, []);
}

#[test]
fn the_rules_name_the_kinds_that_carry_pods() {
    let mut kinds: Vec<(String, String)> = webhook(FILES[0])["rules"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|rule| {
            assert_eq!(rule["operations"], json!(["CREATE", "UPDATE"]));
            let group = rule["apiGroups"][0].as_str().unwrap();
            let version = rule["apiVersions"][0].as_str().unwrap();
            let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
            let resources = rule["resources"].as_array().unwrap().clone();
            resources.into_iter().map(move |resource| (api_version.clone(), resource.as_str().unwrap().to_owned()))
        })
        .collect();
    let mut expected: Vec<(String, String)> = KINDS
        .iter()
        .map(|(api_version, kind)| ((*api_version).to_owned(), format!("{}s", kind.to_ascii_lowercase())))
        .collect();
    kinds.sort();
    expected.sort();
    assert_eq!(kinds, expected);
    for (api_version, kind) in KINDS {
        assert!(Location::of_kind(api_version, kind).is_some(), "{kind}");
    }
}

#[test]
fn every_row_is_asked_about_as_it_says() {
    let conditions = Conditions::read();
    for row in rows() {
        for (api_version, kind) in KINDS {
            let object = wrapped(api_version, kind, row.pod_spec());
            assert_eq!(conditions.asks_the_gate(&object), row.gate, "{}, as {kind}", row.about);
            assert!(row.gate || !concerns_mysql(&object), "{}: the gate would judge it", row.about);
        }
    }
}

#[test]
fn an_update_is_asked_about_if_it_changes_the_pods() {
    let conditions = Conditions::read();
    for (api_version, kind) in KINDS {
        let of_image =
            |image: &str| wrapped(api_version, kind, json!({ "containers": [{ "name": "db", "image": image }] }));
        let old = of_image("mysql:5.7");
        let mut scaled = old.clone();
        scaled["metadata"]["annotations"] = json!({ "deployment.kubernetes.io/revision": "2" });
        if kind != "Pod" {
            scaled["spec"]["replicas"] = json!(3);
        }
        scaled["status"] = json!({ "replicas": 3 });
        assert_eq!(conditions.against(&scaled, Some(&old)), ["template-changed"], "{kind}");
        assert_eq!(conditions.against(&of_image("mysql:8.4"), Some(&old)), [""; 0], "{kind}");
        assert_eq!(conditions.against(&of_image("nginx"), Some(&old)), ["may-be-mysql"], "{kind}");
    }
}

#[test]
fn labels_of_the_pods_are_a_change_of_the_template() {
    let conditions = Conditions::read();
    let old = wrapped("apps/v1", "Deployment", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    let mut new = old.clone();
    new["spec"]["template"]["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/restartedAt": "now" });
    assert!(conditions.against(&new, Some(&old)).is_empty());
}

#[test]
fn what_a_controller_made_is_not_asked_about() {
    let conditions = Conditions::read();
    let mut object = wrapped("v1", "Pod", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    for (owners, against) in [
        (json!([]), vec![]),
        (json!([{ "kind": "Shop", "name": "shop" }]), vec![]),
        (json!([{ "kind": "Shop", "name": "shop", "controller": false }]), vec![]),
        (
            json!([{ "kind": "Shop", "name": "shop" }, { "kind": "ReplicaSet", "controller": true }]),
            vec!["not-controlled"],
        ),
    ] {
        object["metadata"]["ownerReferences"] = owners;
        assert_eq!(conditions.against(&object, None), against);
    }
}

#[test]
fn what_an_operator_manages_is_not_asked_about() {
    let conditions = Conditions::read();
    let mut object =
        wrapped("apps/v1", "StatefulSet", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    // No more than the gate itself leaves alone.
    let expressions = webhook(FILES[0])["matchConditions"].clone();
    let operators =
        expressions.as_array().unwrap().iter().find(|condition| condition["name"] == "not-operator-managed");
    let expression = operators.unwrap()["expression"].as_str().unwrap().rsplit_once(" in [").unwrap().1.to_owned();
    let named: Vec<&str> = expression.split('\'').skip(1).step_by(2).collect();
    assert!(named.len() > 3, "{named:?}");
    for (manager, is_operator) in named.iter().map(|name| (*name, true)).chain([("Helm", false), ("", false)]) {
        object["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": manager });
        assert_eq!(is_operator_managed(&object), is_operator, "{manager}");
        assert_eq!(conditions.against(&object, None).is_empty(), !is_operator, "{manager}");
    }
    object["metadata"]["labels"] = json!({ "app": "mysql" });
    assert!(conditions.asks_the_gate(&object));
}

#[test]
fn what_is_missing_is_no_error() {
    let conditions = Conditions::read();
    for (api_version, kind) in KINDS {
        for object in [
            json!({ "apiVersion": api_version, "kind": kind, "metadata": {} }),
            json!({ "apiVersion": api_version, "kind": kind, "metadata": {}, "spec": {} }),
            wrapped(api_version, kind, json!({})),
            // As Go writes a list that was never filled.
            wrapped(api_version, kind, json!({ "containers": null })),
            wrapped(
                api_version,
                kind,
                json!({ "containers": [{ "name": "a", "image": "nginx" }], "initContainers": [] }),
            ),
        ] {
            assert_eq!(conditions.against(&object, None), ["may-be-mysql"], "{object}");
            assert!(conditions.against(&object, Some(&object)).contains(&"template-changed"), "{object}");
        }
    }
}

#[test]
fn what_is_too_large_to_look_through_is_asked_about() {
    let conditions = Conditions::read();
    let container = |count: usize| {
        let variable = json!({ "name": "LOG_LEVEL", "value": "info" });
        json!({ "name": "a", "image": "nginx", "env": vec![variable; count] })
    };
    let asks =
        |containers: Vec<Value>| conditions.asks_the_gate(&wrapped("v1", "Pod", json!({ "containers": containers })));
    assert!(!asks(vec![container(100)]));
    assert!(asks(vec![container(101)]));
    assert!(!asks(vec![container(1); 25]));
    assert!(asks(vec![container(1); 26]));
}
