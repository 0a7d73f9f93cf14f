//! A case as it is written in its file.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::engine::Decision;
use crate::finding::Severity;
use crate::policy::Action;
use crate::request::{Operation, Phase, User};

/// One case. What it leaves out is as in the policy's document, and as in an ordinary request.
///
/// It is not `Debug`: its object may hold passwords.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// One sentence on what it shows.
    pub about: String,
    /// The policy's settings; those of its document if there are none.
    pub settings: Option<Map<String, Value>>,
    /// What is done with its findings; as its document says if there is none.
    pub action: Option<Action>,
    /// What the client does; without it `UPDATE` where there is an old object, else `CREATE`.
    pub operation: Option<Operation>,
    /// Who asks.
    #[serde(default)]
    pub user: User,
    /// In which of its uses the engine is asked.
    #[serde(default = "mutate")]
    pub phase: Phase,
    /// True if nothing will be stored.
    #[serde(default)]
    pub dry_run: bool,
    /// What arrives.
    pub object: Value,
    /// What is stored, on an update.
    pub old_object: Option<Value>,
    /// The other objects that there are. Absent: nobody can say. Empty: it is certain that there are none.
    pub cluster: Option<Vec<Value>>,
    /// What must come of it; none in a case that is yet to be filled in.
    pub expect: Option<Expectation>,
}

/// What must come of a case, or what came of it, in the same words. What is absent is not compared.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Whether the object may pass; only absent beside `error`.
    pub decision: Option<Decision>,
    /// A part of what is said if the settings are refused, or the policy fails.
    pub error: Option<String>,
    /// All that is found, in order; only absent beside `error`.
    pub findings: Option<Vec<ExpectedFinding>>,
    /// The whole patch.
    pub patch: Option<Value>,
    /// The repaired object.
    pub object: Option<Value>,
    /// What is moved into the workload's Secret, in order.
    pub secrets: Option<Vec<ExpectedSecret>>,
}

/// A finding, as a case has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// RFC 6901 pointer to the place.
    pub at: String,
    /// Whether its repair is part of the patch.
    pub fixed: bool,
    /// A text that the message or the help must contain.
    pub message: Option<String>,
}

/// An entry of a Secret, as a case has it: never with its value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSecret {
    /// The Secret's name.
    pub name: String,
    /// The entry's key.
    pub key: String,
}

fn mutate() -> Phase {
    Phase::Mutate
}
