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
        (config_map(json!({ "client.cnf": "[client]\npassword=x\n" })), true),
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

/// The webhooks of a file that have this resource.
fn webhooks_for(file: &str, kind: &str) -> Vec<Value> {
    let resource = match kind {
        "StorageClass" => "storageclasses".to_owned(),
        kind => format!("{}s", kind.to_ascii_lowercase()),
    };
    let all = webhooks(file).into_iter();
    all.filter(|webhook| webhook["rules"][0]["resources"][0] == resource.as_str()).collect()
}

/// The webhooks that ask the gate about an object.
fn asking(object: &Value, old: Option<&Value>) -> Vec<Value> {
    webhooks_for(FILES[1], object["kind"].as_str().unwrap())
        .into_iter()
        .filter(|webhook| Conditions::of(webhook).against(object, old).is_empty())
        .collect()
}

#[test]
fn every_row_is_asked_about_as_it_says_and_judged_likewise() {
    for (object, expected) in rows() {
        assert_eq!(asking(&object, None).len(), usize::from(expected), "{object}");
        assert_eq!(may_concern_mysql(&object), expected, "{object}");
    }
}

#[test]
fn an_update_is_asked_about_if_it_changes_what_is_judged() {
    for (object, _) in rows().into_iter().filter(|(_, asked)| *asked) {
        let mut labelled = object.clone();
        labelled["metadata"]["labels"] = json!({ "team": "shop" });
        labelled["status"] = json!({ "loadBalancer": {} });
        assert!(asking(&labelled, Some(&object)).is_empty(), "{object}");
    }
    let service = rows().remove(0).0;
    let mut annotated = service.clone();
    annotated["metadata"]["annotations"] = json!({ "networking.gke.io/load-balancer-type": "External" });
    assert_eq!(asking(&annotated, Some(&service)).len(), 1);
}

#[test]
fn only_what_is_repaired_is_asked_about_twice() {
    let mutated: Vec<_> =
        webhooks(FILES[0]).into_iter().skip(1).map(|webhook| webhook["rules"][0]["resources"][0].clone()).collect();
    assert_eq!(mutated, ["persistentvolumeclaims"]);
    let [mut mutating, mut validating] = FILES.map(|file| webhooks_for(file, "PersistentVolumeClaim").remove(0));
    mutating.as_object_mut().unwrap().remove("reinvocationPolicy").unwrap();
    for webhook in [&mut mutating, &mut validating] {
        webhook.as_object_mut().unwrap().remove("name").unwrap();
        webhook.as_object_mut().unwrap().remove("clientConfig").unwrap();
    }
    assert_eq!(mutating, validating);
}

#[test]
fn only_workloads_and_open_services_wait_for_the_gate() {
    let all = [webhooks(FILES[0]), webhooks(FILES[1])].concat();
    let failing: Vec<&str> = all
        .iter()
        .filter(|webhook| webhook["failurePolicy"] == "Fail")
        .filter_map(|webhook| webhook["name"].as_str())
        .collect();
    assert_eq!(failing, ["mutate.tidegate.dev", "validate.tidegate.dev", "services-exposed.tidegate.dev"]);
    for (kind, policy) in [("ClusterIP", "Ignore"), ("NodePort", "Fail"), ("LoadBalancer", "Fail")] {
        let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "a" }, "spec": { "type": kind, "ports": [{ "port": 3306 }] } });
        assert_eq!(asking(&service, None)[0]["failurePolicy"], policy, "{kind}");
    }
}
