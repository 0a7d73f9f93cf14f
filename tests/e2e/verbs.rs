//! The other verbs of kubectl that write a workload.

use serde_json::json;

use crate::manifests::{deployment, replace};
use crate::stage::{CONTROLLERS, Stage};
use crate::stored::{container, from_secret, generation, secret_value, variable, words};
use crate::support::wait::eventually;

const NAME: &str = "deployment/mysql";
const VARIABLE: &str = "MYSQL_ROOT_PASSWORD";

#[track_caller]
fn expect_moved(stage: &Stage) {
    let reference = from_secret(VARIABLE, "mysql-credentials", VARIABLE);
    assert_eq!(*variable(&stage.get(NAME), "mysql", VARIABLE), reference);
    assert_eq!(secret_value(&stage.get("secret/mysql-credentials"), VARIABLE), "password");
}

#[test]
fn create_and_replace() {
    let Some(stage) = Stage::open("create") else { return };
    stage.send("create", &[], &deployment()).expect_success();
    expect_moved(&stage);
    let first = stage.get(NAME);
    stage.send("replace", &[], &deployment()).expect_success();
    expect_moved(&stage);
    // The whole object was sent, without any repair. (Its generation moves: the file does not have
    // the annotation of the Deployment controller either.)
    assert_eq!(stage.get(NAME)["spec"], first["spec"]);
    stage.send("replace", &["--force"], &deployment()).expect_success();
    expect_moved(&stage);
}

#[test]
fn save_config_leaves_no_password_in_the_annotation() {
    let Some(stage) = Stage::open("save-config") else { return };
    stage.send("create", &["--save-config"], &deployment()).expect_success();
    expect_moved(&stage);
    assert!(!stage.get(NAME).to_string().contains(r#"value\":"#));
    stage.apply(&deployment()).expect_success();
    assert_eq!(generation(&stage.get(NAME)), 1);
}

#[test]
fn a_list() {
    let Some(stage) = Stage::open("list") else { return };
    let items: Vec<serde_json::Value> = serde_saphyr::from_multiple(&deployment()).unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    for _ in 0..2 {
        stage.apply(&list).expect_success();
        expect_moved(&stage);
        assert_eq!(generation(&stage.get(NAME)), 1);
    }
}

#[test]
fn set_env() {
    let Some(stage) = Stage::open("set-env") else { return };
    stage.apply(&deployment()).expect_success();
    stage.kubectl(&["set", "env", NAME, "MYSQL_PASSWORD=a-second-one", "MYSQL_USER=shop"]).expect_success();
    let stored = stage.get(NAME);
    let reference = from_secret("MYSQL_PASSWORD", "mysql-credentials", "MYSQL_PASSWORD");
    assert_eq!(*variable(&stored, "mysql", "MYSQL_PASSWORD"), reference);
    assert_eq!(variable(&stored, "mysql", "MYSQL_USER")["value"], "shop");
    assert_eq!(secret_value(&stage.get("secret/mysql-credentials"), "MYSQL_PASSWORD"), "a-second-one");
    expect_moved(&stage);

    let refused = stage.kubectl(&["set", "env", NAME, "MYSQL_ROOT_PASSWORD=a-third-one"]).expect_failure();
    assert!(refused.contains("already holds another value") && !refused.contains("a-third-one"), "{refused}");
    expect_moved(&stage);
}

#[test]
fn rollout_undo() {
    let Some(stage) = Stage::open("undo") else { return };
    stage.apply(&deployment()).expect_success();
    let first = stage.get(NAME);
    stage.apply(&replace(&deployment(), "mysql:5.7", "mysql:5.7.44")).expect_success();
    assert_eq!(generation(&stage.get(NAME)), 2);
    eventually("two revisions", CONTROLLERS, || (stage.list("replicasets").len() == 2).then_some(()));
    let undone = stage.kubectl(&["rollout", "undo", NAME]);
    assert!(!undone.stderr.contains("tidegate"), "there was nothing to repair: {}", undone.stderr);
    undone.expect_success();
    assert_eq!(stage.get(NAME)["spec"]["template"], first["spec"]["template"]);
}

#[test]
fn an_authors_later_change_is_kept() {
    let Some(stage) = Stage::open("later") else { return };
    stage.apply(&deployment()).expect_success();
    // The author takes the password over into a Secret of their own, and adds an argument.
    let own = "valueFrom: {secretKeyRef: {name: my-own, key: root}}";
    let manifest = replace(&deployment(), "value: password", own);
    let manifest = replace(
        &manifest,
        "        name: mysql\n        env",
        "        name: mysql\n        args: [--skip-name-resolve]\n        env",
    );
    stage.apply(&manifest).expect_success();
    let stored = stage.get(NAME);
    assert_eq!(*variable(&stored, "mysql", VARIABLE), from_secret(VARIABLE, "my-own", "root"));
    let args = words(&container(&stored, "mysql")["args"]).join(" ");
    assert!(args.starts_with("--skip-name-resolve") && args.contains("--character-set-server=utf8mb4"), "{args}");
    assert!(stage.has("secret/mysql-credentials"), "a password is never deleted");
    // What the gate put behind the argument is not in the file: kubectl takes it away, the gate puts it back.
    let before = generation(&stored);
    stage.apply(&manifest).expect_success();
    assert_eq!(generation(&stage.get(NAME)), before);
}
