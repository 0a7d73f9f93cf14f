//! Repairs manifests in their files: what the gate would do to them, done where they are written.
//!
//! The same engine judges as everywhere, and what it makes of an object is put into the text by
//! [`yaml::edit`](crate::yaml::edit), so that nothing else changes. A password that is moved is written to its
//! [`Destination`] first, and only then is the manifest: whatever happens between the two, it is lost in neither.

mod consent;
mod destination;
mod diff;
mod file;
mod in_cluster;
mod item;
mod known;
mod left;
mod mask;
mod questions;
mod read;
mod report;
mod rewrite;
mod run;
mod seal;
mod sealed;
mod secret_file;
mod show;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

pub use destination::{Destination, DestinationError, Kept};
pub use in_cluster::{InCluster, Wait};
pub use questions::{Answer, Ask, Question};
pub use report::{FileReport, FindingRow, FixReport, Outcome, Output, Written};
pub use run::{FixOptions, Mode, fix};
pub use sealed::Sealed;
pub use secret_file::SecretFile;
pub use show::{show_diffs, show_question, show_report};
