//! The example's StatefulSet: the server is repaired and nothing beside it; its class must exist.

use serde_json::{Value, json};

use crate::manifests::{replace, stateful_set};
use crate::stage::Stage;
use crate::stored::{asks_by_tcp, container, generation, words};
use crate::support::control_plane::ControlPlane;

const NAME: &str = "statefulset/mysql";

#[test]
fn only_the_server_is_repaired() {
    let Some(cluster) = ControlPlane::shared() else { return };
    make_class(cluster, "mysql-gp2");
    let bare = cluster.create_namespace("stateful-bare");
    let manifest = stateful_set(&bare, "mysql-gp2");
    cluster.kubectl_with_input(&["apply", "-f", "-"], &manifest).expect_success();
    let before = cluster.json(&["get", NAME, "-n", &bare]);

    let Some(stage) = Stage::open("stateful") else { return };
    stage.apply(&stateful_set(&stage.namespace, "mysql-gp2")).expect_success();
    let after = stage.get(NAME);

    for name in ["init-mysql", "clone-mysql", "xtrabackup"] {
        assert_eq!(container(&before, name), container(&after, name), "{name}");
    }
    let server = container(&after, "mysql");
    assert!(asks_by_tcp(&server["startupProbe"]), "{server}");
    let args = words(&server["args"]);
    assert_eq!(args, ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"]);
    // And that is all.
    let mut unrepaired = after["spec"].clone();
    let servers = unrepaired["template"]["spec"]["containers"].as_array_mut().unwrap();
    let server = servers[0].as_object_mut().unwrap();
    server.remove("startupProbe").unwrap();
    server.remove("args").unwrap();
    assert_eq!(unrepaired, before["spec"]);
}

#[test]
fn applying_it_again_changes_nothing() {
    let Some(stage) = Stage::open("stateful-again") else { return };
    make_class(stage.cluster, "mysql-gp2");
    let manifest = stateful_set(&stage.namespace, "mysql-gp2");
    stage.apply(&manifest).expect_success();
    let first = stage.get(NAME);
    for _ in 0..2 {
        stage.apply(&manifest).expect_success();
        let again = stage.get(NAME);
        assert_eq!((generation(&again), &again["spec"]), (1, &first["spec"]));
    }
    // The API server fills claim templates in, which server-side apply takes for somebody else's
    // change: it needs --force-conflicts with or without a gate.
    stage.send("apply", &["--server-side", "--force-conflicts"], &manifest).expect_success();
    let again = stage.get(NAME);
    assert_eq!((generation(&again), &again["spec"]), (1, &first["spec"]));
    let difference = stage.diff(&[], &manifest);
    assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{}", difference.stderr);
}

#[test]
fn server_side_apply_alone_changes_nothing() {
    let Some(stage) = Stage::open("stateful-server-side") else { return };
    make_class(stage.cluster, "mysql-gp2");
    let manifest = stateful_set(&stage.namespace, "mysql-gp2");
    stage.apply_server_side(&manifest).expect_success();
    let first = stage.get(NAME);
    stage.apply_server_side(&manifest).expect_success();
    let again = stage.get(NAME);
    assert_eq!((generation(&again), &again["spec"]), (1, &first["spec"]));
}

#[test]
fn a_class_that_does_not_exist_is_refused() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("stateful-absent");
    let (absent, present) = (format!("absent-{namespace}"), format!("present-{namespace}"));
    make_class(cluster, &present);
    let stage = Stage::guard(cluster, namespace);

    for flags in [&[][..], &["--server-side"], &["--dry-run=server"]] {
        let refused = stage.send("apply", flags, &stateful_set(&stage.namespace, &absent));
        assert_eq!(refused.code, Some(1), "{flags:?}");
        for part in ["MY010", "spec.volumeClaimTemplates[0]", &absent, "these exist: ", &present] {
            assert!(refused.stderr.contains(part), "{flags:?}: no {part} in {}", refused.stderr);
        }
        assert!(!stage.has(NAME), "{flags:?}");
    }
    // The way out: make the class.
    make_class(cluster, &absent);
    stage.apply(&stateful_set(&stage.namespace, &absent)).expect_success();
}

#[test]
fn no_claim_template_is_patched_on_update() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("stateful-update");
    let class = format!("gone-{namespace}");
    // Made before the gate was there, with a class that does not exist.
    let manifest = stateful_set(&namespace, &class);
    cluster.kubectl_with_input(&["apply", "-f", "-"], &manifest).expect_success();
    let stage = Stage::guard(cluster, namespace);
    let before = stage.get(NAME);

    let updated = replace(&manifest, "cpu: 500m", "cpu: 600m");
    stage.apply(&updated).expect_success();
    let after = stage.get(NAME);
    assert_eq!(after["spec"]["volumeClaimTemplates"], before["spec"]["volumeClaimTemplates"]);
    assert_eq!(generation(&after), 2);
    assert!(asks_by_tcp(&container(&after, "mysql")["startupProbe"]), "the template was changed, so it is repaired");

    let claims = |size: &str| replace(&updated, "storage: 2Gi", size);
    let refused = stage.apply(&claims("storage: 3Gi")).expect_failure();
    assert!(refused.contains("updates to statefulset spec for fields other than"), "by the API server: {refused}");
    assert!(!refused.contains("tidegate"), "{refused}");
}

fn make_class(cluster: &ControlPlane, name: &str) {
    let class: Value = json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "ebs.csi.aws.com",
    });
    cluster.kubectl_with_input(&["apply", "-f", "-"], &class.to_string()).expect_success();
}
