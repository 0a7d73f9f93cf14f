//! The webhooks for what runs no pods: Services, ConfigMaps, claims and storage classes.

use serde_json::{Value, json};
use tidegate::workload::may_concern_mysql;

use super::conditions::{Conditions, FILES, webhooks};

/// Objects, and whether they may have to do with MySQL.
fn rows() -> Vec<(Value, bool)> {
    let service = |name: &str, spec: Value| json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": name }, "spec": spec });
    let config_map =
        |data: Value| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": data });
    let claim = |name: &str| json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": name }, "spec": {} });
    let class = |name: &str| json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": name }, "provisioner": "x" });
    vec![
        (service("a", json!({ "ports": [{ "port": 3306 }] })), true),
        (service("a", json!({ "ports": [{ "port": 80 }, { "port": 13306, "targetPort": 3306 }] })), true),
        (service("a", json!({ "ports": [{ "port": 13306, "targetPort": "mysql" }] })), true),
        (service("a", json!({ "ports": [{ "port": 80, "targetPort": 8080 }] })), false),
        (service("a", json!({ "ports": [{ "port": 80, "targetPort": "http" }] })), false),
        (service("a", json!({ "ports": [{ "port": 80 }], "selector": { "app": "my-MariaDB" } })), true),
        (service("a", json!({ "ports": [{ "port": 80 }], "selector": { "app": "shop" } })), false),
        (service("shop-mysql", json!({ "type": "ExternalName", "externalName": "db.example" })), true),
        (service("a", json!({})), false),
        (config_map(json!({ "my.cnf": "[mysqld]\nport=3307\n" })), true),
        (config_map(json!({ "init.sql": "CREATE USER a IDENTIFIED BY 'x'" })), true),
        (config_map(json!({ "MYSQL_ROOT_PASSWORD": "x" })), true),
        (config_map(json!({ "ca.crt": "-----BEGIN CERTIFICATE-----" })), false),
        (config_map(json!({})), false),
        (json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" } }), false),
        (
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "binaryData": { "my.cnf": "W215c3FsZF0K" } }),
            true,
        ),
        (claim("mysql-data"), true),
        (claim("data"), false),
        (class("mysql-gp2"), true),
        (class("gp3"), false),
    ]
}

/// The webhook of a file that has this resource.
fn webhook_for(file: &str, kind: &str) -> Option<Value> {
    let resource = match kind {
        "StorageClass" => "storageclasses".to_owned(),
        kind => format!("{}s", kind.to_ascii_lowercase()),
    };
    webhooks(file).into_iter().find(|webhook| webhook["rules"][0]["resources"][0] == resource.as_str())
}

#[test]
fn every_row_is_asked_about_as_it_says_and_judged_likewise() {
    for (object, expected) in rows() {
        let webhook = webhook_for(FILES[1], object["kind"].as_str().unwrap()).unwrap();
        assert_eq!(Conditions::of(&webhook).asks_the_gate(&object), expected, "{object}");
        assert_eq!(may_concern_mysql(&object), expected, "{object}");
    }
}

#[test]
fn an_update_is_asked_about_if_it_changes_what_is_judged() {
    for (object, _) in rows().into_iter().filter(|(_, asked)| *asked) {
        let conditions = Conditions::of(&webhook_for(FILES[1], object["kind"].as_str().unwrap()).unwrap());
        let mut labelled = object.clone();
        labelled["metadata"]["labels"] = json!({ "team": "shop" });
        labelled["status"] = json!({ "loadBalancer": {} });
        assert_eq!(conditions.against(&labelled, Some(&object)), ["changed"], "{object}");
    }
}

#[test]
fn only_what_is_repaired_is_asked_about_twice() {
    let mutated: Vec<_> =
        webhooks(FILES[0]).into_iter().skip(1).map(|webhook| webhook["rules"][0]["resources"][0].clone()).collect();
    assert_eq!(mutated, ["persistentvolumeclaims"]);
    let [mut mutating, mut validating] = FILES.map(|file| webhook_for(file, "PersistentVolumeClaim").unwrap());
    mutating.as_object_mut().unwrap().remove("reinvocationPolicy").unwrap();
    for webhook in [&mut mutating, &mut validating] {
        webhook.as_object_mut().unwrap().remove("name").unwrap();
        webhook.as_object_mut().unwrap().remove("clientConfig").unwrap();
    }
    assert_eq!(mutating, validating);
}

#[test]
fn nobody_waits_for_the_gate_who_is_only_told_something() {
    for webhook in webhooks(FILES[1]) {
        let only_told = webhook["rules"][0]["resources"][0] == "storageclasses";
        assert_eq!(webhook["failurePolicy"], if only_told { "Ignore" } else { "Fail" }, "{}", webhook["name"]);
    }
}
