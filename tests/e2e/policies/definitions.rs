//! What the API server takes and refuses of policies and exceptions, before any gate sees it.

use serde_json::{Value, json};

use super::Board;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn the_api_server_refuses_what_cannot_be() {
    let Some(board) = Board::open() else { return };
    for (name, spec, told) in [
        ("mine", json!({}), "spec.module: Required value"),
        ("mine", json!({ "module": "" }), "spec.module"),
        ("mine", json!({ "module": "nothing" }), "write builtin://NAME, file:///PATH"),
        ("mine", json!({ "module": "http://modules.example/a.wasm" }), "write builtin://NAME, file:///PATH"),
        ("mine", json!({ "module": "file://a.wasm" }), "a file is named by its whole path"),
        ("mine", json!({ "module": "configmap://shop/code" }), "configmap://NAMESPACE/NAME/KEY"),
        ("mine", json!({ "module": "oci://registry.example" }), "a tag or digest"),
        ("mine", json!({ "module": "oci://registry.example/a" }), "a tag or digest"),
        ("mine", json!({ "module": "https://modules.example/a.wasm" }), "say what the component must be"),
        ("mine", json!({ "module": "https://modules.example/a.wasm", "digest": "sha256:12" }), "spec.digest"),
        (
            "mine",
            json!({ "module": "builtin://probes", "pullSecrets": [{ "name": "registry" }] }),
            "leave pullSecrets away",
        ),
        ("mine", json!({ "module": "builtin://probes", "timeout": "soon" }), "spec.timeout"),
        ("mine", json!({ "module": "builtin://probes", "timeout": "0s" }), "more than 0 and at most 3s"),
        ("mine", json!({ "module": "builtin://probes", "timeout": "3001ms" }), "more than 0 and at most 3s"),
        ("mine", json!({ "module": "builtin://probes", "rollout": { "percent": 101 } }), "spec.rollout.percent"),
        ("mine", json!({ "module": "builtin://probes", "rollout": { "percent": -1 } }), "spec.rollout.percent"),
        ("mine", json!({ "module": "builtin://probes", "action": "explode" }), "spec.action"),
        ("mine", json!({ "module": "builtin://probes", "sevrity": "high" }), "unknown field \"spec.sevrity\""),
        ("my.own", json!({ "module": "builtin://probes" }), "a policy's name is a DNS label"),
    ] {
        let said = board.send(name, &spec, &["--dry-run=server"]).expect_failure();
        assert!(said.contains(told), "{spec}: {told:?} is not in {said}");
    }
    for spec in [
        json!({ "module": "builtin://probes" }),
        json!({ "module": "file:///policies/a.wasm", "timeout": "3s", "rollout": { "percent": 0 } }),
        json!({ "module": "configmap://shop/code.v1/a.wasm", "settings": { "any": [1, { "thing": null }] } }),
        json!({ "module": "https://modules.example/a.wasm", "digest": DIGEST, "timeout": "1500us" }),
        json!({ "module": "oci://registry.example:5000/team/a:1.2", "pullSecrets": [{ "name": "registry" }] }),
        json!({ "module": format!("oci://registry.example/a@{DIGEST}"), "reads": [{ "apiVersion": "v1", "kind": "Service" }] }),
    ] {
        board.send("mine", &spec, &["--dry-run=server"]).expect_success();
    }

    // Settings are the policy's: nothing of them is lost. What is not said has its default.
    let settings = json!({ "any": [1, { "thing": "x" }], "deep": { "er": true } });
    board.send("mine", &json!({ "module": "builtin://probes", "settings": settings }), &[]).expect_success();
    let spec = &board.object("mine")["spec"];
    assert_eq!(spec["settings"], settings);
    let defaults: Vec<&Value> =
        ["action", "enabled", "onError", "failurePolicy", "exceptions"].iter().map(|field| &spec[field]).collect();
    assert_eq!(json!(defaults), json!(["fix", true, "deny", "Ignore", "medium"]));
    assert!(spec.get("match").is_none(), "an empty match is not written into each object: {spec}");

    for (spec, told) in [
        (json!({ "reason": "x", "expires": "2027-03-31" }), "spec.rules: Required value"),
        (json!({ "rules": [], "reason": "x", "expires": "2027-03-31" }), "spec.rules"),
        (json!({ "rules": ["MY010"], "expires": "2027-03-31" }), "spec.reason: Required value"),
        (json!({ "rules": ["MY010"], "reason": "", "expires": "2027-03-31" }), "spec.reason"),
        (json!({ "rules": ["MY010"], "reason": "x" }), "spec.expires: Required value"),
        (json!({ "rules": ["MY010"], "reason": "x", "expires": "soon" }), "spec.expires"),
    ] {
        let object = json!({ "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
            "metadata": { "name": "mine", "namespace": "default" }, "spec": spec });
        let apply = ["apply", "--dry-run=server", "-f", "-"];
        let said = board.cluster.kubectl_with_input(&apply, &object.to_string()).expect_failure();
        assert!(said.contains(told), "{spec}: {told:?} is not in {said}");
    }
}
