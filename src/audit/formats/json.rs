//! The report as JSON, for programs.

use std::io::{self, Write};

use super::document::Report;
use crate::audit::report::AuditReport;

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Report::from(report))?;
    writeln!(out)
}
