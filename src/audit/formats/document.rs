//! The report as data for programs: what its JSON and its YAML hold.

use serde::Serialize;

use super::text::help;
use crate::audit::baseline::Known;
use crate::audit::problem::InputProblem;
use crate::audit::report::{
    AuditReport, FailureReport, FindingReport, ObjectReport, Origin, Region, Since, Suppression,
};
use crate::engine::{Decision, LeftAlone};
use crate::finding::Severity;

/// The whole report.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    objects: Vec<Object<'a>>,
    errors: Vec<Error<'a>>,
    /// What the baseline knows and was not found again.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stale: &'a [Known],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: Option<&'a str>,
    source: &'a Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    rendered_by: Option<&'a str>,
    /// Why it was not judged although it has to do with MySQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_alone: Option<LeftAlone>,
    decision: Decision,
    findings: Vec<Finding<'a>>,
    failures: Vec<Failure<'a>>,
    patch: &'a json_patch::Patch,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    policy: &'a str,
    rule: &'a str,
    severity: Severity,
    at: &'a str,
    message: &'a str,
    help: Option<String>,
    fixed: bool,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    /// Why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<SuppressedBy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'a str>,
    /// Said only of what is known no better than that.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    or_earlier: bool,
}

#[derive(Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
enum SuppressedBy<'a> {
    Exception { reason: &'a str },
    Baseline,
    Before,
}

impl<'a> From<&'a Suppression> for SuppressedBy<'a> {
    fn from(suppression: &'a Suppression) -> Self {
        match suppression {
            Suppression::Exception { reason } => Self::Exception { reason },
            Suppression::Baseline => Self::Baseline,
            Suppression::Before => Self::Before,
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    policy: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Error<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    line: Option<usize>,
    message: String,
}

impl<'a> From<&'a AuditReport> for Report<'a> {
    fn from(report: &'a AuditReport) -> Self {
        Self {
            objects: report.objects.iter().map(Object::from).collect(),
            errors: report.problems.iter().map(Error::from).collect(),
            stale: &report.stale,
        }
    }
}

impl<'a> From<&'a ObjectReport> for Object<'a> {
    fn from(object: &'a ObjectReport) -> Self {
        Self {
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: object.namespace.as_deref(),
            name: object.name.as_deref(),
            source: &object.source,
            rendered_by: object.rendered_by,
            left_alone: object.left_alone,
            decision: object.decision,
            findings: object.findings.iter().map(Finding::from).collect(),
            failures: object.failures.iter().map(Failure::from).collect(),
            patch: &object.patch,
        }
    }
}

impl<'a> From<&'a FindingReport> for Finding<'a> {
    fn from(finding: &'a FindingReport) -> Self {
        Self {
            policy: &finding.policy,
            rule: &finding.rule,
            severity: finding.severity,
            at: &finding.at,
            message: &finding.message,
            help: help(finding),
            fixed: finding.is_repaired(),
            fingerprint: &finding.fingerprint,
            region: finding.region,
            suppression: finding.suppression.as_ref().map(SuppressedBy::from),
            since: finding.since.as_ref().map(|since| since.time.as_str()),
            or_earlier: finding.since.as_ref().is_some_and(|since: &Since| since.or_earlier),
        }
    }
}

impl<'a> From<&'a FailureReport> for Failure<'a> {
    fn from(failure: &'a FailureReport) -> Self {
        Self { policy: &failure.policy, message: &failure.message }
    }
}

impl<'a> From<&'a InputProblem> for Error<'a> {
    fn from(problem: &'a InputProblem) -> Self {
        let name = problem.file.as_str();
        let (file, object) = if problem.in_cluster { (None, Some(name)) } else { (Some(name), None) };
        Self { file, object, line: problem.line, message: problem.message() }
    }
}
