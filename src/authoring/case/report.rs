//! What came of a policy's cases, as plain data.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::coverage::Coverage;

/// What came of all cases of a policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// The policy's name.
    pub policy: String,
    /// What is wrong with the policy whatever its cases say, each a sentence.
    pub problems: Vec<String>,
    /// The cases, in the order of their names.
    pub cases: Vec<CaseReport>,
    /// Which rules the cases show; none if only some of the cases were run.
    pub coverage: Option<Coverage>,
}

/// What came of one case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// The file's name without its ending.
    pub name: String,
    /// The file.
    pub file: String,
    /// What the case shows; empty if it cannot be read.
    pub about: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took; in JSON in milliseconds.
    #[serde(rename = "milliseconds", serialize_with = "milliseconds")]
    pub took: Duration,
}

/// What came of a case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum Outcome {
    /// All is as expected.
    Passed,
    /// Something is not.
    Failed(Failure),
    /// What came out was written into its file.
    Written,
    /// It cannot be read; the text says where and why.
    Unusable {
        /// File, line, field, and what is wrong.
        problem: String,
    },
}

/// What is not as expected.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What the case expects, line by line; empty if that came.
    pub expected: Vec<String>,
    /// What came, line by line.
    pub actual: Vec<String>,
    /// What else is wrong, each a sentence.
    pub problems: Vec<String>,
}

impl Failure {
    /// What is not as expected, for people, without colours.
    pub fn text(&self) -> String {
        super::text::lines(self).into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    }
}

/// How many cases came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// As expected.
    pub passed: usize,
    /// Not as expected.
    pub failed: usize,
    /// Written.
    pub written: usize,
    /// Not readable.
    pub unusable: usize,
}

impl TestReport {
    /// How many cases came to what.
    pub fn totals(&self) -> Totals {
        self.cases.iter().fold(Totals::default(), |mut totals, case| {
            match case.outcome {
                Outcome::Passed => totals.passed += 1,
                Outcome::Failed(_) => totals.failed += 1,
                Outcome::Written => totals.written += 1,
                Outcome::Unusable { .. } => totals.unusable += 1,
            }
            totals
        })
    }

    /// How long all cases took.
    pub fn took(&self) -> Duration {
        self.cases.iter().map(|case| case.took).sum()
    }
}

fn milliseconds<S: Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // A microsecond is exact enough for anybody.
    serializer.serialize_f64(took.as_micros() as f64 / 1e3)
}
