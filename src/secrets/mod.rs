//! The one effect that the gate has: a workload's credentials are in its Secret before the
//! workload is let in.
//!
//! What is due is said by [`SecretEntry`](crate::engine::SecretEntry); whether it can be done is
//! decided by a pure function (`plan`) that every store shares; `kube_store` is the only file that
//! writes a Secret.

mod error;
mod kube_store;
mod memory_store;
mod object;
mod plan;
mod refusal;
mod store;

#[cfg(test)]
mod tests;

pub use error::{SecretError, SecretName};
pub use kube_store::KubeSecretStore;
pub use memory_store::MemorySecretStore;
pub use store::{NoSecretStore, SecretStore};
