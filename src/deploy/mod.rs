//! The reference MySQL into a cluster, through its gate, and out of it again: what `tidegate deploy` does.
//!
//! What is applied is `manifests/`, with a few fields as the options say (`plan`, which is pure). What is there already
//! is never replaced by something else unasked: neither the image nor the number of servers, neither a volume nor a
//! password.

mod change;
mod claims;
mod error;
mod exec;
mod found;
mod kind;
mod manifests;
mod options;
mod passwords;
mod plan;
mod progress;
mod removal;
mod rollout;
mod run;
mod servers;
mod smoke;
mod status;
mod stuck;

#[cfg(test)]
mod tests;

pub use error::DeployError;
pub use kind::Kind;
pub use options::{Options, Size};
pub use plan::Plan;
pub use progress::{Done, Passwords, Progress};
pub use removal::{Removal, Removed, await_end, remove};
pub use run::deploy;
pub use status::{Database, Server, read_status};

/// Whose fields they are, to the API server.
const MANAGER: &str = "tidegate-deploy";
/// The Secret with a password for each account, as `manifests/` name it.
const PASSWORDS: &str = "mysql-passwords";
/// The Deployment or StatefulSet, and its container with the server.
const NAME: &str = "mysql";
