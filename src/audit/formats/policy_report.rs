//! What a report in a cluster says of an object: what PolicyReports and OpenReports have in common.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::text::{one_line, place};
use crate::audit::report::{Consequence, FailureReport, FindingReport, ObjectReport, Origin, Suppression};
use crate::finding::Severity;

/// Who says it.
pub const SOURCE: &str = "tidegate";
/// What tools group results by.
const CATEGORY: &str = "MySQL";

/// A group of kinds that reports are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportApi {
    /// `PolicyReport` and `ClusterPolicyReport` of the Policy Working Group: what most tools read.
    PolicyReport,
    /// `Report` and `ClusterReport` of OpenReports, which is to follow them.
    OpenReports,
}

impl ReportApi {
    /// The group and version of its kinds.
    pub fn api_version(self) -> &'static str {
        match self {
            Self::PolicyReport => "wgpolicyk8s.io/v1alpha2",
            Self::OpenReports => "openreports.io/v1alpha1",
        }
    }

    /// The kind for objects of namespaces, or for others.
    pub fn kind(self, is_namespaced: bool) -> &'static str {
        match (self, is_namespaced) {
            (Self::PolicyReport, true) => "PolicyReport",
            (Self::PolicyReport, false) => "ClusterPolicyReport",
            (Self::OpenReports, true) => "Report",
            (Self::OpenReports, false) => "ClusterReport",
        }
    }
}

/// The object that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectReference {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.namespace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `metadata.name`; a manifest with `generateName` has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `metadata.uid`; what is not stored has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// How many results there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Nothing was found.
    pub pass: usize,
    /// What the gate repairs or refuses.
    pub fail: usize,
    /// What the gate admits.
    pub warn: usize,
    /// What could not be judged.
    pub error: usize,
    /// What does not count.
    pub skip: usize,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportResult {
    /// Who says it.
    pub source: String,
    /// The policy.
    pub policy: String,
    /// The rule; none if it is about the policy as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What tools group results by.
    pub category: String,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What it came to.
    pub result: Verdict,
    /// Whether it is among what an object is measured by: what is only warned of is not.
    #[serde(default)]
    pub scored: bool,
    /// When it was found, if whoever writes the report says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// What is wrong.
    pub message: String,
    /// What else is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
}

/// A time, as protocol buffers have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Since 1970, UTC.
    pub seconds: i64,
    /// Of the second.
    pub nanos: i32,
}

/// What a policy came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It found nothing.
    Pass,
    /// It found what the gate repairs or refuses.
    Fail,
    /// It found what the gate admits.
    Warn,
    /// It could not judge.
    Error,
    /// It found what the object's author excepts, or what is known.
    Skip,
}

impl Verdict {
    fn of(finding: &FindingReport) -> Self {
        match (&finding.suppression, finding.consequence) {
            (Some(_), _) => Self::Skip,
            (None, Consequence::Repair | Consequence::Refuse) => Self::Fail,
            (None, Consequence::Warn | Consequence::Record | Consequence::Keep) => Self::Warn,
        }
    }
}

impl ReportResult {
    /// What is said of a policy as a whole.
    pub fn of_policy(policy: &str, result: Verdict, message: &str) -> Self {
        Self {
            source: SOURCE.to_owned(),
            policy: policy.to_owned(),
            rule: None,
            category: CATEGORY.to_owned(),
            severity: None,
            result,
            scored: result != Verdict::Warn,
            timestamp: None,
            // kubectl and others show it in terminals.
            message: one_line(message).into_owned(),
            properties: BTreeMap::new(),
        }
    }

    fn of_failure(failure: &FailureReport) -> Self {
        Self::of_policy(&failure.policy, Verdict::Error, &failure.message)
    }

    fn of_finding(finding: &FindingReport, object: &ObjectReport) -> Self {
        let mut properties = BTreeMap::new();
        let mut tell = |name: &str, value: String| properties.insert(name.to_owned(), one_line(&value).into_owned());
        match (&object.source, object.rendered_by) {
            (Origin::File(line), None) => {
                tell("file", line.file.clone());
                tell("line", finding.region.map_or(line.line, |region| region.line).to_string());
            }
            (Origin::File(line), Some(command)) => {
                tell("file", line.file.clone());
                tell("renderedBy", command.to_owned());
            }
            (Origin::Cluster(stored), _) => {
                stored.within.iter().for_each(|within| _ = tell("within", within.clone()));
            }
        }
        tell("fingerprint", finding.fingerprint.clone());
        tell("place", place(finding));
        if finding.is_repaired() {
            tell("fixable", "true".to_owned());
        }
        let suppressed = finding.suppression.as_ref().map(|suppression| match suppression {
            Suppression::Exception { reason } => ("exception", reason.clone()),
            Suppression::Baseline => ("baseline", "known already".to_owned()),
            Suppression::Before => ("before", "there before".to_owned()),
        });
        let told = [
            finding.help.clone().map(|help| ("help", help)),
            finding.obstacle.clone().map(|obstacle| ("obstacle", obstacle)),
            finding.since.as_ref().map(|since| ("since", since.to_string())),
            finding.exception_refused.clone().map(|refused| ("exceptionRefused", refused)),
            suppressed,
        ];
        for (name, value) in told.into_iter().flatten() {
            tell(name, value);
        }
        Self {
            rule: Some(finding.rule.clone()),
            severity: Some(finding.severity),
            properties,
            ..Self::of_policy(&finding.policy, Verdict::of(finding), &finding.message)
        }
    }
}

/// What is to be said of an object: its findings, also those that do not count, what failed, and which policies were
/// asked and found nothing. Without times.
pub fn results(object: &ObjectReport) -> Vec<ReportResult> {
    let findings = object.findings.iter().map(|finding| ReportResult::of_finding(finding, object));
    let failures = object.failures.iter().map(ReportResult::of_failure);
    let passed = object.asked.iter().map(|policy| ReportResult::of_policy(policy, Verdict::Pass, "nothing found"));
    settled(findings.chain(failures).chain(passed).collect())
}

/// Results without those that say of a policy that it found nothing, where it found something or says so already.
pub(super) fn settled(mut results: Vec<ReportResult>) -> Vec<ReportResult> {
    let passes = |result: &ReportResult| result.result == Verdict::Pass;
    let said = results.iter().filter(|result| !passes(result)).map(|result| result.policy.clone());
    let mut said: BTreeSet<String> = said.collect();
    results.retain(|result| !passes(result) || said.insert(result.policy.clone()));
    results
}

/// How many results there are of each kind.
pub fn summary(results: &[ReportResult]) -> Summary {
    let count = |verdict| results.iter().filter(|result| result.result == verdict).count();
    Summary {
        pass: count(Verdict::Pass),
        fail: count(Verdict::Fail),
        warn: count(Verdict::Warn),
        error: count(Verdict::Error),
        skip: count(Verdict::Skip),
    }
}
