//! The forms that a report is written in: one file each.

mod html;
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
    /// For people: one file to look at, to search and to print.
    Html,
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
    pub const ALL: &[Self] = &[Self::Table, Self::Json, Self::Html];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    /// One line on whom it is for.
    pub fn about(self) -> &'static str {
        match self {
            Self::Table => "for people: findings with the lines that they are about",
            Self::Json => "for programs",
            Self::Html => "for people: one file to look at in a browser, to search and to print",
        }
    }

    /// The form of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// What it needs beyond findings.
    pub fn needs(self) -> Detail {
        match self {
            Self::Html => Detail { manifests: true, ..Detail::default() },
            Self::Table | Self::Json => Detail::default(),
        }
    }
}

impl Detail {
    /// What both need.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { manifests: self.manifests || other.manifests, fixes: self.fixes || other.fixes }
    }
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &AuditReport, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, out),
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
    }
}
