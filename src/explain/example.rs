//! A rule's example, tried on the real engine: what becomes of it at the gate.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::text::RuleText;
use crate::engine::{Judged, evaluate};
use crate::lookup::{KnownObjects, Lookup};
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::Misfit;
use crate::yaml::{self, Document, EditError, Problem};

/// A rule's example, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The manifests in which the rule fires.
    pub before: String,
    /// The same as the gate repairs them, or as a person mends them where it repairs nothing.
    pub after: Option<String>,
    /// What the gate does about it; none if the policy, as it is set, finds nothing.
    pub outcome: Option<Outcome>,
    /// The Secret that the gate makes, with its keys: `mysql-credentials, key MYSQL_ROOT_PASSWORD`.
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
    /// The repair cannot be written into its text.
    #[error("the example cannot be repaired in its text: {0}")]
    Unwritable(#[from] EditError),
}

impl Example {
    /// Lets a policy judge a text's example: each document, with the others for what there is beside it.
    ///
    /// # Errors
    /// [`ExampleError`] if the example is no manifest.
    pub fn try_out(text: &RuleText, policy: &PolicySet) -> Result<Self, ExampleError> {
        let documents = documents(&text.before)?;
        let known = documents.iter().map(|document| document.value.clone()).collect();
        let lookup: Arc<dyn Lookup> = Arc::new(KnownObjects::new(known));
        let mut outcome = None;
        let mut after = text.after.clone();
        let mut secret = None;
        for document in &documents {
            let evaluation = evaluate(&Request::audit(document.value.clone()), policy, &lookup)?;
            let own = |judged: &&Judged| judged.finding.rule == text.rule;
            let Some(judged) = evaluation.findings.iter().find(own) else { continue };
            outcome = Some(Outcome::of(judged));
            secret = evaluation.secret.as_ref().map(|secret| {
                let keys: Vec<_> = secret.entries.iter().map(|entry| entry.key.as_str()).collect();
                let noun = if keys.len() == 1 { "key" } else { "keys" };
                format!("{}, {noun} {}", secret.name, keys.join(", "))
            });
            if judged.fixed {
                let splices = yaml::edit(&text.before, document, &evaluation.object)?;
                after = Some(yaml::apply(&text.before, &splices));
            }
            break;
        }
        Ok(Self { before: text.before.clone(), after, outcome, secret })
    }
}

fn documents(manifests: &str) -> Result<Vec<Document>, ExampleError> {
    let unreadable =
        |problem: Problem| ExampleError::Unreadable { line: problem.line, problem: problem.error.to_string() };
    yaml::parse(manifests).into_iter().map(|document| document.map_err(unreadable)).collect()
}
