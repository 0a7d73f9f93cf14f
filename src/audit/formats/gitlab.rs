//! The report as GitLab's Code Quality reads it: <https://docs.gitlab.com/ci/testing/code_quality/>.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::origin::Place;
use super::text::{failure, help, one_line};
use crate::audit::report::AuditReport;
use crate::finding::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let mut issues = Vec::new();
    for problem in &report.problems {
        issues.push(Issue::of_error("input", problem.message(), Place::of_problem(problem)));
    }
    for object in &report.objects {
        for failed in &object.failures {
            let description = format!("{}: {}", object.title, failure(failed));
            issues.push(Issue::of_error(&failed.policy, description, Place::of_object(object)));
        }
        for finding in object.findings() {
            let help = help(finding).map(|help| format!(". {help}")).unwrap_or_default();
            issues.push(Issue {
                description: format!("{}: {}{help}", object.title, finding.message),
                check_name: &finding.rule,
                fingerprint: finding.fingerprint.clone(),
                severity: match finding.severity {
                    Severity::Critical => "blocker",
                    Severity::High => "critical",
                    Severity::Medium => "major",
                    Severity::Low => "minor",
                    Severity::Info => "info",
                },
                location: Place::of_finding(object, finding).into(),
            });
        }
    }
    number_doubles(&mut issues);
    for issue in &mut issues {
        issue.description = one_line(&issue.description).into_owned();
    }
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

/// GitLab shows only the first of several issues with one fingerprint; overlays may have an object several times.
fn number_doubles(issues: &mut [Issue<'_>]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for issue in issues {
        let count = seen.entry(issue.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            issue.fingerprint = format!("{}-{count}", issue.fingerprint);
        }
    }
}

impl<'a> Issue<'a> {
    fn of_error(check_name: &'a str, description: String, place: Place<'_>) -> Self {
        let location = Location::from(place);
        let mut hash = Sha256::new();
        for part in [check_name, &location.path, &description] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        // As long as those of findings.
        let fingerprint = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { description, check_name, fingerprint, severity: "blocker", location }
    }
}

impl From<Place<'_>> for Location {
    fn from(place: Place<'_>) -> Self {
        let (path, line) = match place {
            // GitLab does not find a file by a path that begins with `./`.
            Place::File { file, line, .. } => (file.trim_start_matches("./").to_owned(), line),
            Place::Rendered { folder, .. } => (folder.trim_start_matches("./").to_owned(), None),
            Place::Cluster { .. } => (place.to_string(), None),
        };
        Self { path, lines: Lines { begin: line.unwrap_or(1) } }
    }
}
