//! A rule's example, tried on the real engine: what becomes of it at the gate.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::text::RuleText;
use crate::engine::{Judged, evaluate};
use crate::lookup::{KnownObjects, Lookup};
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::Misfit;
use crate::yaml;

/// A rule's example, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The manifests in which the rule fires.
    pub before: String,
    /// The same as the gate repairs them, or as a person mends them where it repairs nothing.
    pub after: Option<String>,
    /// What the gate does about it; none if the policy, as it is set, finds nothing.
    pub outcome: Option<Outcome>,
    /// The Secret that the gate makes, with its keys: `mysql-credentials: MYSQL_ROOT_PASSWORD`.
    pub secret: Option<String>,
}

/// What the gate does about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It repairs it.
    Repaired,
    /// It refuses the object.
    Refused,
    /// It lets the object pass, and tells its author.
    Warned,
    /// It lets the object pass, and records it.
    Recorded,
}

impl Outcome {
    fn of(judged: &Judged) -> Self {
        match () {
            () if judged.fixed => Self::Repaired,
            () if judged.denies() => Self::Refused,
            () if judged.warns() => Self::Warned,
            () => Self::Recorded,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Repaired => "repaired",
            Self::Refused => "refused",
            Self::Warned => "a warning",
            Self::Recorded => "recorded",
        })
    }
}

/// Why an example cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum ExampleError {
    /// It is no YAML.
    #[error("the example cannot be read, line {line}: {problem}")]
    Unreadable {
        /// The line in the example.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// It does not fit its kind.
    #[error("the example does not fit its kind: {0}")]
    Misfit(#[from] Misfit),
    /// The repaired object cannot be written.
    #[error("the repaired example cannot be written: {0}")]
    Unwritable(String),
}

impl Example {
    /// Lets a policy judge a text's example: each document, with the others for what there is beside it.
    ///
    /// # Errors
    /// [`ExampleError`] if the example is no manifest.
    pub fn try_out(text: &RuleText, policy: &PolicySet) -> Result<Self, ExampleError> {
        let objects = objects(&text.before)?;
        let lookup: Arc<dyn Lookup> = Arc::new(KnownObjects::new(objects.clone()));
        let mut outcome = None;
        let mut repaired = None;
        let mut secret = None;
        for (index, object) in objects.iter().enumerate() {
            let evaluation = evaluate(&Request::audit(object.clone()), policy, &lookup)?;
            let own = |judged: &&Judged| judged.finding.rule == text.rule;
            let Some(judged) = evaluation.findings.iter().find(own) else { continue };
            outcome = Some(Outcome::of(judged));
            secret = evaluation.secret.as_ref().map(|secret| {
                let keys: Vec<_> = secret.entries.iter().map(|entry| entry.key.as_str()).collect();
                format!("{}: {}", secret.name, keys.join(", "))
            });
            if judged.fixed {
                let mut after = objects.clone();
                after[index] = evaluation.object.clone();
                repaired = Some(after);
            }
            break;
        }
        let (before, after) = match repaired {
            // Written in the same way, so that they differ by the repair only.
            Some(after) => (written(&objects)?, Some(written(&after)?)),
            None => (text.before.clone(), text.after.clone()),
        };
        Ok(Self { before, after, outcome, secret })
    }
}

/// The objects of an example.
///
/// # Errors
/// [`ExampleError::Unreadable`] at the first that is no YAML.
pub(super) fn objects(manifests: &str) -> Result<Vec<Value>, ExampleError> {
    yaml::parse(manifests)
        .into_iter()
        .map(|document| {
            document
                .map(|document| document.value)
                .map_err(|problem| ExampleError::Unreadable { line: problem.line, problem: problem.error.to_string() })
        })
        .collect()
}

fn written(objects: &[Value]) -> Result<String, ExampleError> {
    let texts: Result<Vec<_>, _> = objects.iter().map(serde_saphyr::to_string).collect();
    texts.map(|texts| texts.join("---\n")).map_err(|error| ExampleError::Unwritable(error.to_string()))
}
