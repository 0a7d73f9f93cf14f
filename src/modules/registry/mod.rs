//! Registries of OCI artefacts: what `oci://REGISTRY/REPOSITORY[:TAG][@sha256:…]` names, fetched and put there.
//!
//! An artefact is laid out as the CNCF's "Wasm OCI artifact" says: one layer, which is the component.
//!
//! oci-client has the names, the manifest, and what puts an artefact into a registry. What fetches one is here, since
//! that crate holds manifests and errors of any size, follows redirects away from TLS, and panics at some answers,
//! which is nothing for a gate that has to stay up.

mod address;
mod authorization;
mod manifest;
mod pull;
mod push;

pub(super) use address::{Address, OCI};
pub use manifest::Artifact;
pub(super) use pull::{Registry, layer};
pub use push::Pushed;
