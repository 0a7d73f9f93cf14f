//! An audit: what the gate would say of manifests or of what a cluster stores, without changing anything.
//!
//! [`sources`](Sources) finds the files, `objects` takes the Kubernetes objects out of them, each is
//! judged by the same engine as in the gate, and the [`AuditReport`] is plain data that [`table`] and
//! [`json`] write down. What cannot be read is listed in the report; the rest is judged all the same.
//!
//! A [`ClusterAudit`] is handed the objects of a cluster by whoever reads it, and has no client itself; `history`
//! finds what keeps passwords beside the workloads.

mod cluster;
mod history;
pub mod json;
mod lookup;
mod objects;
mod parallel;
mod problem;
mod report;
mod run;
mod snippet;
mod sources;
pub mod table;

#[cfg(test)]
mod tests;

pub use cluster::ClusterAudit;
pub use history::ReleaseError;
pub use lookup::DocumentsLookup;
pub use problem::{InputError, InputProblem};
pub use report::{
    AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, Origin, Outcome, Scope, Since, SourceLine,
    Stored,
};
pub use run::audit;
pub use snippet::Snippet;
pub use sources::{Source, Sources};
