//! The outcome of a review, as plain data.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::draft::{Draft, EditError};
use super::effect::{SecretEntry, WorkloadSecret};
use super::exceptions::Exception;
use super::last_applied;
use super::left_alone::LeftAlone;
use crate::finding::{Finding, Severity};
use crate::policy::{Action, ReviewError};

/// Whether the object may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It may pass, as repaired.
    Allow,
    /// It may not.
    Deny,
}

/// A finding, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The name of the policy document that it comes from.
    pub policy: String,
    /// What that document says should be done with its findings.
    pub action: Action,
    /// What the policy found.
    pub finding: Finding,
    /// True if its repair is part of the patch.
    pub fixed: bool,
    /// Why a repair that the policy offers could not be made; a sentence for the author.
    pub obstacle: Option<String>,
    /// True if it is about something that the API server would refuse, and quote, if the gate let it pass.
    pub cannot_be_stored: bool,
    /// True if the stored object of an update has the same finding, which cannot be repaired there
    /// either: what was wrong before may stay, and its author is told. Only looked for where it
    /// would keep the object out.
    pub stood_before: bool,
    /// What the author's exception comes to, if there is one for the rule.
    pub exception: Option<Exception>,
    /// Which steps of the patch are its repair.
    pub steps: Range<usize>,
}

impl Judged {
    /// A finding of which nothing has become yet.
    pub(super) fn new(policy: &str, action: Action, finding: Finding) -> Self {
        Self {
            policy: policy.to_owned(),
            action,
            finding,
            fixed: false,
            obstacle: None,
            cannot_be_stored: false,
            stood_before: false,
            exception: None,
            steps: 0..0,
        }
    }

    /// Whether this finding alone keeps the object out.
    pub fn denies(&self) -> bool {
        let is_severe = match self.action {
            Action::Deny => true,
            Action::Fix => self.finding.severity >= Severity::High,
            Action::Warn | Action::Audit => false,
        };
        !self.fixed && !self.is_excepted() && (self.cannot_be_stored || (is_severe && !self.stood_before))
    }

    /// Whether its author excepts the object from the rule, and may.
    pub fn is_excepted(&self) -> bool {
        matches!(self.exception, Some(Exception::Granted { .. }))
    }

    /// Whether the author should be told although the object passes. What is only worth knowing is
    /// for audits, unless the policy's document wants every finding told.
    pub fn warns(&self) -> bool {
        let worth_telling = self.finding.severity > Severity::Info || self.action == Action::Warn;
        !self.fixed && !self.denies() && !self.is_excepted() && self.action != Action::Audit && worth_telling
    }
}

/// A policy that could not judge.
#[derive(Debug, Clone)]
pub struct PolicyFailure {
    /// The name of the policy document.
    pub policy: String,
    /// What happened.
    pub error: ReviewError,
    /// True if its document says that the object must then stay out.
    pub denies: bool,
}

/// What policies on probation say of an object. None of it has a consequence.
#[derive(Debug, Clone, Default)]
pub struct Shadow {
    /// What they found.
    pub findings: Vec<Judged>,
    /// Those that could not judge.
    pub failures: Vec<PolicyFailure>,
}

/// All that a review came to.
///
/// It is not `Debug`: the repaired object may still hold values that no policy moved.
#[derive(Clone)]
pub struct Evaluation {
    /// Why nothing was judged, if nothing was.
    pub left_alone: Option<LeftAlone>,
    /// The policies that apply to the object and were asked, in their order.
    pub asked: Vec<String>,
    /// Whether the object may pass.
    pub decision: Decision,
    /// What was found, in the order of the policies.
    pub findings: Vec<Judged>,
    /// Policies that could not judge.
    pub failures: Vec<PolicyFailure>,
    /// What policies on probation would do.
    pub shadow: Shadow,
    /// The smallest steps from the object that arrived to the repaired one. No step holds a
    /// credential of the object, nor a `test` operation.
    pub patch: json_patch::Patch,
    /// The repaired object.
    pub object: Value,
    /// What must be in the workload's Secret before the object may pass; none if nothing was moved.
    pub secret: Option<WorkloadSecret>,
}

impl Evaluation {
    /// The evaluation of an object that is not judged.
    pub fn untouched(object: Value, why: LeftAlone) -> Self {
        Self {
            left_alone: Some(why),
            asked: Vec::new(),
            decision: Decision::Allow,
            findings: Vec::new(),
            failures: Vec::new(),
            shadow: Shadow::default(),
            patch: json_patch::Patch(Vec::new()),
            object,
            secret: None,
        }
    }

    /// Whether the object passes.
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allow
    }

    /// What was moved into the workload's Secret.
    pub fn moved(&self) -> &[SecretEntry] {
        self.secret.as_ref().map_or(&[], |secret| &secret.entries)
    }

    /// Lets variables refer to other keys of the workload's Secret: from each entry's key to the one
    /// that has its value.
    ///
    /// # Errors
    /// [`EditError`] if the object has no such place: it does not fit its kind.
    pub fn use_keys(&mut self, secret: &WorkloadSecret, keys: &BTreeMap<String, String>) -> Result<(), EditError> {
        let mut draft = Draft::new(&self.object);
        for entry in &secret.entries {
            let Some(key) = keys.get(&entry.key) else { continue };
            let reference = format!("{}/valueFrom/secretKeyRef", entry.at);
            let present = serde_json::json!({ "name": secret.name, "key": entry.key });
            if draft.object().pointer(&reference) != Some(&present) {
                return Err(EditError::NoSuchPlace(reference));
            }
            draft.set(&format!("{reference}/key"), Value::String(key.clone()))?;
        }
        last_applied::rewrite(&mut draft)?;
        let (object, patch) = draft.finish();
        self.object = object;
        self.patch.0.extend(patch.0);
        Ok(())
    }
}
