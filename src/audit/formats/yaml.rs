//! The report as YAML: the data of the JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::document::Report;
use crate::audit::report::AuditReport;

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Report::from(report), out)
}

/// Writes one document. Text that YAML 1.1 or 1.2 would read as something else stands in quotes, and all text on its
/// own line, so that lines of a diff are lines of the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(document, options).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
