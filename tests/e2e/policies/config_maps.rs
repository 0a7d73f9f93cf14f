//! Code in a ConfigMap: it is read again when the ConfigMap changes, and what was good stays if it is none any more.

use std::path::Path;

use serde_json::json;

use super::{Board, IN_FORCE, word};
use crate::support::wait::eventually;

#[test]
fn code_in_a_config_map_is_followed() {
    let Some(board) = Board::open() else { return };
    let namespace = board.cluster.create_namespace("code");
    let _gate = board.gate().start();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target");
    let put = |file: &str| {
        let from = format!("--from-file=policy.wasm={}", root.join(file).display());
        let make = ["create", "configmap", "code", "-n", &namespace, &from];
        let map = board.kubectl(&[&make[..], &["--dry-run=client", "-o", "json"]].concat());
        // `apply` would keep all of it in an annotation as well, which takes 256 KiB.
        let verb = if board.cluster.kubectl(&["get", "configmap", "code", "-n", &namespace]).is_success() {
            "replace"
        } else {
            "create"
        };
        board.cluster.kubectl_with_input(&[verb, "-f", "-"], &map).expect_success();
    };
    let module = json!({ "module": format!("configmap://{namespace}/code/policy.wasm"), "action": "audit" });
    board.apply("mine", &module, "False DownloadFailed");
    put("guests/misbehaving.wasm");
    let object = board.settled("mine", "True Ready");
    assert_eq!(object["status"]["rules"], json!(["T001"]));

    // The object stays as it is; only the ConfigMap is another.
    put("components/utf8mb4.wasm");
    eventually("the other code to be in force", IN_FORCE, || {
        let object = board.object("mine");
        assert_eq!(object["metadata"]["generation"], 1);
        (object["status"]["rules"] != json!(["T001"])).then_some(())
    });

    put("../Cargo.toml");
    let object = board.settled("mine", "False CompileFailed");
    let message = word(&object["status"]["conditions"][0]["message"]);
    assert!(message.contains("not a WebAssembly component") && message.contains("last good version"), "{message}");
}
