//! Policies as objects of the cluster: what the API server takes, and what a gate makes of it while it runs.

// What the API server refuses by itself, and how it is told.
mod definitions;

// From the first object to the last, one gate.
mod life;

// Several replicas agree, and their status says so.
mod replicas;

// A set takes the place of another while reviews are under way.
mod swaps;

// Objects that are there before the gate, kinds that come after it, an API server that is away.
mod starts;

// Exceptions with an end.
mod exceptions;

// Code behind a tag of a registry.
mod tags;

// Code that is in a ConfigMap, and changes there.
mod config_maps;

// An audit of the cluster judges by what is stored there, as the gate does.
mod audits;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{gate, make_account};
use crate::support::control_plane::ControlPlane;
use crate::support::gate::{Builder, Gate};
use crate::support::kubectl::{Kubectl, Output};
use crate::support::wait::eventually;
use crate::workloads::client;

/// A change is in force within a second; a busy machine gets more, and a Lease may have to run out before it (30 s).
const IN_FORCE: Duration = Duration::from_secs(90);

/// A control plane of its own for each test: policies have no namespace.
struct Board {
    cluster: ControlPlane,
    account: Kubectl,
}

impl Board {
    /// With the kinds installed.
    fn open() -> Option<Self> {
        let board = Self::without_kinds()?;
        board.install();
        Some(board)
    }

    /// An account with the rights of `webhook-deploy/`, and nothing else.
    fn without_kinds() -> Option<Self> {
        let cluster = ControlPlane::start()?;
        let account = make_account(&cluster);
        Some(Self { cluster, account })
    }

    /// Applies `webhook-deploy/05-crds.yaml`.
    fn install(&self) {
        self.kubectl(&["apply", "-f", &deploy("05-crds.yaml").display().to_string()]);
        let established = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"];
        self.kubectl(&established);
    }

    /// A gate with few policies of its own.
    fn gate(&self) -> Builder {
        gate(self.account.kubeconfig())
    }

    fn kubectl(&self, arguments: &[&str]) -> String {
        self.cluster.kubectl(arguments).expect_success()
    }

    /// Applies a policy's object.
    fn send(&self, name: &str, spec: &Value, flags: &[&str]) -> Output {
        let object = json!({ "apiVersion": "tidegate.dev/v1alpha1", "kind": "ClusterPolicy",
            "metadata": { "name": name }, "spec": spec });
        self.cluster.kubectl_with_input(&[&["apply", "-f", "-"], flags].concat(), &object.to_string())
    }

    /// Applies a policy's object, and waits until its status is about it: `True Ready`.
    #[track_caller]
    fn apply(&self, name: &str, spec: &Value, wanted: &str) -> Value {
        self.send(name, spec, &[]).expect_success();
        self.settled(name, wanted)
    }

    /// The object, once its condition is about its present generation, and as wanted.
    #[track_caller]
    fn settled(&self, name: &str, wanted: &str) -> Value {
        eventually(&format!("policy {name} to be {wanted}"), IN_FORCE, || {
            let object = self.object(name);
            let condition = &object["status"]["conditions"][0];
            let told = format!("{} {}", word(&condition["status"]), word(&condition["reason"]));
            let is_current = condition["observedGeneration"] == object["metadata"]["generation"];
            (is_current && told == wanted).then_some(object)
        })
    }

    fn object(&self, name: &str) -> Value {
        self.cluster.json(&["get", "clusterpolicy", name])
    }

    /// What the gate before a namespace says of a client of MySQL.
    fn verdict(&self, namespace: &str) -> Output {
        let object = client("Deployment", "judged", &[]).to_string();
        self.cluster.kubectl_with_input(&["create", "--dry-run=server", "-n", namespace, "-f", "-"], &object)
    }
}

/// A policy that finds `T001` in whatever it judges, or does wrong in another way.
fn misbehaving(how: &str, action: &str) -> Value {
    let component = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/guests/misbehaving.wasm");
    json!({ "module": format!("file://{}", component.display()), "action": action, "settings": { "how": how } })
}

/// In which way the policy has to do wrong to find `T001`: its repair does not fit, and nobody makes it.
const FINDS: &str = "misfit";

fn deploy(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy").join(file)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The lines of a gate's log with this message.
fn lines(gate: &Gate, message: &str) -> Vec<Value> {
    let logs = gate.logs();
    let lines = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| word(&line["message"]).contains(message)).collect()
}
