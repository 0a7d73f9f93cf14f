//! A case as it is written in its file.

use serde::Deserialize;
use serde_json::{Map, Value};
use tidegate::engine::Decision;
use tidegate::finding::Severity;
use tidegate::policy::Action;

/// One case.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    /// One sentence on what it shows.
    pub(crate) about: String,
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
    #[serde(default)]
    pub(crate) action: Action,
    #[serde(default = "create")]
    pub(crate) operation: String,
    pub(crate) object: Value,
    pub(crate) old_object: Option<Value>,
    /// Other objects. Absent: nobody can answer. Empty: it is certain that there are none.
    pub(crate) cluster: Option<Vec<Value>>,
    pub(crate) expect: Expectation,
}

/// What the engine must come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    pub(crate) decision: Decision,
    pub(crate) findings: Vec<ExpectedFinding>,
    pub(crate) patch: Option<Value>,
    pub(crate) secrets: Option<Vec<ExpectedSecret>>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedFinding {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) at: String,
    pub(crate) fixed: bool,
    /// A text that the message or the help must contain.
    pub(crate) message: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedSecret {
    pub(crate) name: String,
    pub(crate) key: String,
}

fn create() -> String {
    "CREATE".to_owned()
}
