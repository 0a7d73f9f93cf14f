//! What is pushed is pulled, and put in force.

use std::fs;

use serde_json::Value;
use tidegate::policy::digest_of;

use crate::component;
use crate::registry::{Registry, Wants};
use crate::user::{Said, User};

#[test]
fn a_component_is_pushed_pulled_and_put_in_force() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let (user, probes) = (User::new(), component("probes"));
    let address = registry.address("team/probes:1.0.0");
    let pushed = user.push(&probes, &address).well();
    assert!(pushed.stderr.starts_with("pushed probes: "), "{}", pushed.stderr);
    assert_eq!(pushed.line("digest"), digest_of(&probes));
    let module = pushed.line("module");
    assert!(module.starts_with(&format!("{address}@sha256:")), "{module}");

    user.run(&["policy", "pull", &address]).well();
    assert_eq!(fs::read(user.path("probes.wasm")).unwrap(), probes);
    user.run(&["policy", "pull", &address]).fails_with(&["probes.wasm", "it is there already", "--output"]);
    let said = user.run(&["policy", "pull", &module, "--output", "again.wasm"]).well();
    assert!(said.stderr.contains(&module) && said.stderr.contains(&digest_of(&probes)), "{}", said.stderr);
    assert_eq!(fs::read(user.path("again.wasm")).unwrap(), probes);

    for spec in [
        format!("module: '{address}'"),
        format!("module: '{module}'"),
        format!("module: '{module}', digest: '{}'", digest_of(&probes)),
    ] {
        explains(&user.load(&spec));
    }
    user.load(&format!("module: '{module}', digest: 'sha256:{}'", "0".repeat(64))).fails_with(&[
        "probes.yaml: policy probes: spec.module: its code is sha256:",
        "and spec.digest says sha256:000",
    ]);
}

#[test]
fn an_audit_judges_by_what_is_in_a_registry() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let user = User::new();
    let module = user.push(&component("probes"), &registry.address("probes:1")).well().line("module");
    user.write("probes.yaml", crate::document(&format!("module: '{module}', action: warn")));
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mysql-deployment.yaml");
    let said = user.run(&["audit", "--format", "json", "--policy", "probes.yaml", examples]);
    let report: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|_| panic!("{}", said.stderr));
    let findings =
        report["objects"].as_array().unwrap().iter().flat_map(|object| object["findings"].as_array().unwrap());
    assert!(findings.into_iter().any(|finding| finding["policy"] == "probes"), "{report:#}");
}

#[test]
fn the_registry_is_told_what_it_has() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let (user, probes) = (User::new(), component("probes"));
    let first = user.push(&probes, &registry.address("probes:1.2.3")).well().line("module");
    let digest = first.rsplit_once('@').unwrap().1;
    let manifest: Value = serde_json::from_slice(&fs::read(registry.blob(digest)).unwrap()).unwrap();
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
    let annotations = &manifest["annotations"];
    assert_eq!(annotations["org.opencontainers.image.title"], "probes");
    assert_eq!(annotations["org.opencontainers.image.version"], "1.2.3");
    assert!(annotations["org.opencontainers.image.description"].as_str().unwrap().len() > 10);
    assert!(annotations["dev.tidegate.rules"].as_str().unwrap().parse::<usize>().unwrap() > 0);
    let configuration = manifest["config"]["digest"].as_str().unwrap();
    let configuration: Value = serde_json::from_slice(&fs::read(registry.blob(configuration)).unwrap()).unwrap();
    assert_eq!(configuration["architecture"], "wasm");
    assert_eq!(configuration["layerDigests"][0], digest_of(&probes));
    let exports = configuration["component"]["exports"].as_array().unwrap();
    assert!(exports.iter().any(|export| export == "review"), "{exports:?}");
    assert_eq!(user.push(&probes, &registry.address("probes:1.2.3")).well().line("module"), first, "the same again");
}

#[test]
fn with_tls_the_authority_has_to_be_trusted() {
    let Some(registry) = Registry::start(Wants::Tls) else { return };
    let authority = registry.certificates.as_ref().unwrap().authority_file.clone();
    let (address, probes) = (registry.address("probes:1"), component("probes"));
    let trusting = User::new().trusting(&authority);
    let module = trusting.push(&probes, &address).well().line("module");
    explains(&trusting.load(&format!("module: '{module}'")));
    let other = crate::web::Tls::new();
    for user in [User::new(), User::new().trusting(&other.certificates.authority_file)] {
        let host = registry.host();
        let words = [host.as_str(), "SSL_CERT_FILE can name a file with the certificates"];
        user.push(&probes, &address).fails_with(&words);
        user.load(&format!("module: '{module}'")).fails_with(&words);
    }
    assert!(!registry.log().contains("http: TLS handshake error: plain"), "nobody asked without TLS");
}

#[test]
fn what_the_gate_would_refuse_is_not_pushed() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let user = User::new();
    let address = registry.address("probes:1");
    user.push(b"no component", &address).fails_with(&["pushed.wasm", "it is not a WebAssembly component"]);
    user.push(b"\0asm\x01\0\0\0", &address).fails_with(&["it is a core module", "wasm-tools component new"]);
    let probes = component("probes");
    user.push(&probes, &registry.address("probes")).fails_with(&["it has no tag", "probes:1.0.0"]);
    let digest = digest_of(&probes);
    user.push(&probes, &registry.address(&format!("probes:1@{digest}"))).fails_with(&["a digest cannot be chosen"]);
    assert!(!registry.log().contains("PUT"), "{}", registry.log());
}

#[track_caller]
fn explains(said: &Said) {
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("\"policy\": \"probes\""), "{}", said.stdout);
}
