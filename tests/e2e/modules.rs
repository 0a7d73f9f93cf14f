//! Policies' code that the cluster keeps, or lets the gate in for: ConfigMaps and pull secrets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::stage::account;
use crate::support::control_plane::ControlPlane;
use crate::support::gate::Gate;
use crate::support::registry::{PASSWORD, Registry, USER, Wants};

/// A component of this project, which is not the policy whose place it takes here.
fn component() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/components/probes.wasm")
}

/// A folder with a document that has this in its `spec`.
fn document(spec: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("probes.yaml");
    let head = "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: probes }\n";
    fs::write(&file, format!("{head}spec: {{ {spec} }}\n")).unwrap();
    (folder, file)
}

/// Runs a command with an account of the cluster. What is kept for the next start spares no look at a ConfigMap, nor
/// at a tag.
fn tidegate(kubeconfig: &Path, docker: Option<&Path>, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .env_remove("DOCKER_CONFIG")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("TIDEGATE_CACHE_DIR")
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("KUBECONFIG", kubeconfig)
        .envs(docker.map(|docker| ("DOCKER_CONFIG", docker)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// What is said when this policy is loaded.
fn load(kubeconfig: &Path, spec: &str) -> Result<String, String> {
    let (_folder, file) = document(spec);
    tidegate(kubeconfig, None, &["explain", "--policy", file.to_str().unwrap(), "probes"])
}

#[test]
fn code_comes_from_a_config_map() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("modules");
    let kubeconfig = account(cluster);
    let in_namespace =
        |arguments: &[&str]| cluster.kubectl(&[arguments, &["-n", &namespace]].concat()).expect_success();
    let file = component().display().to_string();
    in_namespace(&["create", "configmap", "binary", &format!("--from-file=probes.wasm={file}")]);
    let encoded = STANDARD.encode(fs::read(component()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, &encoded).unwrap();
    in_namespace(&["create", "configmap", "text", &format!("--from-file=probes.wasm={}", text.display())]);
    in_namespace(&["create", "configmap", "wrong", "--from-literal=probes.wasm=hello"]);

    for name in ["binary", "text"] {
        load(kubeconfig, &format!("module: 'configmap://{namespace}/{name}/probes.wasm'")).unwrap();
    }
    for (place, words) in [
        ("binary/other.wasm", "the ConfigMap has no key other.wasm; it has probes.wasm"),
        ("nothing/probes.wasm", "there is no such ConfigMap"),
        ("wrong/probes.wasm", "probes.wasm in its data is not base64; put the component in binaryData"),
    ] {
        let said = load(kubeconfig, &format!("module: 'configmap://{namespace}/{place}'")).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
    let nobody = cluster.as_service_account(&namespace, "default");
    let said = load(nobody.kubeconfig(), &format!("module: 'configmap://{namespace}/binary/probes.wasm'")).unwrap_err();
    assert!(said.contains("tidegate's account may not read it (get on configmaps"), "{said}");
}

#[test]
fn a_pull_secret_opens_a_registry_for_the_gate() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let Some(registry) = Registry::start(Wants::Password) else { return };
    let kubeconfig = account(cluster);
    let docker = tempfile::tempdir().unwrap();
    let entry = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let config = format!(r#"{{ "auths": {{ "{}": {{ "auth": "{entry}" }} }} }}"#, registry.host());
    fs::write(docker.path().join("config.json"), config).unwrap();
    let address = registry.address("team/probes:1");
    let push = ["policy", "push", component().to_str().unwrap(), &address].map(str::to_owned);
    tidegate(kubeconfig, Some(docker.path()), &push.each_ref().map(String::as_str)).unwrap();

    let create = |name: &str, password: &str| {
        cluster
            .kubectl(&[
                "create",
                "secret",
                "docker-registry",
                name,
                "-n",
                "tidegate-system",
                &format!("--docker-server={}", registry.host()),
                &format!("--docker-username={USER}"),
                &format!("--docker-password={password}"),
            ])
            .expect_success();
    };
    create("regcred", PASSWORD);
    create("wrong", "hunter2-secret");
    cluster
        .kubectl(&["create", "secret", "generic", "other", "-n", "tidegate-system", "--from-literal=a=b"])
        .expect_success();
    let spec = |secrets: &str| format!("module: '{address}', pullSecrets: [{secrets}]");

    let (_folder, file) = document(&spec("{ name: regcred }"));
    let (status, log) = Gate::builder(kubeconfig).policy(&file).start().stop();
    assert!(status.success(), "{log}");
    for secret in [PASSWORD, &entry, "Basic "] {
        assert!(!log.contains(secret), "{log}");
    }
    // The first one that knows the registry counts.
    load(kubeconfig, &spec("{ name: other }, { name: regcred }")).unwrap();
    for (secrets, words) in [
        ("", "without credentials"),
        ("{ name: wrong }", "the registry does not let these credentials do that"),
        ("{ name: nothing }", "pull secret nothing of namespace tidegate-system: there is no such Secret"),
        (
            "{ name: other }",
            "pull secret other of namespace tidegate-system: it is not of type kubernetes.io/dockerconfigjson",
        ),
        ("{ name: '../x' }", "no Secret can have this name"),
    ] {
        let said = load(kubeconfig, &spec(secrets)).unwrap_err();
        assert!(said.contains(words), "{words} is not in {said}");
        assert!(!said.contains("hunter2-secret") && !said.contains(PASSWORD), "{said}");
    }
}
