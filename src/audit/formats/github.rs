//! The report as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::origin::Place;
use super::text::{failure, help, one_line};
use crate::audit::report::{AuditReport, FindingReport};
use crate::finding::Severity;

/// A workflow command: `::error file=…,line=…::message`.
struct Command<'a> {
    severity: Severity,
    place: Place<'a>,
    title: String,
    /// One item is one line of what is shown.
    message: Vec<String>,
}

/// Writes the report, the worst first: GitHub shows the first ten errors, ten warnings and ten notices of a step.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let mut commands: Vec<Command<'_>> = Vec::new();
    for problem in &report.problems {
        commands.push(Command {
            severity: Severity::Critical,
            place: Place::of_problem(problem),
            title: "tidegate could not judge this".to_owned(),
            message: vec![problem.message()],
        });
    }
    for object in &report.objects {
        for failed in &object.failures {
            commands.push(Command {
                severity: Severity::Critical,
                place: Place::of_object(object),
                title: format!("{}: a policy failed", object.title),
                message: vec![failure(failed)],
            });
        }
        for finding in object.findings() {
            commands.push(Command {
                severity: finding.severity,
                place: Place::of_finding(object, finding),
                title: title(finding),
                message: [Some(finding.message.clone()), Some(object.title.clone()), help(finding)]
                    .into_iter()
                    .flatten()
                    .collect(),
            });
        }
    }
    commands.sort_by_key(|command| std::cmp::Reverse(command.severity));
    commands.iter().try_for_each(|command| writeln!(out, "{}", command.text()))
}

fn title(finding: &FindingReport) -> String {
    let fixable = if finding.is_repaired() { ", fixable" } else { "" };
    format!("{} ({}{fixable})", finding.rule, finding.severity)
}

impl Command<'_> {
    fn text(&self) -> String {
        let name = match self.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let mut text = format!("::{name} ");
        let mut message = self.message.clone();
        match self.place {
            Place::File { file: "<stdin>", .. } | Place::Rendered { .. } | Place::Cluster { .. } => {
                message.insert(0, self.place.to_string());
            }
            Place::File { file, line, column, region } => {
                let _ = write!(text, "file={},", property(file.trim_start_matches("./")));
                for (name, number) in [("line", line), ("col", column)] {
                    number.iter().for_each(|number| _ = write!(text, "{name}={number},"));
                }
                if let Some(region) = region {
                    let _ = write!(text, "endLine={},endColumn={},", region.end_line, region.end_column);
                }
            }
        }
        let lines: Vec<_> = message.iter().map(|line| data(line)).collect();
        let _ = write!(text, "title={}::{}", property(&self.title), lines.join("%0A"));
        text
    }
}

/// What may stand behind the second `::`, escaped as the runner reads it.
pub(super) fn data(text: &str) -> String {
    one_line(text).replace('%', "%25")
}

/// What may stand in a property.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
