//! The policies in force, in the order in which they judge.

use std::sync::Arc;
use std::time::Duration;

use super::matching::Matcher;
use super::module::{Concern, Module};
use super::spec::{Action, FailurePolicy, OnError, Rollout};
use crate::finding::Severity;
use crate::lookup::Lookup;
use crate::request::Request;

/// A policy document joined with its code, checked and ready.
#[derive(Clone)]
pub struct InstalledPolicy {
    /// The document's name.
    pub name: String,
    /// What is done with its findings.
    pub action: Action,
    /// What happens if it fails.
    pub on_error: OnError,
    /// Up to which severity authors may except their objects; none: never.
    pub exceptions: Option<Severity>,
    /// Which objects it judges.
    pub matcher: Matcher,
    /// Its settings, as JSON text.
    pub settings: String,
    /// How long one review may take.
    pub timeout: Duration,
    /// What becomes of objects while no gate answers, where they have nothing to do with MySQL.
    pub failure_policy: FailurePolicy,
    /// Where it acts yet; none: everywhere.
    pub rollout: Option<Rollout>,
    /// `sha256:…` of its component.
    pub digest: String,
    /// Its code.
    pub module: Arc<dyn Module>,
}

impl InstalledPolicy {
    /// Whether it judges this object: its code does objects of this kind, and its document wants it to.
    pub fn judges(&self, request: &Request, lookup: &dyn Lookup) -> bool {
        self.judges_kind(request.api_version(), request.kind()) && self.matcher.matches(request, lookup)
    }

    /// Whether its code does objects of a kind, and its document wants it to. Code that would do any kind does none
    /// that its document does not name.
    pub fn judges_kind(&self, api_version: &str, kind: &str) -> bool {
        self.module
            .description()
            .kinds
            .iter()
            .any(|judged| judged.holds(api_version, kind) && (judged.kind != "*" || self.matcher.names_kinds()))
            && self.matcher.wants_kind(api_version, kind)
    }

    /// Whether it judges also objects that have nothing to do with MySQL.
    pub fn is_general(&self) -> bool {
        self.module.description().concern == Concern::Everything
    }
}

/// The policies in force. They judge in the order of their names, so that the outcome does not
/// depend on the order of files or flags.
#[derive(Default)]
pub struct PolicySet {
    policies: Vec<InstalledPolicy>,
}

impl PolicySet {
    /// Makes a set; its order is that of the names.
    pub fn new(mut policies: Vec<InstalledPolicy>) -> Self {
        policies.sort_by(|left, right| left.name.cmp(&right.name));
        Self { policies }
    }

    /// The policies in order.
    pub fn iter(&self) -> impl Iterator<Item = &InstalledPolicy> {
        self.policies.iter()
    }

    /// The policies of one name, without the others.
    pub fn only(&self, name: &str) -> Self {
        Self { policies: self.policies.iter().filter(|policy| policy.name == name).cloned().collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }
}
