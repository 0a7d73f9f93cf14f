//! The examples with every policy in force: what is refused, in which words, and that it is admitted
//! once it is mended as these words say.

use serde_json::json;

use crate::manifests::{deployment, example, replace, stateful_set};
use crate::stage::Stage;
use crate::stored::{container, generation};
use crate::support::control_plane::ControlPlane;

#[test]
fn the_replicated_example_is_refused_for_its_empty_password_and_its_open_port() {
    let Some(stage) = Stage::open_with_all_policies("all-refused") else { return };
    make_class(stage.cluster);
    let refused = stage.apply(&stateful_set(&stage.namespace, "mysql-gp2")).expect_failure();
    for part in ["MY002", "MYSQL_ALLOW_EMPTY_PASSWORD", "secretKeyRef", "MY004", "MY036"] {
        assert!(refused.contains(part), "no {part} in {refused}");
    }
    assert!(!stage.has("statefulset/mysql"));
}

#[test]
fn mended_it_is_admitted_and_repaired() {
    let Some(stage) = Stage::open_with_all_policies("all-mended") else { return };
    make_class(stage.cluster);
    stage
        .kubectl(&["create", "secret", "generic", "mysql-root", "--from-literal=password=Mended0Example"])
        .expect_success();
    let manifest = mended(&stage.namespace);
    let output = stage.apply(&manifest);
    assert!(output.is_success(), "{}", output.stderr);
    let stored = stage.get("statefulset/mysql");
    let server = container(&stored, "mysql");
    assert!(server.get("startupProbe").is_some(), "{server}");
    assert!(stored["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].as_u64() >= Some(60), "{stored}");
    // And once more: nothing moves.
    stage.apply(&manifest).expect_success();
    assert_eq!(generation(&stage.get("statefulset/mysql")), 1);
    let difference = stage.diff(&[], &manifest);
    assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{}", difference.stderr);
}

#[test]
fn the_single_example_is_repaired_and_stays() {
    let Some(stage) = Stage::open_with_all_policies("all-single") else { return };
    for _ in 0..3 {
        stage.apply(&deployment()).expect_success();
        assert_eq!(generation(&stage.get("deployment/mysql")), 1);
    }
}

#[test]
fn the_client_that_is_a_server_without_a_volume_is_refused() {
    let Some(stage) = Stage::open_with_all_policies("all-client") else { return };
    let refused = stage.apply(&example("mysql-client.yaml")).expect_failure();
    assert!(refused.contains("MY005"), "{refused}");
    assert!(!stage.has("secret/mysql-clieny-credentials"), "no Secret for what is refused");
}

#[test]
fn a_service_may_not_open_the_database_but_what_stood_before_may_stay() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("all-services");
    let service = |name: &str, kind: &str, port: u16| {
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
            "spec": { "type": kind, "selector": { "app": "db" }, "ports": [{ "port": port, "name": "a" }] } })
        .to_string()
    };
    cluster.kubectl_with_input(&["apply", "-f", "-"], &service("old", "NodePort", 3306)).expect_success();
    let stage = Stage::guard_with_all_policies(cluster, namespace.clone());

    let refused = stage.apply(&service("new", "LoadBalancer", 3306)).expect_failure();
    assert!(refused.contains("MY009"), "{refused}");
    stage.apply(&service("web", "LoadBalancer", 80)).expect_success();
    stage.apply(&service("inside", "ClusterIP", 3306)).expect_success();
    // Labels are not judged; another change of the spec is told, and passes.
    stage.kubectl(&["label", "service", "old", "team=shop"]).expect_success();
    let changed =
        stage.kubectl(&["patch", "service", "old", "--type=merge", "-p", r#"{"spec":{"sessionAffinity":"ClientIP"}}"#]);
    assert!(changed.is_success() && changed.stderr.contains("MY009"), "{}", changed.stderr);
}

#[test]
fn a_config_map_with_a_password_is_refused_and_one_without_passes() {
    let Some(stage) = Stage::open_with_all_policies("all-maps") else { return };
    let map = |name: &str, file: &str| {
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": { "my.cnf": file } })
            .to_string()
    };
    let refused = stage.apply(&map("a", "[client]\npassword=Hidden0Example\n")).expect_failure();
    assert!(refused.contains("MY008"), "{refused}");
    // kubectl prints the object that it sent itself only for a patch, never for what is created.
    assert!(!refused.contains("Hidden0Example"), "{refused}");
    stage.apply(&map("b", "[mysqld]\nmax_connections=200\n")).expect_success();
}

#[test]
fn options_in_a_config_map_are_seen_by_what_mounts_it() {
    let Some(stage) = Stage::open_with_all_policies("all-options") else { return };
    let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "options" },
        "data": { "my.cnf": "[mysqld]\nquery_cache_size=16M\n" } });
    stage.apply(&map.to_string()).expect_success();
    let manifest = deployment();
    let manifest = replace(&manifest, "mysql:5.7", "mysql:8.4");
    let manifest = replace(
        &manifest,
        "          mountPath: /var/lib/mysql\n",
        "          mountPath: /var/lib/mysql\n        - name: options\n          mountPath: /etc/mysql/conf.d\n",
    );
    let manifest = replace(
        &manifest,
        "      volumes:\n",
        "      volumes:\n      - name: options\n        configMap: {name: options}\n",
    );
    let refused = stage.apply(&manifest).expect_failure();
    assert!(refused.contains("MY014") && refused.contains("query"), "{refused}");
}

/// The replicated example as the refusal says that it should be.
fn mended(namespace: &str) -> String {
    replace(&example("mysql-statefulset-mended.yaml"), "namespace: mysql\n", &format!("namespace: {namespace}\n"))
}

fn make_class(cluster: &ControlPlane) {
    let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "mysql-gp2" },
        "provisioner": "ebs.csi.aws.com" });
    cluster.kubectl_with_input(&["apply", "-f", "-"], &class.to_string()).expect_success();
}
