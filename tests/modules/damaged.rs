//! What is not what it should be is refused in words, and nothing of it is kept.

use std::fs;

use tidegate::policy::digest_of;

use crate::component;
use crate::registry::{Registry, Wants, gone};
use crate::user::User;
use crate::web::{Answer, Web};

#[test]
fn a_layer_that_was_changed_in_the_registry_is_refused() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let (user, probes) = (User::new(), component("probes"));
    let module = user.push(&probes, &registry.address("probes:1")).well().line("module");
    let blob = registry.blob(&digest_of(&probes));
    let mut changed = probes.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&blob, &changed).unwrap();
    let spec = format!("module: '{module}'");
    let words = [
        "policy probes: spec.module: oci://localhost:",
        "the layer is damaged: it should be",
        &digest_of(&probes),
        "Push the artefact again",
    ];
    user.load(&spec).fails_with(&words);
    user.run(&["policy", "pull", &module]).fails_with(&words[1..]);
    assert!(!user.path("probes.wasm").exists());
    fs::write(&blob, &probes).unwrap();
    user.load(&spec).well();
}

#[test]
fn a_manifest_that_was_changed_in_the_registry_is_refused() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let user = User::new();
    let module = user.push(&component("probes"), &registry.address("probes:1")).well().line("module");
    let blob = registry.blob(module.rsplit_once('@').unwrap().1);
    let changed = fs::read_to_string(&blob).unwrap().replace("\"dev.tidegate.rules\":\"", "\"dev.tidegate.rules\":\"9");
    fs::write(&blob, changed).unwrap();
    let said = user.load(&format!("module: '{module}'"));
    assert_eq!(said.code, 2, "{}", said.stderr);
    // This registry notices it itself; others hand it out.
    assert!(
        said.stderr.contains("the manifest is damaged") || said.stderr.contains("the server answers 5"),
        "{}",
        said.stderr
    );
}

#[test]
fn a_registry_that_lies_about_a_manifest_is_not_believed() {
    let web = Web::start(None, |_| Answer::ok(r#"{"schemaVersion":2,"config":{},"layers":[]}"#));
    let digest = digest_of(b"another");
    User::new()
        .load(&format!("module: 'oci://localhost:{}/probes:1@{digest}'", web.port))
        .fails_with(&["the manifest is damaged: it should be", &digest]);
}

#[test]
fn what_is_not_there_is_told_with_what_to_do() {
    let Some(mut registry) = Registry::start(Wants::Nothing) else { return };
    let user = User::new();
    user.push(&component("probes"), &registry.address("probes:1")).well();
    for name in ["probes:2", "another:1", &format!("probes@{}", digest_of(b"none"))] {
        let address = registry.address(name);
        let said = user.load(&format!("module: '{address}'"));
        said.fails_with(&[&address, "there is no such artefact in the registry", "tidegate policy push"]);
    }
    registry.stop();
    gone(&registry);
    user.load(&format!("module: '{}'", registry.address("probes:1"))).fails_with(&["Connection refused"]);
    user.load("module: 'oci://is-not-there.invalid/probes:1'").fails_with(&["https://is-not-there.invalid", "lookup"]);
}

#[test]
fn what_is_no_artefact_of_a_policy_is_told() {
    let digest = digest_of(b"x");
    let with = |layers: &str| {
        format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"a","digest":"{digest}","size":1}},"layers":[{layers}]}}"#
        )
    };
    let layer =
        |media_type: &str, size: u64| format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}}}"#);
    for (manifest, words) in [
        (
            with(&layer("application/vnd.oci.image.layer.v1.tar+gzip", 1)),
            vec!["it has to have one layer, of type application/wasm, and has application/vnd.oci"],
        ),
        (r#"{"schemaVersion":2,"manifests":[]}"#.to_owned(), vec!["it is an index of several artefacts"]),
        ("<html>".to_owned(), vec!["its manifest cannot be read"]),
        (with(&layer("application/wasm", 65 << 20)), vec!["more than 64 MiB; that much code is not loaded"]),
        (
            with(&layer("application/wasm", 1).replace("sha256:", "sha256:../")),
            vec!["its layer has no digest of sha256"],
        ),
        ("x".repeat(5 << 20), vec!["more than 4 MiB"]),
    ] {
        let web = Web::start(None, move |_| Answer::ok(manifest.clone()));
        User::new().load(&format!("module: 'oci://localhost:{}/probes:1'", web.port)).fails_with(&words);
        assert!(web.asked().len() <= 2, "no layer is asked for");
    }
}

#[test]
fn addresses_that_name_nothing_are_told() {
    for (module, words) in [
        ("ftp://example.com/a.wasm", vec!["is none of builtin://NAME, file://PATH, https://"]),
        ("http://example.com/a.wasm", vec!["http:// is not accepted", "use https://"]),
        ("https://ann:hunter2@example.com/a.wasm", vec!["https://example.com/a.wasm: a name or password has no place"]),
        ("oci://probes", vec!["\"probes\" is no registry"]),
        ("configmap://shop/policies", vec!["it has to be configmap://NAMESPACE/NAME/KEY"]),
        ("configmap://shop/policies/probes.wasm", vec!["no cluster is at hand; set KUBECONFIG"]),
    ] {
        User::new().load(&format!("module: '{module}'")).fails_with(&words).without("hunter2");
    }
}
