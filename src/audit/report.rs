//! What an audit came to, as plain data. No part of it holds a credential.

use std::fmt;

use super::problem::InputProblem;
use super::snippet::Snippet;
use crate::engine::{Decision, Judged};
use crate::finding::Severity;

/// What an audit came to.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// The objects in their order, also those without findings.
    pub objects: Vec<ObjectReport>,
    /// What could not be judged.
    pub problems: Vec<InputProblem>,
    /// What was looked through.
    pub scope: Scope,
}

/// What an audit looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// So many files.
    Files(usize),
    /// So many objects of a cluster. Those that have nothing to do with MySQL are not reported one by one.
    Cluster(usize),
}

impl Default for Scope {
    fn default() -> Self {
        Self::Files(0)
    }
}

/// What the gate would say of one object.
#[derive(Debug, Clone)]
pub struct ObjectReport {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: Option<String>,
    /// What people call it: `Deployment "mysql" in namespace "shop"`.
    pub title: String,
    /// Where it was found.
    pub source: Origin,
    /// Whether it may pass.
    pub decision: Decision,
    /// What was found.
    pub findings: Vec<FindingReport>,
    /// Policies that could not judge.
    pub failures: Vec<FailureReport>,
    /// What the gate would change.
    pub patch: json_patch::Patch,
}

/// Where an object was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Origin {
    /// In a file: where it begins.
    File(SourceLine),
    /// In a cluster.
    Cluster(Stored),
}

/// Something that a cluster stores.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stored {
    /// The object: `Deployment shop/mysql`.
    pub object: String,
    /// What of it, if it keeps the manifest of another object: `revision 3 of StatefulSet mysql`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SourceLine {
    /// The file as it was named, or `<stdin>`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A finding.
#[derive(Debug, Clone)]
pub struct FindingReport {
    /// The policy document that it comes from.
    pub policy: String,
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// RFC 6901 pointer into the object.
    pub at: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What the gate would do about it.
    pub consequence: Consequence,
    /// Why the repair that the policy offers could not be made.
    pub obstacle: Option<String>,
    /// Since when it is there, if that was asked for and is known.
    pub since: Option<Since>,
    /// The line of the manifest, if it stands in a file.
    pub snippet: Option<Snippet>,
}

/// What the gate would do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Repair it.
    Repair,
    /// Refuse the object.
    Refuse,
    /// Admit the object, and warn its author.
    Warn,
    /// Admit the object, and only record it.
    Record,
    /// Nothing: it stands in a copy that no request goes through the gate with.
    Keep,
}

impl Consequence {
    pub(super) fn of(judged: &Judged) -> Self {
        match () {
            () if judged.fixed => Self::Repair,
            () if judged.denies() => Self::Refuse,
            () if judged.warns() => Self::Warn,
            () => Self::Record,
        }
    }
}

/// Since when something is there, as the API server or Helm noted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// RFC 3339.
    pub time: String,
    /// True if this is only when it was last written: it may have been there before.
    pub or_earlier: bool,
}

impl fmt::Display for Since {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earlier = if self.or_earlier { " or earlier" } else { "" };
        write!(out, "{}{earlier}", self.time)
    }
}

/// A policy that could not judge an object.
#[derive(Debug, Clone)]
pub struct FailureReport {
    /// The policy document.
    pub policy: String,
    /// What happened.
    pub message: String,
    /// True if the object would stay out because of it.
    pub denies: bool,
}

/// What an audit comes to in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was judged, and nothing found.
    Clean,
    /// Everything was judged, and something found, or a policy could not judge.
    Found,
    /// Something of the input could not be judged.
    Unusable,
}

impl AuditReport {
    /// What it comes to in a word.
    pub fn outcome(&self) -> Outcome {
        if !self.problems.is_empty() {
            Outcome::Unusable
        } else if self.objects.iter().any(ObjectReport::is_found_fault_with) {
            Outcome::Found
        } else {
            Outcome::Clean
        }
    }
}

impl ObjectReport {
    /// Whether the gate would repair something.
    pub fn is_repaired(&self) -> bool {
        self.findings.iter().any(FindingReport::is_repaired)
    }

    /// Whether it is a copy that keeps passwords, which the gate never gets to judge.
    pub fn is_kept(&self) -> bool {
        self.findings.iter().any(|finding| finding.consequence == Consequence::Keep)
    }

    /// Whether there is anything to say of it.
    pub fn is_found_fault_with(&self) -> bool {
        !self.findings.is_empty() || !self.failures.is_empty()
    }
}

impl FindingReport {
    /// Whether the gate would repair it.
    pub fn is_repaired(&self) -> bool {
        self.consequence == Consequence::Repair
    }
}
