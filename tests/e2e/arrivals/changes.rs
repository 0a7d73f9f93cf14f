//! `kubectl edit`, `patch` and `set env`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::fleet::{Fleet, expect_told_of, with_plaintext};
use super::kind::{CHANGING, CONTAINER, FIXED};
use crate::forms::{assert_absent, forms};
use crate::stored::{from_secret, secret_value, variable};

#[test]
fn edit() {
    let Some(fleet) = Fleet::of("edit") else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.expect_moved();
    // Somebody who types the password where the reference is.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let editor = folder.path().join("editor");
    let commands = format!("-e 's/valueFrom:$/value: {}/' -e '/secretKeyRef:$/,/ name: /d'", fleet.password);
    fs::write(&editor, format!("#!/bin/sh\nsed -i {commands} \"$1\"\n")).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let targets: Vec<String> = fleet.kinds.iter().map(|&kind| fleet.target(kind)).collect();
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let arguments = [&["edit", "-n", &fleet.stage.namespace], &targets[..]].concat();
    let told = fleet.unquoted(fleet.stage.cluster.kubectl_with_editor(&editor, &arguments));
    fleet.expect_told(&told);
    fleet.expect_said(&told, "edited");
    fleet.expect_unmoved_since(&before);
}

#[test]
fn patch() {
    for (way, patch_type) in [("patch-strategic", "strategic"), ("patch-merge", "merge"), ("patch-json", "json")] {
        let Some(fleet) = Fleet::of(way) else { return };
        fleet.send("create", &[]).expect_success();
        let before = fleet.expect_moved();
        for (kind, stored) in &before {
            let written = json!({"name": kind.variable(), "value": fleet.password});
            let container = match patch_type {
                "strategic" => json!({"name": CONTAINER, "env": [written]}),
                _ => with_plaintext(stored, *kind, &fleet.password),
            };
            let patch = match patch_type {
                "json" => json!([{"op": "replace", "value": written,
                    "path": format!("{}/containers/0/env/1", kind.pod_spec())}]),
                _ => below(kind.pod_spec(), json!({"containers": [container]})),
            };
            let told = fleet.kubectl(&["patch"], *kind, &["--type", patch_type, "-p", &patch.to_string()]);
            expect_told_of(&told, *kind);
            assert!(told.expect_success().ends_with(" patched\n"), "{way} {kind:?}");
        }
        fleet.expect_unmoved_since(&before);
    }
}

/// A value in an object in an object, as a pointer has it.
fn below(pointer: &str, value: Value) -> Value {
    pointer.rsplit('/').filter(|key| !key.is_empty()).fold(value, |value, key| json!({key: value}))
}

const SECOND: (&str, &str) = ("MYSQL_ADMIN_PASSWORD", "Pw.of.a.second.variable.9Tq");

#[test]
fn set_env() {
    let Some(fleet) = Fleet::of("set-env") else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.expect_moved();
    // The same password once more.
    for &kind in fleet.kinds {
        let told = fleet.kubectl(&["set", "env"], kind, &[&format!("{}={}", kind.variable(), fleet.password)]);
        expect_told_of(&told, kind);
        assert!(told.expect_success().ends_with(" env updated\n"), "{kind:?}");
    }
    fleet.expect_unmoved_since(&before);
    // Another variable joins the first in the Secret.
    let forms = forms(SECOND.1);
    for &kind in CHANGING {
        let told = fleet.kubectl(&["set", "env"], kind, &[&format!("{}={}", SECOND.0, SECOND.1)]);
        expect_told_of(&told, kind);
        assert_absent(&forms, "standard error", &told.stderr);
        told.expect_success();
    }
    for (kind, stored) in fleet.only(CHANGING).expect_moved_at(|_| 2) {
        let secret = fleet.secret(kind);
        assert_eq!(*variable(&stored, CONTAINER, SECOND.0), from_secret(SECOND.0, &secret, SECOND.0), "{kind:?}");
        assert_absent(&forms, &format!("the {kind:?}"), &stored.to_string());
        assert_eq!(secret_value(&fleet.stage.get(&fleet.secret_target(kind)), SECOND.0), SECOND.1, "{kind:?}");
    }
}

#[test]
fn set_env_of_what_is_stored_for_good() {
    let Some(fleet) = Fleet::of("set-env-fixed").map(|fleet| fleet.only(FIXED)) else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.expect_moved();
    for &kind in FIXED {
        let refused = fleet.kubectl(&["set", "env"], kind, &[&format!("{}={}", SECOND.0, SECOND.1)]).expect_failure();
        // By the gate: the API server would quote what was typed.
        let reason = format!("a stored {} cannot get another password; delete it and create it again", kind.name());
        assert!(refused.contains(&reason), "{refused}");
        assert_absent(&forms(SECOND.1), "standard error", &refused);
        let secret = fleet.stage.get(&fleet.secret_target(kind));
        assert_eq!(secret["data"].as_object().unwrap().len(), 1, "{kind:?}");
    }
    fleet.expect_unmoved_since(&before);
}
