//! Containers that share a variable, or only its name.

use crate::manifests::{fixture, replace};
use crate::stage::Stage;
use crate::stored::{from_secret, generation, secret_value, variable};

const VARIABLE: &str = "MYSQL_ROOT_PASSWORD";

#[test]
fn one_value_is_one_key() {
    let Some(stage) = Stage::open("shared") else { return };
    let manifest = fixture("two-containers.yaml");
    stage.apply(&manifest).expect_success();
    let stored = stage.get("deployment/shop");
    for container in ["prepare", "mysql"] {
        assert_eq!(*variable(&stored, container, VARIABLE), from_secret(VARIABLE, "shop-credentials", VARIABLE));
    }
    let secret = stage.get("secret/shop-credentials");
    assert_eq!(secret_value(&secret, VARIABLE), "one-for-both");
    assert_eq!(secret["data"].as_object().unwrap().len(), 1);
    expect_no_change(&stage, &manifest);
}

#[test]
fn two_values_are_two_keys() {
    let Some(stage) = Stage::open("differ") else { return };
    let manifest = fixture("two-containers.yaml");
    let (first, second) = manifest.split_once("      containers:").unwrap();
    let manifest = format!("{}      containers:{second}", replace(first, "one-for-both", "another-for-init"));
    stage.apply(&manifest).expect_success();
    let stored = stage.get("deployment/shop");
    let secret = stage.get("secret/shop-credentials");
    for (container, value) in [("prepare", "another-for-init"), ("mysql", "one-for-both")] {
        let key = format!("{container}.{VARIABLE}");
        assert_eq!(*variable(&stored, container, VARIABLE), from_secret(VARIABLE, "shop-credentials", &key));
        assert_eq!(secret_value(&secret, &key), value);
    }
    expect_no_change(&stage, &manifest);
}

/// The unchanged file, once more client-side and then server-side.
#[track_caller]
fn expect_no_change(stage: &Stage, manifest: &str) {
    let before = stage.get("deployment/shop");
    stage.apply(manifest).expect_success();
    let after = stage.get("deployment/shop");
    assert_eq!((generation(&after), &after["spec"]), (1, &before["spec"]));
    stage.send("apply", &["--server-side", "--force-conflicts"], manifest).expect_success();
    assert_eq!(stage.get("deployment/shop")["spec"], before["spec"]);
}
