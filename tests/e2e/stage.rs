//! A namespace with a gate before it: registered by the very files of `webhook-deploy/`, and with
//! no more rights than these grant.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::support::control_plane::ControlPlane;
use crate::support::gate::{Builder, Gate};
use crate::support::kubectl::{Kubectl, Output};
use crate::support::webhooks::{Registration, Scope, register};

/// Controllers act within a second; a busy machine gets more.
pub(crate) const CONTROLLERS: Duration = Duration::from_secs(30);

/// A namespace of the shared control plane and the gate that its workloads go by.
pub(crate) struct Stage {
    pub(crate) cluster: &'static ControlPlane,
    pub(crate) namespace: String,
    // The API server must not call a gate that is gone: dropped in this order.
    _registration: Registration<'static>,
    pub(crate) gate: Gate,
}

impl Stage {
    /// A new namespace, guarded from the start.
    pub(crate) fn open(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        let namespace = cluster.create_namespace(name);
        Some(Self::guard(cluster, namespace))
    }

    /// Puts a gate before a namespace that may hold workloads already, with the policies of
    /// `repairing-policies.yaml` in force.
    pub(crate) fn guard(cluster: &'static ControlPlane, namespace: String) -> Self {
        Self::guard_with(cluster, namespace, gate(account(cluster)))
    }

    /// A new namespace with a gate before it that has every policy in force.
    pub(crate) fn open_with_all_policies(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        let namespace = cluster.create_namespace(name);
        Some(Self::guard_with_all_policies(cluster, namespace))
    }

    /// Puts a gate before a namespace that has every policy in force.
    pub(crate) fn guard_with_all_policies(cluster: &'static ControlPlane, namespace: String) -> Self {
        Self::guard_with(cluster, namespace, Gate::builder(account(cluster)))
    }

    /// Puts this gate before a namespace.
    pub(crate) fn guard_with(cluster: &'static ControlPlane, namespace: String, gate: Builder) -> Self {
        let gate = gate.start();
        let registration = register(cluster, &gate, Scope::Namespace(&namespace));
        Self::registered(cluster, namespace, gate, registration)
    }

    /// A gate that is registered already.
    pub(crate) fn registered(
        cluster: &'static ControlPlane,
        namespace: String,
        gate: Gate,
        registration: Registration<'static>,
    ) -> Self {
        Self { cluster, namespace, _registration: registration, gate }
    }

    /// kubectl in the namespace.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        self.cluster.kubectl(&[arguments, &["-n", &self.namespace]].concat())
    }

    /// `kubectl VERB -f -` in the namespace, with more flags.
    pub(crate) fn send(&self, verb: &str, flags: &[&str], manifest: &str) -> Output {
        let arguments = [&[verb, "-f", "-", "-n", &self.namespace], flags].concat();
        self.cluster.kubectl_with_input(&arguments, manifest)
    }

    /// `kubectl apply`, client-side.
    pub(crate) fn apply(&self, manifest: &str) -> Output {
        self.send("apply", &[], manifest)
    }

    /// `kubectl apply --server-side`.
    pub(crate) fn apply_server_side(&self, manifest: &str) -> Output {
        self.send("apply", &["--server-side"], manifest)
    }

    /// `kubectl diff`, which ends with 0 if there is no difference.
    pub(crate) fn diff(&self, flags: &[&str], manifest: &str) -> Output {
        self.send("diff", flags, manifest)
    }

    /// An object as it is stored, managed fields included.
    #[track_caller]
    pub(crate) fn get(&self, object: &str) -> Value {
        self.cluster.json(&["get", object, "-n", &self.namespace, "--show-managed-fields"])
    }

    /// Whether there is such an object.
    pub(crate) fn has(&self, object: &str) -> bool {
        self.kubectl(&["get", object]).is_success()
    }

    /// All objects of some kinds (`pods,replicasets`).
    #[track_caller]
    pub(crate) fn list(&self, kinds: &str) -> Vec<Value> {
        let list = self.cluster.json(&["get", kinds, "-n", &self.namespace, "--show-managed-fields"]);
        list["items"].as_array().unwrap().clone()
    }

    /// The lines of the gate's log that tell of a review.
    pub(crate) fn reviews(&self) -> Vec<Value> {
        reviews(&self.gate)
    }
}

/// The lines of a gate's log that tell of a review.
pub(crate) fn reviews(gate: &Gate) -> Vec<Value> {
    let logs = gate.logs();
    let lines = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == "review").collect()
}

/// A gate with the policies of `repairing-policies.yaml` and the account of a kubeconfig, to be started.
pub(crate) fn gate(kubeconfig: &Path) -> Builder {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/fixtures/repairing-policies.yaml");
    Gate::builder(kubeconfig).policy(&policies)
}

/// What kubectl said of refused changes, without the patches that it had sent itself and prints.
pub(crate) fn without_own_patch(said: &str) -> String {
    let mut parts = said.split("when applying patch:\n");
    let before = parts.next().unwrap_or_default();
    let after = parts.map(|part| part.split_once("\nto:\n").map_or(part, |(_, after)| after));
    std::iter::once(before).chain(after).collect()
}

/// The kubeconfig of the gate's own account on the shared control plane, with the rights of
/// `webhook-deploy/`.
pub(crate) fn account(cluster: &'static ControlPlane) -> &'static Path {
    static ACCOUNT: OnceLock<Kubectl> = OnceLock::new();
    ACCOUNT.get_or_init(|| make_account(cluster)).kubeconfig()
}

/// Applies namespace, account and rights, and becomes that account.
pub(crate) fn make_account(cluster: &ControlPlane) -> Kubectl {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy");
    for file in ["00-namespace.yaml", "10-service-account.yaml", "20-rbac.yaml"] {
        cluster.kubectl(&["apply", "-f", &folder.join(file).display().to_string()]).expect_success();
    }
    cluster.as_service_account("tidegate-system", "tidegate")
}
