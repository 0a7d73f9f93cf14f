//! The one effect that the gate has: a workload's credentials are in its Secret before the
//! workload is let in.
//!
//! What is due is said by [`WorkloadSecret`](crate::engine::WorkloadSecret); whether it can be done is
//! decided by a pure function (`plan`) that every store shares; `kube_store` is the only file that
//! writes a Secret of a cluster.

mod claims;
mod clean_up;
mod error;
mod file_store;
mod kept;
mod keys;
mod kube_store;
mod memory_store;
mod object;
mod pages;
mod plan;
mod refusal;
mod store;
mod wiped;

#[cfg(test)]
mod tests;

pub use clean_up::{CleanUp, CleanUpScope, Disposal, READ_FOR_UNUSED, delete_unused};
pub use error::{SecretError, SecretName};
pub use file_store::{FileSecretStore, SecretTextError};
pub use kept::{Kept, WhyKept};
pub use kube_store::KubeSecretStore;
pub use memory_store::MemorySecretStore;
pub use plan::ChangedPasswords;
pub use store::{Applied, NoSecretStore, SecretStore};
