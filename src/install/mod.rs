//! The gate into a cluster, out of it again, and how it stands there: what `tidegate install`, `uninstall` and `status` do.
//!
//! What is applied is `webhook-deploy/`, with a few fields as the options say (`plan`, which is pure). The order is one
//! that cannot lock a cluster out: the webhooks are registered last, when the gate answers, and taken away first.

mod certificate;
mod checks;
mod error;
mod live;
mod manifests;
mod options;
mod plan;
mod probe;
mod removal;
mod rights;
mod rollout;
mod run;
mod state;

#[cfg(test)]
mod tests;

pub use error::InstallError;
pub use options::{NAMESPACE, Options, Reports, Written};
pub use plan::Plan;
pub use removal::{LEFT, Removal, remove};
pub use run::{Progress, install};
pub use state::{PolicyState, Refusal, State, read_state};

/// Whose fields they are, to the API server.
const MANAGER: &str = "tidegate-install";
