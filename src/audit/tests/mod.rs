//! Audits with policies that are made for the tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bad_input;
mod baselines;
mod credentials;
mod finding_files;
mod repaired;
mod reports;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{AuditReport, Detail, Format, ObjectReport, Options, Origin, Progress, SourceLine, Verbosity, audit};
use crate::finding::{Edit, Finding, Severity};
use crate::policy::scripted::{description, scripted};
use crate::policy::{Action, InstalledPolicy, PolicySet, ReviewContext, ReviewError};

/// A folder with files, and what an audit says of it. Paths in reports are those below the folder.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn of(files: &[(&str, &str)]) -> Self {
        let this = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            this.write(name, text.as_bytes());
        }
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Audits paths below the folder; the empty path is the folder.
    fn audit(&self, paths: &[&str]) -> AuditReport {
        self.audit_with(paths, Detail::default())
    }

    fn audit_with(&self, paths: &[&str], detail: Detail) -> AuditReport {
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.path(path)).collect();
        let options = Options { render: true, detail, ..Options::default() };
        let mut report = audit(&paths, &options, &policies(), &Progress::default());
        let folder = self.folder.path();
        for object in &mut report.objects {
            if let Origin::File(line) = &mut object.source {
                line.file = below(folder, &line.file);
            }
        }
        for problem in &mut report.problems {
            problem.file = below(folder, &problem.file);
        }
        report
    }
}

/// Where an object of a file begins.
fn source(object: &ObjectReport) -> &SourceLine {
    match &object.source {
        Origin::File(line) => line,
        Origin::Cluster(stored) => panic!("{} is in no file", stored.object),
    }
}

fn below(folder: &Path, name: &str) -> String {
    let folder = folder.to_str().unwrap();
    name.replace(&format!("{folder}/"), "").replace(folder, ".")
}

fn table(report: &AuditReport) -> String {
    let mut out = Vec::new();
    super::write(report, Format::Table, Verbosity::Ordinary, &mut out).unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

fn json_of(report: &AuditReport) -> Value {
    let mut out = Vec::new();
    super::write(report, Format::Json, Verbosity::Ordinary, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// `file:line:column: message` of each problem.
fn problems(report: &AuditReport) -> Vec<String> {
    let place = |number: Option<usize>| number.map(|number| format!(":{number}")).unwrap_or_default();
    report
        .problems
        .iter()
        .map(|problem| {
            format!("{}{}{}: {}", problem.file, place(problem.line), place(problem.column), problem.message())
        })
        .collect()
}

pub(super) fn policies() -> PolicySet {
    type Judge = fn(&ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError>;
    let policy =
        |name: &str, action, judge: Judge| InstalledPolicy { action, ..scripted(description(name, "T001"), judge) };
    PolicySet::new(vec![
        policy("passwords", Action::Fix, passwords),
        policy("probes", Action::Fix, probes),
        policy("tags", Action::Warn, tags),
        policy("words", Action::Fix, words),
    ])
}

fn finding(rule: &str, severity: Severity, at: String, message: &str, fix: Vec<Edit>) -> Finding {
    Finding { rule: rule.to_owned(), severity, at, message: message.to_owned(), help: None, fix }
}

fn containers<'a>(context: &'a ReviewContext<'_>) -> Vec<(String, &'a Value)> {
    ["/spec/containers", "/spec/template/spec/containers"]
        .iter()
        .filter_map(|at| context.object.pointer(at).and_then(Value::as_array).map(|list| (at, list)))
        .flat_map(|(at, list)| list.iter().enumerate().map(move |(index, one)| (format!("{at}/{index}"), one)))
        .collect()
}

fn passwords(context: &ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> {
    let mut found = Vec::new();
    for (at, container) in containers(context) {
        let variables = container.get("env").and_then(Value::as_array).into_iter().flatten().enumerate();
        for (index, variable) in variables.filter(|(_, variable)| variable.get("value").is_some()) {
            let name = variable["name"].as_str().unwrap_or_default();
            if name.ends_with("PASSWORD") || name == "ODDLY_NAMED" {
                let message = format!("{name} is written in the manifest");
                let variable = format!("{at}/env/{index}");
                let fix = vec![Edit::MoveToSecret(variable.clone())];
                found.push(finding("T001", Severity::High, format!("{variable}/value"), &message, fix));
            }
        }
    }
    Ok(found)
}

fn probes(context: &ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> {
    let unready = containers(context).into_iter().filter(|(_, container)| container.get("readinessProbe").is_none());
    Ok(unready
        .map(|(at, _)| {
            let fix = vec![Edit::Set(format!("{at}/readinessProbe"), json!({ "tcpSocket": { "port": 3306 } }))];
            finding("T002", Severity::Medium, at, "the container has no readiness probe", fix)
        })
        .collect())
}

fn tags(context: &ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> {
    let latest =
        containers(context).into_iter().filter(|(_, one)| one["image"].as_str().is_some_and(|i| i.ends_with("latest")));
    Ok(latest
        .map(|(at, _)| Finding {
            help: Some("name the version that was tested, for instance mysql:8.4".to_owned()),
            ..finding(
                "T003",
                Severity::Low,
                format!("{at}/image"),
                "the tag latest changes under your feet",
                Vec::new(),
            )
        })
        .collect())
}

/// Annotations that make trouble on demand.
fn words(context: &ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> {
    let annotation = |name: &str| context.object.pointer(&format!("/metadata/annotations/{name}")).is_some();
    let at = "/metadata/annotations/forbidden".to_owned();
    match () {
        () if annotation("crash") => Err(ReviewError::Crashed("unreachable".to_owned())),
        () if annotation("forbidden") => {
            Ok(vec![finding("T004", Severity::Critical, at, "nobody may say this word", Vec::new())])
        }
        () => Ok(Vec::new()),
    }
}
