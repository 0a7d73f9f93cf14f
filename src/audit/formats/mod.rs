//! The forms that a report is written in: one file each.

mod json;
mod table;

use std::io::{self, Write};

use super::report::AuditReport;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: findings with the lines that they are about.
    Table,
    /// For programs.
    Json,
}

/// What a form needs beyond findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detail {
    /// The objects' texts before and after their repair.
    pub manifests: bool,
    /// What a repair changes in the text of a file.
    pub fixes: bool,
}

impl Format {
    /// All forms.
    pub const ALL: &[Self] = &[Self::Table, Self::Json];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
        }
    }

    /// One line on whom it is for.
    pub fn about(self) -> &'static str {
        match self {
            Self::Table => "for people: findings with the lines that they are about",
            Self::Json => "for programs",
        }
    }

    /// The form of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// What it needs beyond findings.
    pub fn needs(self) -> Detail {
        Detail::default()
    }
}

impl Detail {
    /// What both need.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { manifests: self.manifests || other.manifests, fixes: self.fixes || other.fixes }
    }
}

/// How much a report for people says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    /// Only the totals.
    Brief,
    /// What counts.
    #[default]
    Ordinary,
    /// Also objects without findings, and findings that do not count.
    Full,
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &AuditReport, format: Format, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, verbosity, out),
        Format::Json => json::write(report, out),
    }
}
