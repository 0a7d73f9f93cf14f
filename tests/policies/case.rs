//! A case as it is written in its file.

use serde::Deserialize;
use serde_json::{Map, Value};
use tidegate::engine::Decision;
use tidegate::finding::Severity;
use tidegate::policy::Action;

/// One case.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// One sentence on what it shows.
    pub about: String,
    #[serde(default)]
    pub settings: Map<String, Value>,
    #[serde(default)]
    pub action: Action,
    #[serde(default = "create")]
    pub operation: String,
    pub object: Value,
    pub old_object: Option<Value>,
    /// Other objects. Absent: nobody can answer. Empty: it is certain that there are none.
    pub cluster: Option<Vec<Value>>,
    pub expect: Expectation,
}

/// What the engine must come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    pub decision: Decision,
    pub findings: Vec<ExpectedFinding>,
    pub patch: Option<Value>,
    pub secrets: Option<Vec<ExpectedSecret>>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    pub rule: String,
    pub severity: Severity,
    pub at: String,
    pub fixed: bool,
    /// A text that the message or the help must contain.
    pub message: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSecret {
    pub name: String,
    pub key: String,
}

fn create() -> String {
    "CREATE".to_owned()
}
