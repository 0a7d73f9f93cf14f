//! What an audit came to, as plain data. No part of it holds a credential.

use std::collections::BTreeMap;

use super::baseline::Known;
use super::problem::InputProblem;
use crate::engine::{Decision, LeftAlone};
use crate::finding::Severity;
use crate::own_rules::{FINDER, OwnRule};

pub use super::found::{Consequence, FindingReport, Region, Replacement, Since, Suppression};

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
    /// What there is to say of rules, by their ids, as Markdown: for forms that hand it on.
    pub rule_texts: BTreeMap<String, String>,
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

impl RuleReport {
    /// A rule that belongs to no policy.
    pub(super) fn of_own(rule: OwnRule) -> Self {
        Self {
            policy: FINDER.to_owned(),
            id: rule.id.to_owned(),
            title: rule.title.to_owned(),
            severity: rule.severity,
        }
    }
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
    /// The policies that were asked about it, if all that they found is told.
    pub asked: Vec<String>,
    /// Why it was not judged although it has to do with MySQL, if it was not.
    pub left_alone: Option<LeftAlone>,
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
    /// Why objects that have to do with MySQL were not judged, and how many.
    pub fn left_alone(&self) -> Vec<(LeftAlone, usize)> {
        let mut counts: Vec<(LeftAlone, usize)> = Vec::new();
        for why in self.objects.iter().filter_map(|object| object.left_alone) {
            match counts.iter_mut().find(|(known, _)| *known == why) {
                Some((_, number)) => *number += 1,
                None => counts.push((why, 1)),
            }
        }
        counts
    }

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
