//! The report as Markdown, for a comment on a pull request: a summary, a table, and what is hidden until one asks.

pub(super) mod escape;

use std::fmt::Write as _;
use std::io::{self, Write};

use similar::TextDiff;

use self::escape::{fenced, html, markdown};
use super::origin::Place;
use super::text::{count, failure, help, place};
use crate::audit::report::{AuditReport, FindingReport, ObjectReport, Origin};
use crate::engine::Decision;
use crate::finding::Severity;

/// The longest comment that GitHub takes, in characters; GitLab takes a million.
const LONGEST: usize = 65_536;
/// Kept for what is said of what was left out.
const NOTE: usize = 300;
/// Of the table: half is left for the details.
const LONGEST_TABLE: usize = LONGEST / 2;

/// A text that grows up to a limit.
struct Comment {
    text: String,
    characters: usize,
}

impl Comment {
    /// Adds a piece, if it fits whole.
    fn add(&mut self, piece: &str, limit: usize) -> bool {
        let characters = piece.chars().count();
        let fits = self.characters + characters <= limit;
        if fits {
            self.text.push_str(piece);
            self.characters += characters;
        }
        fits
    }
}

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let mut comment = Comment { text: String::new(), characters: 0 };
    comment.add(&summary(report), LONGEST);
    let left_out =
        [add_problems(report, &mut comment), add_table(report, &mut comment), add_details(report, &mut comment)];
    let left_out: Vec<String> = left_out.into_iter().flatten().collect();
    if !left_out.is_empty() {
        let note = format!("\n> [!NOTE]\n> Too long for a comment; left out: {}.\n", left_out.join(", "));
        comment.add(&note, LONGEST);
    }
    out.write_all(comment.text.as_bytes())
}

fn summary(report: &AuditReport) -> String {
    let findings: Vec<&FindingReport> = report.objects.iter().flat_map(ObjectReport::findings).collect();
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let mut parts: Vec<String> = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info]
        .into_iter()
        .filter(|severity| of(*severity) > 0)
        .map(|severity| format!("{} {severity}", of(severity)))
        .collect();
    let all = || report.objects.iter();
    for (number, words) in [
        (findings.iter().filter(|finding| finding.is_repaired()).count(), "fixable"),
        (
            all().flat_map(|object| &object.findings).filter(|one| one.suppression.is_some()).count(),
            "excepted or known",
        ),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    for (number, word) in [
        (all().filter(|object| object.decision == Decision::Deny).count(), "refused object"),
        (all().map(|object| object.failures.len()).sum(), "failed policy review"),
        (report.problems.len(), "error"),
    ] {
        if number > 0 {
            parts.push(count(number, word));
        }
    }
    let title = if findings.is_empty() { "nothing found".to_owned() } else { count(findings.len(), "finding") };
    parts.insert(0, format!("{} judged", count(report.objects.len(), "object")));
    format!("### tidegate: {title}\n\n{}\n", parts.join(", "))
}

/// What could not be judged. Says what was left out.
fn add_problems(report: &AuditReport, comment: &mut Comment) -> Option<String> {
    let problems = report.problems.iter().map(|problem| (Place::of_problem(problem), problem.message()));
    let failures = report.objects.iter().flat_map(|object| {
        object
            .failures
            .iter()
            .map(|failed| (Place::of_object(object), format!("{}: {}", object.title, failure(failed))))
    });
    let mut left_out = 0;
    let all: Vec<_> = problems.chain(failures).collect();
    if !all.is_empty() {
        comment.add("\n**Could not be judged**\n\n", LONGEST_TABLE);
    }
    for (place, message) in all {
        let line = format!("- {}: {}\n", markdown(&place.to_string()), markdown(&message));
        left_out += usize::from(left_out > 0 || !comment.add(&line, LONGEST_TABLE / 2));
    }
    (left_out > 0).then(|| count(left_out, "error"))
}

/// A row for each finding, the worst first. Says what was left out.
fn add_table(report: &AuditReport, comment: &mut Comment) -> Option<String> {
    let mut rows: Vec<(&ObjectReport, &FindingReport)> =
        report.objects.iter().flat_map(|object| object.findings().map(move |finding| (object, finding))).collect();
    rows.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    if !rows.is_empty() {
        comment.add(
            "\n| severity | rule | what is wrong | object | where | fixable |\n|---|---|---|---|---|---|\n",
            LONGEST,
        );
    }
    let mut left_out = 0;
    for (object, finding) in rows {
        let row = format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            finding.severity,
            markdown(&finding.rule),
            markdown(&finding.message),
            markdown(&object.title),
            markdown(&where_it_is(object, finding)),
            if finding.is_repaired() { "yes" } else { "" },
        );
        left_out += usize::from(left_out > 0 || !comment.add(&row, LONGEST_TABLE));
    }
    (left_out > 0).then(|| format!("{} of the table", count(left_out, "row")))
}

/// A line of a file; an object of a cluster is its own place, but a copy in it has one.
fn where_it_is(object: &ObjectReport, finding: &FindingReport) -> String {
    match (Place::of_finding(object, finding), &object.source) {
        (_, Origin::Cluster(stored)) => stored.within.clone().unwrap_or_default(),
        (Place::Rendered { folder, command, .. }, _) => format!("{folder}, by {command}"),
        (Place::File { file, line: Some(line), .. }, _) => format!("{file}:{line}"),
        (place, _) => place.to_string(),
    }
}

/// What to do, object by object. Says what was left out.
fn add_details(report: &AuditReport, comment: &mut Comment) -> Option<String> {
    let mut left_out = 0;
    for object in report.objects.iter().filter(|object| object.findings().next().is_some()) {
        let limit = LONGEST - NOTE;
        // Without the diff it may still fit.
        let fits = comment.add(&details(object, true), limit) || comment.add(&details(object, false), limit);
        left_out += usize::from(!fits);
    }
    (left_out > 0).then(|| format!("the details of {}", count(left_out, "object")))
}

fn details(object: &ObjectReport, with_diff: bool) -> String {
    let number = count(object.findings().count(), "finding");
    let place = Place::of_object(object);
    let mut text = format!(
        "\n<details>\n<summary>{}: {number}</summary>\n\nWhere: {}\n\n",
        html(&object.title),
        markdown(&place.to_string())
    );
    for finding in object.findings() {
        let _ = write!(
            text,
            "- **{}** {} at {}: {}",
            finding.severity,
            markdown(&finding.rule),
            markdown(&self::place(finding)),
            markdown(&finding.message)
        );
        let since = finding.since.as_ref().map(|since| format!("There since {since}."));
        let refused = finding.exception_refused.as_ref().map(|refused| format!("Not excepted: {refused}."));
        for line in [since, refused, help(finding)].into_iter().flatten() {
            let _ = write!(text, "<br>{}", markdown(&line));
        }
        text.push('\n');
    }
    if let Some(manifest) = object.manifest.as_ref().filter(|manifest| with_diff && manifest.before != manifest.after) {
        let diff = TextDiff::from_lines(&manifest.before, &manifest.after).unified_diff().context_radius(3).to_string();
        let _ = write!(text, "\nAs the gate would have it:\n\n{}", fenced("diff", &diff));
    }
    text.push_str("\n</details>\n");
    text
}
