//! Who is told what became of objects, beside the log: an adapter makes Events of it.

use crate::engine::{Evaluation, Judged};
use crate::request::{Phase, Request};

/// Somebody who is told. It must not wait.
pub trait Witness: Send + Sync {
    /// An object was kept out, or repaired.
    fn saw(&self, witnessed: Witnessed);
}

/// What became of an object. Names only, no value of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.name`, or `generateName` of an object that has no name yet.
    pub name: String,
    /// `metadata.uid`, of an object that is stored.
    pub uid: Option<String>,
    /// What was done.
    pub outcome: Outcome,
    /// The rules, each once: `MY001, MY030`.
    pub rules: String,
}

/// What was done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was kept out.
    Refused,
    /// It was changed, and passed.
    Repaired,
}

impl Witnessed {
    /// What there is to tell of a judgement; none if the object passed as it was, if nothing is stored, or if nobody
    /// knows the object's name.
    pub(super) fn of(request: &Request, evaluation: &Evaluation) -> Option<Self> {
        let is_repair = |judged: &&Judged| judged.fixed;
        let (outcome, rules) = match evaluation.is_allowed() {
            _ if request.dry_run => return None,
            false => (Outcome::Refused, names(evaluation.findings.iter().filter(|judged| judged.denies()), evaluation)),
            true if request.phase == Phase::Mutate => {
                (Outcome::Repaired, names(evaluation.findings.iter().filter(is_repair), evaluation))
            }
            true => return None,
        };
        let metadata = |field: &str| request.object["metadata"][field].as_str().map(str::to_owned);
        let name = request.name.clone().or_else(|| metadata("generateName"))?;
        (!rules.is_empty()).then(|| Self {
            api_version: request.api_version().to_owned(),
            kind: request.kind().to_owned(),
            namespace: request.namespace.clone(),
            name,
            uid: request.old_object.as_ref().and_then(|old| old["metadata"]["uid"].as_str()).map(str::to_owned),
            outcome,
            rules,
        })
    }
}

/// The rules, each once; of a refusal also the policies that failed.
fn names<'a>(found: impl Iterator<Item = &'a Judged>, evaluation: &'a Evaluation) -> String {
    let failed = evaluation.failures.iter().filter(|failure| failure.denies).map(|failure| failure.policy.as_str());
    let mut names: Vec<&str> = found.map(|judged| judged.finding.rule.as_str()).chain(failed).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}
