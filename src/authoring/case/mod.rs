//! Cases: an object, and what a policy must make of it. One file is one case.
//!
//! A case runs on the very engine of the gate, with only its policy in force. Beside what it expects, what holds of
//! every object is looked at too (`always.rs`).

mod actual;
mod always;
mod coverage;
mod format;
mod junit;
mod list;
mod read;
mod report;
mod run;
mod text;
mod update;
mod written;

pub use coverage::{Coverage, RuleCoverage};
pub use format::{Case, Expectation, ExpectedFinding, ExpectedSecret};
pub use junit::write as write_junit;
pub use list::{Selection, run_all};
pub use read::{CaseError, CaseFile, case_files};
pub use report::{CaseReport, Failure, Outcome, TestReport, Totals};
pub use run::{Judgement, judge, run};
pub(super) use run::{lookup, request};
pub use text::write as write_text;
pub use update::{UpdateError, updated};
