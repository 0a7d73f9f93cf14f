//! Policies' code that is elsewhere: behind `https://`, in a ConfigMap, in a registry of OCI artefacts.
//!
//! Whatever is fetched is bounded in size and time while it comes in, and is what its digest says or is not used.
//! Nothing here runs it. The process needs a default provider of cryptography for rustls before it asks for
//! anything (`server::use_ring`).

mod address;
mod cache;
mod config_map;
mod credentials;
mod error;
mod limits;
mod pinned;
mod registry;
mod retry;
mod source;
mod web;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;

pub use error::ModuleError;
pub use limits::Limits;
pub use registry::{Artifact, Pushed};
pub use source::{ModuleSources, is_elsewhere};
