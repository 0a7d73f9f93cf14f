//! What the end-to-end tests stand on: a real Kubernetes control plane, and the gate
//! as a process of its own beside it.
//!
//! ```ignore
//! let Some(cluster) = ControlPlane::shared() else { return };
//! let namespace = cluster.create_namespace("recreate");
//! let gate = Gate::builder(cluster.kubeconfig()).start();
//! let _registered = webhooks::register(cluster, &gate, Scope::Namespace(&namespace));
//! cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], MANIFEST).expect_success();
//! ```
//!
//! Linux only: processes are tied to the test's life by `setpriv` of util-linux.

pub(crate) mod certificates;
pub(crate) mod control_plane;
pub(crate) mod corpus;
pub(crate) mod ending;
pub(crate) mod fault_proxy;
pub(crate) mod gate;
pub(crate) mod https;
pub(crate) mod kubectl;
pub(crate) mod registry;
pub(crate) mod report_kinds;
pub(crate) mod skip;
pub(crate) mod wait;
pub(crate) mod webhooks;

mod components;
mod folder;
mod helm;
pub(crate) mod port;
pub(crate) mod process;
mod programs;

pub(crate) use control_plane::ControlPlane;
