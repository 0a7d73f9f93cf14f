//! What an audit came to, as plain data. No part of it holds a credential.

use std::fmt;

use super::baseline::Known;
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
    /// The rules that were judged by, in the order of the policies.
    pub rules: Vec<RuleReport>,
    /// What the baseline knows and was not found again.
    pub stale: Vec<Known>,
}

/// A rule that was judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReport {
    /// The policy document that it belongs to.
    pub policy: String,
    /// The rule's id.
    pub id: String,
    /// One line: what is wrong when it fires.
    pub title: String,
    /// The severity of its findings, unless they say less.
    pub severity: Severity,
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
    /// What rendered it, for instance `helm template`, if it does not stand in the file as it is.
    pub rendered_by: Option<&'static str>,
    /// The policies that were asked about it.
    pub asked: Vec<String>,
    /// Whether it may pass.
    pub decision: Decision,
    /// What was found, also what does not count.
    pub findings: Vec<FindingReport>,
    /// Policies that could not judge.
    pub failures: Vec<FailureReport>,
    /// What the gate would change.
    pub patch: json_patch::Patch,
    /// The object's text, if whoever asked for the audit wants to show it.
    pub manifest: Option<ManifestReport>,
}

/// The text of an object, credentials withheld, before and after its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestReport {
    /// The line of the file on which `before` begins, from 1; 1 in a cluster.
    pub first_line: usize,
    /// As it is.
    pub before: String,
    /// As the gate would have it; the same if nothing is repaired.
    pub after: String,
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
    /// The place in the file, if it stands in one.
    pub region: Option<Region>,
    /// The place with names where `at` has numbers: it stays the same when items before it come and go.
    pub place: String,
    /// What tells this finding from others: the same as long as rule, object and place stay the same, whatever the
    /// file is called and whatever stands around it. 16 hexadecimal digits.
    pub fingerprint: String,
    /// How its repair changes the text of the file, if whoever asked wants that. None if nothing is repaired, or if
    /// the repair moves a password, which text alone cannot do.
    pub fix: Option<Vec<Replacement>>,
    /// Why it does not count.
    pub suppression: Option<Suppression>,
    /// Why an exception that its author wants is not granted.
    pub exception_refused: Option<String>,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The first line, from 1.
    pub line: usize,
    /// The first column, from 1, in characters.
    pub column: usize,
    /// The last line, from 1.
    pub end_line: usize,
    /// The column behind the last character, from 1.
    pub end_column: usize,
}

/// A piece of a file's text, and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What is taken away; empty if something is only added.
    pub region: Region,
    /// What is put there.
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppression {
    /// The author of the object excepts it from the rule.
    Exception {
        /// Why, in the author's words.
        reason: String,
    },
    /// It is known already, by a baseline.
    Baseline,
    /// It was there before what is to be looked at.
    Before,
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
        self.outcome_from(Severity::Info)
    }

    /// What it comes to in a word, if only findings count that are at least so bad.
    pub fn outcome_from(&self, least: Severity) -> Outcome {
        if !self.problems.is_empty() {
            Outcome::Unusable
        } else if self.objects.iter().any(|object| object.fails_from(least)) {
            Outcome::Found
        } else {
            Outcome::Clean
        }
    }
}

impl ObjectReport {
    /// The findings that count: neither excepted nor known already.
    pub fn findings(&self) -> impl Iterator<Item = &FindingReport> {
        self.findings.iter().filter(|finding| finding.suppression.is_none())
    }

    /// Whether the gate would repair something.
    pub fn is_repaired(&self) -> bool {
        self.findings().any(FindingReport::is_repaired)
    }

    /// Whether it is a copy that keeps passwords, which the gate never gets to judge.
    pub fn is_kept(&self) -> bool {
        self.findings().any(|finding| finding.consequence == Consequence::Keep)
    }

    /// Whether a policy failed, or found something that is at least so bad.
    fn fails_from(&self, least: Severity) -> bool {
        !self.failures.is_empty() || self.findings().any(|finding| finding.severity >= least)
    }

    /// Whether there is anything to say of it.
    pub fn is_found_fault_with(&self) -> bool {
        self.findings().next().is_some() || !self.failures.is_empty()
    }
}

impl FindingReport {
    /// Whether the gate would repair it.
    pub fn is_repaired(&self) -> bool {
        self.consequence == Consequence::Repair
    }
}
