//! Somebody changes the pods of a database that would be refused if it were new: the change is theirs,
//! and what stood before does not stop it.

use serde_json::json;

use super::running::{database, guard_running};
use crate::stored::{container, from_secret, secret_value, variable};

/// What keeps such a database out if it is new, and cannot be repaired.
const REASONS: [&str; 1] = ["MY005"];

#[test]
fn its_pods_may_change_and_its_author_is_told() {
    for (kind, pods) in [("Deployment", 1), ("StatefulSet", 1), ("DaemonSet", 0)] {
        let Some(stage) = guard_running(kind, pods) else { return };
        let object = format!("{}/mysql", kind.to_lowercase());
        let refused = stage.apply(&database(kind, "new").to_string());
        if kind == "DaemonSet" {
            // On each node its own data.
            refused.expect_success();
        } else {
            let refused = refused.expect_failure();
            assert!(REASONS.iter().all(|reason| refused.contains(reason)), "{kind}: {refused}");
        }

        let restart: &[&str] = &["rollout", "restart", &object];
        let image: &[&str] = &["set", "image", &object, "mysql=mysql:8.0.40"];
        let resources: &[&str] = &["set", "resources", &object, "--requests=cpu=100m"];
        for change in [restart, image, resources] {
            let told = stage.kubectl(change);
            assert!(told.is_success(), "{kind} {change:?}: {}", told.stderr);
            for reason in REASONS {
                assert!(
                    told.stderr.contains(&format!("Warning: tidegate {reason}")),
                    "{kind} {change:?}: {}",
                    told.stderr
                );
            }
        }
        // The file with one change of its author's.
        let manifest = database(kind, "mysql").to_string().replace("mysql:8.0", "mysql:8.0.41");
        stage.apply(&manifest).expect_success();

        // What can be repaired is, since the pods are replaced in any case; what cannot stays.
        let stored = stage.get(&object);
        assert_eq!(container(&stored, "mysql")["image"], "mysql:8.0.41", "{kind}");
        let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
        assert_eq!(*variable(&stored, "mysql", "MYSQL_ROOT_PASSWORD"), reference, "{kind}");
        assert_eq!(variable(&stored, "mysql", "MYSQL_PASSWORD")["value"], "shop$(SUFFIX)", "{kind}");
        let secret = stage.get("secret/mysql-credentials");
        assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD"), "ran-before-the-gate", "{kind}");
    }
}

/// What is new in an update is refused as it would be in a new object.
#[test]
fn what_an_update_brings_is_refused() {
    let Some(stage) = guard_running("Deployment", 1) else { return };
    let mut worse = database("Deployment", "mysql");
    worse["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "MYSQL_ALLOW_EMPTY_PASSWORD", "value": "1"}, {"name": "MYSQL_PASSWORD", "value": "of-the-shop"}]);
    let before = stage.get("deployment/mysql");
    let refused = stage.apply(&worse.to_string()).expect_failure();
    assert!(refused.contains("MY002"), "{refused}");
    assert!(!refused.contains("- MY005"), "it stood there before: {refused}");
    assert_eq!(stage.get("deployment/mysql")["spec"], before["spec"]);
    assert!(!stage.has("secret/mysql-credentials"), "a Secret for what was refused");
}

/// Its password cannot move, because the Secret's name is taken: whoever restarts it is told, and not stopped.
#[test]
fn a_secret_that_cannot_be_made_stops_no_restart() {
    let Some(stage) = guard_running("Deployment", 1) else { return };
    stage.kubectl(&["create", "secret", "generic", "mysql-credentials", "--from-literal=a=b"]).expect_success();
    let told = stage.kubectl(&["rollout", "restart", "deployment/mysql"]);
    assert!(told.is_success(), "{}", told.stderr);
    for part in ["the password stays where it was, in plain text", "was not made by tidegate"] {
        assert!(told.stderr.contains(part), "no {part:?} in {}", told.stderr);
    }
    let stored = stage.get("deployment/mysql");
    assert_eq!(variable(&stored, "mysql", "MYSQL_ROOT_PASSWORD")["value"], "ran-before-the-gate");
    assert!(stored["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"].is_string());
}
