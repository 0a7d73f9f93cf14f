//! The policies in force, in the order in which they judge.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::exception::PolicyException;
use super::matching::Matcher;
use super::module::{Concern, Module};
use super::rollout::Presence;
use super::spec::{Action, FailurePolicy, OnError, Rollout};
use crate::finding::Severity;
use crate::lookup::{Lookup, ResourceType};
use crate::request::Request;
use crate::resources::{Resource, Resources};
use crate::workload::may_concern_mysql;

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
    /// Where exactly its code was found, if that says more than its document: a tag's digest in its registry.
    pub resolved: Option<String>,
    /// Whether its code is part of this program.
    pub is_builtin: bool,
    /// Its code.
    pub module: Arc<dyn Module>,
}

impl InstalledPolicy {
    /// Whether it judges this object: its code does objects of this kind, and its document wants it to.
    pub fn judges(&self, request: &Request, lookup: &dyn Lookup) -> bool {
        self.judges_kind(request.api_version(), request.kind()) && self.matcher.matches(request, lookup)
    }

    /// Whether it judges this object wherever labels agree ([`Matcher::selects`]).
    pub fn reaches(&self, request: &Request) -> bool {
        self.judges_kind(request.api_version(), request.kind()) && self.matcher.reaches(request)
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

    /// What it does in a namespace.
    pub fn presence(&self, namespace: Option<&str>) -> Presence {
        self.rollout.map_or(Presence::Acts, |rollout| rollout.presence(&self.name, namespace.unwrap_or_default()))
    }

    /// Those of a cluster's resources that it judges, as far as they are sent to the gate.
    pub fn asked_of<'a>(&self, resources: &'a Resources) -> Vec<&'a Resource> {
        let is_asked =
            |resource: &&Resource| resource.is_sent() && self.judges_kind(&resource.api_version(), &resource.kind);
        resources.iter().filter(is_asked).collect()
    }

    /// Whether it judges also objects that have nothing to do with MySQL.
    pub fn is_general(&self) -> bool {
        self.module.description().concern == Concern::Everything
    }
}

/// The policies in force. They judge in the order of their names, so that the outcome does not
/// depend on the order of files or flags.
#[derive(Clone, Default)]
pub struct PolicySet {
    policies: Vec<InstalledPolicy>,
    exceptions: Vec<InstalledException>,
}

/// An exception in force, or one that has ended.
#[derive(Debug, Clone)]
pub struct InstalledException {
    /// What it says.
    pub exception: Arc<PolicyException>,
    /// True if it does not hold any more.
    pub has_ended: bool,
}

impl PolicySet {
    /// Makes a set; its order is that of the names.
    pub fn new(mut policies: Vec<InstalledPolicy>) -> Self {
        policies.sort_by(|left, right| left.name.cmp(&right.name));
        Self { policies, exceptions: Vec::new() }
    }

    /// The same policies with these exceptions, as they stand at a time. Where two are about the same, the one that
    /// ends last counts.
    pub fn with_exceptions(
        mut self,
        exceptions: impl IntoIterator<Item = impl Into<Arc<PolicyException>>>,
        now: Timestamp,
    ) -> Self {
        let mut exceptions: Vec<_> = exceptions
            .into_iter()
            .map(Into::into)
            .map(|exception: Arc<PolicyException>| InstalledException {
                has_ended: exception.has_ended(now),
                exception,
            })
            .collect();
        exceptions.sort_by(|left, right| {
            let (left, right) = (&left.exception, &right.exception);
            right.expires.cmp(&left.expires).then_with(|| left.name.cmp(&right.name))
        });
        self.exceptions = exceptions;
        self
    }

    /// The exceptions, those that end last first.
    pub fn exceptions(&self) -> &[InstalledException] {
        &self.exceptions
    }

    /// When the next exception ends that holds yet.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.exceptions.iter().filter(|one| !one.has_ended).map(|one| one.exception.expires).min()
    }

    /// Whether an exception that holds yet has ended by this time.
    pub fn is_outdated(&self, now: Timestamp) -> bool {
        self.exceptions.iter().any(|one| !one.has_ended && one.exception.has_ended(now))
    }

    /// The same set, as it stands at a time.
    pub fn at(&self, now: Timestamp) -> Self {
        let mut set = self.clone();
        for one in &mut set.exceptions {
            one.has_ended = one.exception.has_ended(now);
        }
        set
    }

    /// Whether a policy in force may have something to say of an object: it has to do with MySQL, or a policy judges
    /// everything of its kind.
    pub fn may_judge(&self, object: &Value) -> bool {
        may_concern_mysql(object) || self.judges_whatever(object)
    }

    /// Whether a policy judges everything of this object's kind.
    pub fn judges_whatever(&self, object: &Value) -> bool {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        self.policies.iter().any(|policy| policy.is_general() && policy.judges_kind(api_version, kind))
    }

    /// Whether a policy judges also objects that have nothing to do with MySQL.
    pub fn has_general(&self) -> bool {
        self.policies.iter().any(InstalledPolicy::is_general)
    }

    /// The types of objects that policies judge whatever they have to do with, of those that a cluster has.
    pub fn general_types(&self, resources: &Resources) -> BTreeSet<ResourceType> {
        let general = self.policies.iter().filter(|policy| policy.is_general());
        general
            .flat_map(|policy| policy.asked_of(resources))
            .map(|resource| ResourceType::new(resource.api_version(), resource.kind.as_str()))
            .collect()
    }

    /// The policies in order.
    pub fn iter(&self) -> impl Iterator<Item = &InstalledPolicy> {
        self.policies.iter()
    }

    /// The policies of one name, without the others.
    pub fn only(&self, name: &str) -> Self {
        let policies = self.policies.iter().filter(|policy| policy.name == name).cloned().collect();
        Self { policies, exceptions: self.exceptions.clone() }
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
