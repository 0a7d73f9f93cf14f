//! What a report says of an object. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::{Consequence, FindingReport, ObjectReport, Suppression};
use crate::finding::Severity;

/// Whose reports these are: their label, and the source of their results.
pub(super) const SOURCE: &str = "tidegate";
/// What tools group results by.
const CATEGORY: &str = "MySQL";

/// The object that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subject {
    pub(super) api_version: String,
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) uid: String,
}

/// What a report says, but for the times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Content {
    pub(super) scope: Subject,
    pub(super) summary: Summary,
    pub(super) results: Vec<Entry>,
}

/// How many results there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    pass: u32,
    fail: u32,
    warn: u32,
    error: u32,
    skip: u32,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Entry {
    source: String,
    policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    category: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    result: Verdict,
    message: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<String, String>,
}

/// What a policy came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// It found nothing.
    Pass,
    /// It found what the gate repairs or refuses.
    Fail,
    /// It found what the gate admits.
    Warn,
    /// It could not judge.
    Error,
    /// It found what the object's author excepts.
    Skip,
}

impl Subject {
    /// The object of a report; none if it lacks what every stored object has.
    pub(super) fn of(object: &Value) -> Option<Self> {
        let text = |at: &str| object.pointer(at).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            api_version: text("/apiVersion")?,
            kind: text("/kind")?,
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name")?,
            uid: text("/metadata/uid")?,
        })
    }

    /// The name of its report. By the uid, as other tools do it, so that an object of the same name that is made later
    /// has a report of its own; and with a word before it, because theirs are of the same kind.
    pub(super) fn report_name(&self) -> String {
        format!("{SOURCE}-{}", self.uid)
    }
}

impl Content {
    /// What is to be said of an object; nothing, if no policy judges such objects.
    pub(super) fn of(scope: Subject, report: &ObjectReport) -> Option<Self> {
        if report.asked.is_empty() {
            return None;
        }
        let found: BTreeSet<&str> = report.findings.iter().map(|finding| finding.policy.as_str()).collect();
        let failed: BTreeSet<&str> = report.failures.iter().map(|failure| failure.policy.as_str()).collect();
        let passed = report.asked.iter().filter(|policy| {
            let policy = policy.as_str();
            !found.contains(policy) && !failed.contains(policy)
        });
        let results: Vec<Entry> = report
            .findings
            .iter()
            .map(entry)
            .chain(report.failures.iter().map(|failure| of_policy(&failure.policy, Verdict::Error, &failure.message)))
            .chain(passed.map(|policy| of_policy(policy, Verdict::Pass, "nothing found")))
            .collect();
        let mut summary = Summary::default();
        for entry in &results {
            *summary.count(entry.result) += 1;
        }
        Some(Self { scope, summary, results })
    }
}

impl Summary {
    fn count(&mut self, verdict: Verdict) -> &mut u32 {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Warn => &mut self.warn,
            Verdict::Error => &mut self.error,
            Verdict::Skip => &mut self.skip,
        }
    }
}

fn of_policy(policy: &str, result: Verdict, message: &str) -> Entry {
    Entry {
        source: SOURCE.to_owned(),
        policy: policy.to_owned(),
        rule: None,
        category: CATEGORY.to_owned(),
        severity: None,
        result,
        message: message.to_owned(),
        properties: BTreeMap::new(),
    }
}

fn entry(finding: &FindingReport) -> Entry {
    let mut properties = BTreeMap::new();
    let mut tell = |name: &str, value: &str| properties.insert(name.to_owned(), value.to_owned());
    tell("fingerprint", &finding.fingerprint);
    tell("place", &finding.place);
    if let Some(help) = &finding.help {
        tell("help", help);
    }
    if let Some(obstacle) = &finding.obstacle {
        tell("obstacle", obstacle);
    }
    if let Some(Suppression::Exception { reason }) = &finding.suppression {
        tell("exception", reason);
    }
    if let Some(refused) = &finding.exception_refused {
        tell("exceptionRefused", refused);
    }
    let result = match (&finding.suppression, finding.consequence) {
        (Some(_), _) => Verdict::Skip,
        (None, Consequence::Repair | Consequence::Refuse) => Verdict::Fail,
        (None, Consequence::Warn | Consequence::Record | Consequence::Keep) => Verdict::Warn,
    };
    Entry {
        rule: Some(finding.rule.clone()),
        severity: Some(finding.severity),
        properties,
        ..of_policy(&finding.policy, result, &finding.message)
    }
}
