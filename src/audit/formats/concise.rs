//! The report with one line a finding, as compilers and linters write them and editors read them.

use std::io::{self, Write};

use super::origin::Place;
use super::text::{failure, one_line};
use crate::audit::report::AuditReport;

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    for object in &report.objects {
        for finding in object.findings() {
            let place = Place::of_finding(object, finding);
            let (severity, rule, message) = (finding.severity, one_line(&finding.rule), one_line(&finding.message));
            let fixable = if finding.is_repaired() { " (fixable)" } else { "" };
            writeln!(out, "{place}: {severity}[{rule}] {message}{fixable}")?;
        }
        for failed in &object.failures {
            writeln!(out, "{}: error: {}", Place::of_object(object), one_line(&failure(failed)))?;
        }
    }
    for problem in &report.problems {
        writeln!(out, "{}: error: {}", Place::of_problem(problem), one_line(&problem.message()))?;
    }
    Ok(())
}
