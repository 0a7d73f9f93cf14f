//! Findings that are known already: a file of them, and those of an earlier state of the files.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::report::{AuditReport, FindingReport, ObjectReport, Suppression};

/// The form of the file that this program writes and reads.
const VERSION: u32 = 1;

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is no JSON of a baseline.
    #[error("it is not a baseline: {0}")]
    Malformed(String),
    /// Another version of tidegate wrote it.
    #[error(
        "it is a baseline of version {0}, and this tidegate reads version {VERSION}: write it anew with --write-baseline"
    )]
    Version(u64),
}

/// Findings that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

/// One of them, or several that nothing tells apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The object, for people.
    pub object: String,
    /// The rule.
    pub rule: String,
    /// The place, for people.
    pub place: String,
    /// What findings are known by.
    pub fingerprint: String,
    /// How often: in copies of the object, in several files.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: usize,
}

fn once() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_once(times: &usize) -> bool {
    *times == 1
}

impl Baseline {
    /// All findings of a report that count, and those that were known already.
    pub fn of(report: &AuditReport) -> Self {
        let mut known: BTreeMap<&str, Known> = BTreeMap::new();
        for (object, finding) in findings(report) {
            if !matches!(finding.suppression, None | Some(Suppression::Baseline)) {
                continue;
            }
            let times = known.get(finding.fingerprint.as_str()).map_or(0, |known| known.times) + 1;
            let known_now = Known {
                object: object.title.clone(),
                rule: finding.rule.clone(),
                place: finding.place.clone(),
                fingerprint: finding.fingerprint.clone(),
                times,
            };
            known.insert(&finding.fingerprint, known_now);
        }
        let mut findings: Vec<Known> = known.into_values().collect();
        // By object: a changed object is one place in a diff.
        findings.sort();
        Self { version: VERSION, findings }
    }

    /// How many findings it knows.
    pub fn count(&self) -> usize {
        self.findings.iter().map(|known| known.times).sum()
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// [`BaselineError`] if it is something else, or of another version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| BaselineError::Malformed(error.to_string()))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version != u64::from(VERSION) => Err(BaselineError::Version(version)),
            _ => serde_json::from_value(value).map_err(|error| BaselineError::Malformed(error.to_string())),
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never in practice: all of it is text and numbers.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Marks the findings of a report that are known; gives back what is known and was not found again. Unless the
    /// audit is of everything, nobody can say that of objects which it did not read: a hook, for one, audits only the
    /// files that change.
    pub fn apply(&self, report: &mut AuditReport, is_everything: bool) -> Vec<Known> {
        let mut left: BTreeMap<&str, Known> =
            self.findings.iter().map(|known| (known.fingerprint.as_str(), known.clone())).collect();
        suppress(report, &Suppression::Baseline, &mut |fingerprint| match left.get_mut(fingerprint) {
            Some(known) if known.times > 0 => {
                known.times -= 1;
                true
            }
            _ => false,
        });
        let read: BTreeSet<&str> = report.objects.iter().map(|object| object.title.as_str()).collect();
        let is_missed = |known: &Known| known.times > 0 && (is_everything || read.contains(known.object.as_str()));
        let mut stale: Vec<Known> = left.into_values().filter(is_missed).collect();
        stale.sort();
        stale
    }
}

/// Marks the findings of a report that were there before, by a report on how things were then.
pub fn mark_what_was_there_before(report: &mut AuditReport, before: &AuditReport) {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, finding) in findings(before) {
        *times.entry(&finding.fingerprint).or_default() += 1;
    }
    suppress(report, &Suppression::Before, &mut |fingerprint| match times.get_mut(fingerprint) {
        Some(times) if *times > 0 => {
            *times -= 1;
            true
        }
        _ => false,
    });
}

fn findings(report: &AuditReport) -> impl Iterator<Item = (&ObjectReport, &FindingReport)> {
    report.objects.iter().flat_map(|object| object.findings.iter().map(move |finding| (object, finding)))
}

fn suppress(report: &mut AuditReport, why: &Suppression, is_known: &mut dyn FnMut(&str) -> bool) {
    for finding in report.objects.iter_mut().flat_map(|object| &mut object.findings) {
        if finding.suppression.is_none() && is_known(&finding.fingerprint) {
            finding.suppression = Some(why.clone());
        }
    }
}
