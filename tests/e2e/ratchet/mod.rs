//! What was there before the gate is left alone until somebody changes its pods.

// Databases of every kind that ran before: whatever goes on around them passes as without a gate.
mod running;

// Somebody changes the pods of a database that would be refused if it were new.
mod refused_if_new;

// The gate goes: what it made stays, and nobody is held up any more.
mod uninstall;

use serde_json::Value;

use crate::manifests::{deployment, example, replace};
use crate::stage::{CONTROLLERS, Stage};
use crate::stored::{from_secret, generation, last_applied, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Output;
use crate::support::wait::eventually;

const NAME: &str = "deployment/mysql";

/// A gate that comes to a namespace in which a manifest was applied long ago.
fn guard_after(name: &str, manifest: &str) -> Option<Stage> {
    let cluster = ControlPlane::shared()?;
    let namespace = cluster.create_namespace(name);
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], manifest).expect_success();
    let pods = || cluster.json(&["get", "pods", "-n", &namespace])["items"].as_array().unwrap().len();
    eventually("a Pod", CONTROLLERS, || (pods() == 1).then_some(()));
    Some(Stage::guard(cluster, namespace))
}

/// The plaintext that was there before the gate.
fn rolling() -> String {
    replace(&deployment(), "type: Recreate", "type: RollingUpdate")
}

#[test]
fn a_write_that_leaves_the_pods_as_they_are_is_left_alone() {
    let Some(stage) = guard_after("ratchet", &rolling()) else { return };
    let before = stage.get(NAME);
    let writes: [(&str, &[&str]); 6] = [
        ("scale", &["scale", NAME, "--replicas=2"]),
        ("label", &["label", NAME, "team=shop"]),
        ("annotate", &["annotate", NAME, "note=reviewed"]),
        ("patch", &["patch", NAME, "-p", r#"{"spec":{"minReadySeconds":5}}"#]),
        ("pause", &["rollout", "pause", NAME]),
        ("resume", &["rollout", "resume", NAME]),
    ];
    for (write, arguments) in writes {
        expect_silence(write, stage.kubectl(arguments));
        let after = stage.get(NAME);
        assert_eq!(after["spec"]["template"], before["spec"]["template"], "{write}");
        assert_eq!(after["spec"]["strategy"], before["spec"]["strategy"], "{write}");
    }
    // As many as without a gate: scale, annotate, patch, pause, resume; a label does not count.
    assert_eq!(generation(&stage.get(NAME)), 6);

    eventually("the controllers to scale", CONTROLLERS, || (stage.list("pods").len() == 2).then_some(()));
    assert!(stage.reviews().is_empty(), "the gate was asked: {:?}", stage.reviews());
    assert!(!stage.has("secret/mysql-credentials"));
}

#[test]
fn the_same_manifest_again_is_left_alone() {
    let Some(stage) = guard_after("ratchet-again", &rolling()) else { return };
    let before = stage.get(NAME);
    expect_silence("apply", stage.apply(&rolling()));
    let after = stage.get(NAME);
    assert_eq!((generation(&after), &after["spec"]), (1, &before["spec"]));
    assert!(last_applied(&after).contains(r#""value":"password""#), "not touched either");
    expect_silence("apply", stage.send("apply", &["--server-side"], &rolling()));
    assert_eq!(stage.get(NAME)["spec"], before["spec"]);
    assert!(!stage.has("secret/mysql-credentials"));
    assert_eq!(stage.list("replicasets").len(), 1);
}

#[test]
fn its_pods_are_made_anew_by_their_controller() {
    let Some(stage) = guard_after("ratchet-pods", &rolling()) else { return };
    let old = stage.list("pods")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    stage.kubectl(&["delete", "pod", &old]).expect_success();
    let new = eventually("a new Pod", CONTROLLERS, || {
        stage.list("pods").into_iter().find(|pod| pod["metadata"]["name"] != old.as_str())
    });
    assert_eq!(variable(&new, "mysql", "MYSQL_ROOT_PASSWORD")["value"], "password");
    assert!(stage.reviews().is_empty(), "the gate was asked: {:?}", stage.reviews());
}

#[test]
fn whoever_changes_the_pods_gets_them_repaired() {
    let changes: [(&str, &[&str]); 3] = [
        ("restart", &["rollout", "restart", NAME]),
        ("image", &["set", "image", NAME, "mysql=mysql:5.7.44"]),
        ("resources", &["set", "resources", NAME, "--requests=cpu=100m"]),
    ];
    for (change, arguments) in changes {
        let Some(stage) = guard_after(&format!("ratchet-{change}"), &rolling()) else { return };
        let told = stage.kubectl(arguments);
        assert!(told.stderr.contains("Warning: tidegate repaired MY001"), "{change}: {}", told.stderr);
        told.expect_success();
        expect_repaired(change, &stage);
        // Its author applies the old file: what was repaired stays.
        let repaired = stage.get(NAME);
        stage.apply(&rolling()).expect_success();
        if change != "image" {
            assert_eq!(stage.get(NAME)["spec"], repaired["spec"], "{change}");
        }
        expect_repaired(change, &stage);
    }
}

#[test]
fn going_back_to_the_old_revision_is_repaired() {
    let Some(stage) = guard_after("ratchet-undo", &rolling()) else { return };
    stage.kubectl(&["rollout", "restart", NAME]).expect_success();
    eventually("the second revision", CONTROLLERS, || (stage.list("replicasets").len() == 2).then_some(()));
    // The first revision's ReplicaSet still holds the password.
    stage.kubectl(&["rollout", "undo", NAME, "--to-revision=1"]).expect_success();
    expect_repaired("undo", &stage);
}

#[test]
fn a_stored_pod_is_never_refused() {
    let Some(stage) = guard_after("ratchet-pod", &example("mysql-client.yaml")) else { return };
    let pod = "pod/mysql-clieny";
    expect_silence("label", stage.kubectl(&["label", pod, "team=shop"]));
    expect_silence("apply", stage.apply(&example("mysql-client.yaml")));
    // It cannot be repaired any more, and its author is told.
    let told = stage.kubectl(&["set", "image", pod, "mysql-client=mysql:5.7.44"]);
    assert!(told.stderr.contains("Warning: tidegate MY001"), "{}", told.stderr);
    told.expect_success();
    stage.kubectl(&["delete", pod, "--now"]).expect_success();
}

#[track_caller]
fn expect_silence(what: &str, output: Output) {
    assert!(!output.stderr.contains("tidegate"), "{what}: {}", output.stderr);
    output.expect_success();
}

#[track_caller]
fn expect_repaired(what: &str, stage: &Stage) {
    let stored: Value = stage.get(NAME);
    let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
    assert_eq!(*variable(&stored, "mysql", "MYSQL_ROOT_PASSWORD"), reference, "{what}");
    assert_eq!(stored["spec"]["strategy"]["type"], "Recreate", "{what}");
    assert!(!last_applied(&stored).contains(r#""value":"#), "{what}: {}", last_applied(&stored));
    assert_eq!(secret_value(&stage.get("secret/mysql-credentials"), "MYSQL_ROOT_PASSWORD"), "password");
}
