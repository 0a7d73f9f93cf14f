//! An audit: what the gate would say of manifests or of what a cluster stores, without changing anything.
//!
//! [`sources`](Sources) finds the files, `objects` takes the Kubernetes objects out of them, each is
//! judged by the same engine as in the gate, and the [`AuditReport`] is plain data that [`formats`] write down. What cannot be read is listed in the report; the rest is judged all the same.
//!
//! A [`ClusterAudit`] is handed the objects of a cluster by whoever reads it, and has no client itself; `history`
//! finds what keeps passwords beside the workloads. [`Drift`] compares files with what runs.

mod alike;
mod asked;
mod baseline;
mod cluster;
mod drift;
mod fingerprint;
mod formats;
mod found;
mod history;
mod judge;
mod live;
pub(crate) mod lookup;
pub(crate) mod objects;
pub(crate) mod parallel;
mod problem;
mod progress;
mod region;
mod repaired;
mod report;
mod run;
pub(crate) mod snippet;
mod sources;

#[cfg(test)]
mod tests;

pub use baseline::{Baseline, BaselineError, Known, mark_what_was_there_before};
pub use cluster::ClusterAudit;
pub use drift::{Drift, Met, Namespaces, join};
pub(crate) use formats::is_unseen;
pub use formats::{Detail, Format, Verbosity, policy_report, write};
pub use history::ReleaseError;
pub(crate) use history::is_telling;
pub use live::{is_judged, judge_stored};
pub use lookup::DocumentsLookup;
pub use problem::{InputError, InputProblem};
pub use progress::Progress;
pub use report::{
    AuditReport, Consequence, FailureReport, FindingReport, ManifestReport, ObjectReport, Origin, Outcome, Region,
    Replacement, RuleReport, Scope, Since, SourceLine, Stored, Suppression,
};
pub use run::{Options, audit, audit_beside};
pub use snippet::Snippet;
pub(crate) use sources::plain_path;
pub use sources::{Source, Sources};
