//! What the API server sends follows from the policies in force.

// A policy on any kind is asked, and nobody else; what is gone is asked no more.
mod follows;

// The policies' own status says what is not sent.
mod sent;

// What is printed for those who keep the configurations themselves.
mod printed;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{make_account, reviews};
use crate::support::control_plane::ControlPlane;
use crate::support::gate::{Builder, Gate};
use crate::support::kubectl::{Kubectl, Output};
use crate::support::wait::eventually;

/// A look at the configurations (20 s), or a Lease that has to run out before it (15 s), on a busy machine.
const KEPT: Duration = Duration::from_secs(90);

const KINDS: [&str; 2] = ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"];

/// A control plane of its own, because the configurations are for all of it.
struct Cluster {
    plane: ControlPlane,
    account: Kubectl,
    folder: TempDir,
}

impl Cluster {
    /// With an account that has the rights of `webhook-deploy/`.
    fn open() -> Option<Self> {
        let plane = ControlPlane::start()?;
        let account = make_account(&plane);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy/27-rbac-webhooks.yaml");
        plane.kubectl(&["apply", "-f", &file.display().to_string()]).expect_success();
        Some(Self { plane, account, folder: tempfile::tempdir().unwrap() })
    }

    /// The file of the policies in force from the next start on.
    fn policies(&self) -> PathBuf {
        self.folder.path().join("policies.yaml")
    }

    fn set_policies(&self, documents: &[String]) {
        fs::write(self.policies(), documents.join("---\n")).unwrap();
    }

    fn gate(&self) -> Builder {
        Gate::builder(self.account.kubeconfig()).policy(&self.policies()).environment("TIDEGATE_WEBHOOKS", "manage")
    }

    fn configuration(&self, kind: &str) -> Value {
        self.plane.json(&["get", kind, "tidegate"])
    }

    /// Waits until a configuration is as wanted.
    #[track_caller]
    fn await_configuration(&self, kind: &str, what: &str, is_wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        eventually(&format!("{kind}: {what}"), KEPT, || {
            let configuration = self.configuration(kind);
            let webhooks = configuration["webhooks"].as_array().cloned().unwrap_or_default();
            is_wanted(&webhooks).then_some(webhooks)
        })
    }

    fn apply(&self, namespace: &str, manifest: &Value) -> Output {
        self.plane.kubectl_with_input(&["apply", "-n", namespace, "-f", "-"], &manifest.to_string())
    }

    /// What is stored of an applied object under the label `team`.
    fn team(&self, namespace: &str, object: &str) -> Value {
        self.plane.json(&["get", object, "-n", namespace])["metadata"]["labels"]["team"].clone()
    }
}

/// A policy on any kind: every object has a label `team`.
pub(crate) fn document(name: &str, spec: &str) -> String {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/guests/general.wasm");
    format!(
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: {name} }}\nspec:\n  \
         module: file://{}\n{spec}",
        module.display()
    )
}

/// Documents that switch every built-in policy on or off.
fn built_in(is_enabled: bool) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/components");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            format!(
                "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: {name} }}\n\
                 spec: {{ module: 'builtin://{name}', enabled: {is_enabled} }}\n"
            )
        })
        .collect()
}

/// The names of webhooks, without the gate's domain.
fn names(webhooks: &[Value]) -> Vec<&str> {
    webhooks.iter().map(|webhook| webhook["name"].as_str().unwrap().trim_end_matches(".tidegate.dev")).collect()
}

/// The resources that a webhook asks for.
fn resources(webhooks: &[Value], name: &str) -> Vec<String> {
    let webhook = webhooks.iter().find(|webhook| webhook["name"] == format!("{name}.tidegate.dev"));
    let rules = webhook.and_then(|webhook| webhook["rules"].as_array()).into_iter().flatten();
    let all = rules.flat_map(|rule| rule["resources"].as_array().unwrap());
    all.map(|plural| plural.as_str().unwrap().to_owned()).collect()
}

/// How often a gate was asked about objects of a kind.
fn asked(gate: &Gate, kind: &str) -> usize {
    reviews(gate).iter().filter(|line| line["kind"] == kind).count()
}
