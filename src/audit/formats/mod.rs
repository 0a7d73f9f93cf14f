//! The forms that a report is written in: one file each.

mod concise;
mod document;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod origin;
pub mod policy_report;
mod report_objects;
mod sarif;
mod table;
mod text;
mod yaml;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub(crate) use self::text::is_unseen;

use self::policy_report::ReportApi;
use super::report::AuditReport;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: findings with the lines that they are about.
    Table,
    /// A line for each finding.
    Concise,
    /// For programs.
    Json,
    /// The same as YAML.
    Yaml,
    /// What code scanning reads.
    Sarif,
    /// What shows the results of tests.
    Junit,
    /// A comment on a pull request.
    Markdown,
    /// Annotations by GitHub Actions.
    Github,
    /// GitLab's Code Quality.
    Gitlab,
    /// Objects of `wgpolicyk8s.io`.
    PolicyReport,
    /// Objects of `openreports.io`.
    OpenReports,
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
    /// What there is to say of each rule.
    pub rule_texts: bool,
}

impl Format {
    /// All forms.
    pub const ALL: &[Self] = &[
        Self::Table,
        Self::Concise,
        Self::Json,
        Self::Yaml,
        Self::Sarif,
        Self::Junit,
        Self::Markdown,
        Self::Github,
        Self::Gitlab,
        Self::Html,
        Self::PolicyReport,
        Self::OpenReports,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::PolicyReport => "policyreport",
            Self::OpenReports => "openreports",
            Self::Html => "html",
        }
    }

    /// One line on whom it is for.
    pub fn about(self) -> &'static str {
        match self {
            Self::Table => "for people: findings with the lines that they are about",
            Self::Concise => "a line for each finding, for editors and grep",
            Self::Json => "for programs",
            Self::Yaml => "the same as YAML",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Junit => "JUnit XML, for what shows the results of tests",
            Self::Markdown => "for a comment on a pull request",
            Self::Github => "annotations by GitHub Actions",
            Self::Gitlab => "GitLab Code Quality",
            Self::PolicyReport => "PolicyReports (wgpolicyk8s.io), for kubectl apply",
            Self::OpenReports => "Reports (openreports.io), for kubectl apply",
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
            Self::Sarif => Detail { fixes: true, rule_texts: true, ..Detail::default() },
            Self::Markdown | Self::Html => Detail { manifests: true, ..Detail::default() },
            _ => Detail::default(),
        }
    }
}

impl Detail {
    /// What both need.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            manifests: self.manifests || other.manifests,
            fixes: self.fixes || other.fixes,
            rule_texts: self.rule_texts || other.rule_texts,
        }
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
        Format::Concise => concise::write(report, out),
        Format::Json => json::write(report, out),
        Format::Yaml => yaml::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::PolicyReport => report_objects::write(report, ReportApi::PolicyReport, out),
        Format::OpenReports => report_objects::write(report, ReportApi::OpenReports, out),
        Format::Html => html::write(report, out),
    }
}
