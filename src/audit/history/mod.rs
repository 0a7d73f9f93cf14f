//! What still holds a password although the workload itself may be clean: what Kubernetes, `kubectl` and Helm keep
//! of manifests, and Events that quote one.
//!
//! [`Kept`] is one such manifest with its place, its age and the way to clear it. It is judged by the policies, and
//! only what is about a credential counts (`credentials`). [`helm`] unpacks releases, [`events`] looks for what was
//! found elsewhere.

mod copies;
mod credentials;
mod events;
pub(super) mod helm;
mod kept;
mod known;
mod release;
mod since;
mod values;
mod ways_out;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;

pub(super) use copies::{controlled, last_applied, manifest_of, revisions};
pub(super) use credentials::about_credentials;
pub(super) use events::Event;
pub(super) use kept::{Holder, Kept};
pub(super) use known::KnownPasswords;
pub(crate) use known::is_telling;
pub use release::ReleaseError;
pub(super) use since::written;
pub(super) use ways_out::{Owners, of_ended};
