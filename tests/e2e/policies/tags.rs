//! A tag in a registry is resolved once for each version of the document, and all replicas take that digest.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Board, IN_FORCE, word};
use crate::support::registry::{Registry, Wants};
use crate::support::wait::eventually;

/// Longer than the gate takes to look at ConfigMaps again, and to write a status.
const LOOK: Duration = Duration::from_secs(15);

/// Pushes a component under a tag, and says its digest.
fn push(component: &str, address: &str) -> String {
    let component = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/components").join(component);
    let pushed = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["policy", "push", &component.display().to_string(), address])
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&pushed.stdout).into_owned();
    assert!(pushed.status.success(), "{text}{}", String::from_utf8_lossy(&pushed.stderr));
    let (_, rest) = text.split_once("@sha256:").unwrap_or_else(|| panic!("no digest in {text}"));
    format!("sha256:{}", &rest[..64])
}

/// What the status says of the tag: the digest, and whose it is.
fn resolved(object: &Value) -> (String, Option<i64>) {
    let status = &object["status"];
    let (_, digest) = word(&status["resolved"]).rsplit_once('@').unwrap_or_default();
    (digest.to_owned(), status["resolvedGeneration"].as_i64())
}

#[test]
fn a_tag_is_resolved_once_for_each_version_of_the_document() {
    let Some(board) = Board::open() else { return };
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let (first, second) = (registry.address("team/probes:1"), registry.address("team/probes:2"));
    let pushed = push("probes.wasm", &first);
    let gate = board.gate().start();
    let spec = |module: &str| json!({ "module": module, "action": "warn" });
    let object = board.apply("tagged", &spec(&first), "True Ready");
    assert_eq!(resolved(&object), (pushed.clone(), Some(1)));

    // The tag is moved: nothing follows until the document changes, not even in a gate that starts anew.
    let moved = push("grace-period.wasm", &first);
    assert_ne!(moved, pushed);
    sleep(LOOK);
    assert_eq!(resolved(&board.object("tagged")), (pushed.clone(), Some(1)));
    let before = object["status"]["replicas"][0]["name"].clone();
    gate.stop();
    let _gate = board.gate().start();
    let object = eventually("the word of the new gate alone", IN_FORCE, || {
        let object = board.object("tagged");
        let replicas = object["status"]["replicas"].as_array().cloned().unwrap_or_default();
        let is_new = |replica: &Value| replica["ready"] == true && replica["name"] != before;
        (replicas.len() == 1 && replicas.iter().all(is_new)).then_some(object)
    });
    assert_eq!((resolved(&object), &object["status"]["rules"][0]), ((pushed, Some(1)), &json!("MY011")));
    let object = board.apply("tagged", &json!({ "module": first, "action": "audit" }), "True Ready");
    assert_eq!(resolved(&object), (moved.clone(), Some(2)));

    // A tag that is not there yet: what is in force stays, and is not taken for what the new document names.
    let object = board.apply("tagged", &spec(&second), "False DownloadFailed");
    assert_eq!(resolved(&object), (moved, Some(2)));
    let latest = push("probes.wasm", &second);
    let object = board.settled("tagged", "True Ready");
    assert_eq!(resolved(&object), (latest, Some(3)));
    assert_eq!(object["status"]["rules"][0], "MY011");
}
