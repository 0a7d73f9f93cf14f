//! The forms of the report, over one report that has something of everything, each by what reads it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod data;
mod github_commands;
mod in_clusters;
mod junit_xml;
mod looks;
mod markdown_comment;
mod rich;
mod sarif_schema;

use super::{Format, Verbosity, write};
use crate::audit::report::AuditReport;

/// A report in a form.
fn text(report: &AuditReport, format: Format) -> String {
    let mut out = Vec::new();
    write(report, format, Verbosity::Ordinary, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
