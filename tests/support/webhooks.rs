//! Registers a gate on a control plane by the very files that a user applies.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::control_plane::ControlPlane;
use super::gate::Gate;
use super::kubectl::Output;
use super::wait;

/// The API server watches its webhook configurations; it hears of one in milliseconds.
const ACTIVE: Duration = Duration::from_secs(30);

/// Whose objects go by the gate.
#[derive(Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// Those of one namespace: many gates can share a control plane.
    Namespace(&'a str),
    /// Those that the files say.
    Cluster,
}

/// Webhook configurations on a control plane. Dropping it deletes them.
pub(crate) struct Registration<'a> {
    cluster: &'a ControlPlane,
    names: Vec<(String, String)>,
}

/// Where a gate, or several behind one address, is on loopback, and by whom its certificate is.
pub(crate) struct Address {
    pub(crate) port: u16,
    /// In PEM, one after the other.
    pub(crate) authorities: String,
}

/// Applies every webhook configuration of `webhook-deploy/` as it is, but with the gate's
/// address on loopback in the place of its Service, and returns when the API server calls it.
/// For the scope of one namespace its name is added to the configuration's name and its
/// namespace selector.
pub(crate) fn register<'a>(cluster: &'a ControlPlane, gate: &Gate, scope: Scope<'_>) -> Registration<'a> {
    let address = Address { port: gate.port(), authorities: gate.certificates().authority_pem.clone() };
    register_at(cluster, &address, "tidegate", scope)
}

/// The same for an address, under a name of its own: several can stand before one namespace, and the
/// API server calls them in the order of their names.
pub(crate) fn register_at<'a>(
    cluster: &'a ControlPlane,
    address: &Address,
    name: &str,
    scope: Scope<'_>,
) -> Registration<'a> {
    let mut registration = Registration { cluster, names: Vec::new() };
    let found = configurations();
    assert!(!found.is_empty(), "no webhook configuration in webhook-deploy/");
    for mut configuration in found {
        configuration["metadata"]["name"] = name.into();
        point_at(&mut configuration, address);
        if let Scope::Namespace(namespace) = scope {
            confine(&mut configuration, namespace);
        }
        registration.apply(&configuration).expect_success();
    }
    registration.wait_until_active();
    registration
}

impl Registration<'_> {
    /// Leaves the configurations where they are, for a control plane that ends with its test.
    pub(crate) fn leave(mut self) {
        self.names.clear();
    }

    fn apply(&mut self, configuration: &Value) -> Output {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.names.push((text(&configuration["kind"]), text(&configuration["metadata"]["name"])));
        self.cluster.kubectl_with_input(&["apply", "-f", "-"], &configuration.to_string())
    }

    /// Registers after the real webhooks, for each kind of them, one that refuses a certain
    /// ConfigMap because nobody answers it. Configurations of a kind arrive in the order in
    /// which they were made: once it refuses, the real ones are called as well.
    fn wait_until_active(&mut self) {
        for kind in ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] {
            let names: Vec<&str> = self.names.iter().filter(|name| name.0 == kind).map(|name| &*name.1).collect();
            let [first, ..] = names[..] else { continue };
            let mut canary = Registration { cluster: self.cluster, names: Vec::new() };
            let name = format!("canary-{first}");
            canary.apply(&canary_configuration(kind, &name)).expect_success();
            wait::eventually(&format!("{kind} {first} to be active"), ACTIVE, || {
                let create = ["create", "configmap", &name, "-n", "default", "--dry-run=server"];
                let refusal = self.cluster.kubectl(&create);
                refusal.stderr.contains("failed calling webhook").then_some(())
            });
        }
    }
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        for (kind, name) in &self.names {
            // The control plane may be down, or the test have deleted it: not a second panic.
            let _ = self.cluster.kubectl(&["delete", kind, name, "--ignore-not-found"]);
        }
    }
}

/// The documents of `webhook-deploy/` that are webhook configurations.
pub(crate) fn configurations() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).expect("a file can be read");
            serde_saphyr::from_multiple::<Value>(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
        .filter(|document| document["kind"].as_str().is_some_and(|kind| kind.ends_with("WebhookConfiguration")))
        .collect()
}

fn point_at(configuration: &mut Value, address: &Address) {
    let authority = ByteString(address.authorities.clone().into_bytes());
    for webhook in webhooks_of(configuration) {
        let path = webhook["clientConfig"]["service"]["path"].as_str().unwrap_or("/");
        webhook["clientConfig"] = json!({
            "url": format!("https://127.0.0.1:{}{path}", address.port),
            "caBundle": authority,
        });
    }
}

fn confine(configuration: &mut Value, namespace: &str) {
    let name = &mut configuration["metadata"]["name"];
    *name = format!("{}-{namespace}", name.as_str().unwrap_or_default()).into();
    for webhook in webhooks_of(configuration) {
        let expressions = &mut webhook["namespaceSelector"]["matchExpressions"];
        if expressions.is_null() {
            *expressions = json!([]);
        }
        expressions.as_array_mut().expect("matchExpressions is a list").push(json!({
            "key": "kubernetes.io/metadata.name",
            "operator": "In",
            "values": [namespace],
        }));
    }
}

fn webhooks_of(configuration: &mut Value) -> &mut Vec<Value> {
    configuration["webhooks"].as_array_mut().expect("a configuration has webhooks")
}

fn canary_configuration(kind: &str, name: &str) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "webhooks": [{
            "name": "canary.tidegate.dev",
            // Nobody listens on port 1 (tcpmux).
            "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [{
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "resources": ["configmaps"],
                "operations": ["CREATE"],
            }],
            "matchConditions": [{"name": "canary", "expression": format!("request.name == '{name}'")}],
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }],
    })
}
