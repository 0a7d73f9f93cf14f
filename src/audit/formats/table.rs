//! The report for people: per object its findings, each with the line that it is about.
//!
//! Colours are always written; the caller's stream takes them away where they do not belong.

use std::io::{self, Write};

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin as Position, Renderer, Snippet, Title, normalize_untrusted_str,
};
use anstyle::{AnsiColor, Style};

use super::Verbosity;
use super::text::count;
use crate::audit::baseline::Known;
use crate::audit::problem::InputProblem;
use crate::audit::report::{
    AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, Origin, Scope, Suppression,
};
use crate::engine::Decision;
use crate::finding::{self, Severity};
use crate::own_rules::FINDER;

const TITLE: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    let is_shown = |object: &&ObjectReport| match verbosity {
        Verbosity::Brief => false,
        Verbosity::Ordinary => object.is_found_fault_with(),
        Verbosity::Full => true,
    };
    for object in report.objects.iter().filter(is_shown) {
        write_object(object, verbosity, &renderer, out)?;
    }
    for known in &report.stale {
        let Known { object, rule, place, times, .. } = known;
        let often = if *times == 1 { String::new() } else { format!(" {times} times") };
        let words = format!("the baseline knows {rule} at {place} of {object}{often}, which is no longer found");
        let group = Level::NOTE.primary_title(normalize_untrusted_str(&words));
        let group = group.element(Level::HELP.message("write it anew with --write-baseline"));
        writeln!(out, "{}\n", renderer.render(&[group]))?;
    }
    for problem in &report.problems {
        writeln!(out, "{}\n", renderer.render(&[problem_group(problem)]))?;
    }
    write_left_alone(report, verbosity, out)?;
    write_totals(report, out)
}

/// Who claims that somebody else manages an object keeps it from being judged: that is not for nobody to know.
fn write_left_alone(report: &AuditReport, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    for (why, number) in report.left_alone() {
        let objects = if number == 1 { "object that may run MySQL was" } else { "objects that may run MySQL were" };
        let title = format!("{number} {objects} not judged: {}", why.reason());
        let mut group = Group::with_title(Level::NOTE.primary_title(title));
        if verbosity != Verbosity::Full {
            group = group.element(Level::HELP.message("--verbose names each"));
        }
        writeln!(out, "{}\n", Renderer::styled().render(&[group]))?;
    }
    Ok(())
}

fn write_object(
    object: &ObjectReport,
    verbosity: Verbosity,
    renderer: &Renderer,
    out: &mut dyn Write,
) -> io::Result<()> {
    let why = object.left_alone.map(|why| format!("not judged: {}", why.reason()));
    let (style, outcome) = match object.decision {
        _ if why.is_some() => (BAD, why.as_deref().unwrap_or_default()),
        _ if object.is_kept() => {
            (BAD, if object.findings().count() == 1 { "keeps a password" } else { "keeps passwords" })
        }
        Decision::Deny => (BAD, "would be refused"),
        Decision::Allow if object.is_repaired() => (GOOD, "would be repaired"),
        Decision::Allow => (TITLE, "would be admitted"),
    };
    let title = normalize_untrusted_str(&object.title);
    // An object of a cluster is its own place; a copy in it has one.
    let place = match &object.source {
        Origin::File(line) => Some(match object.rendered_by {
            Some(command) => format!("{}, by {command}", line.file),
            None => format!("{}:{}", line.file, line.line),
        }),
        Origin::Cluster(stored) => stored.within.clone(),
    };
    let place = place.map(|place| format!(" ({})", normalize_untrusted_str(&place))).unwrap_or_default();
    writeln!(out, "{TITLE}{title}{TITLE:#}{place} {style}{outcome}{style:#}\n")?;
    let is_shown = |finding: &&FindingReport| verbosity == Verbosity::Full || finding.suppression.is_none();
    let mut findings: Vec<&FindingReport> = object.findings.iter().filter(is_shown).collect();
    // The worst first: that of one policy may stand behind many of others.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in findings {
        writeln!(out, "{}\n", renderer.render(&[finding_group(object, finding)]))?;
    }
    for failure in &object.failures {
        writeln!(out, "{}\n", renderer.render(&[failure_group(failure)]))?;
    }
    Ok(())
}

fn finding_group<'a>(object: &ObjectReport, finding: &'a FindingReport) -> Group<'a> {
    let level = match finding.severity {
        Severity::Critical => Level::ERROR.with_name("critical"),
        Severity::High => Level::ERROR.with_name("high"),
        Severity::Medium => Level::WARNING.with_name("medium"),
        Severity::Low => Level::NOTE.with_name("low"),
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.rule.as_str());
    let mut group = place(object, finding, title);
    if let Some(since) = &finding.since {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&format!("there since {since}"))));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    if let Some(obstacle) = &finding.obstacle {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&format!("not repaired: {obstacle}"))));
    }
    if let Some(refused) = &finding.exception_refused {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&format!("not excepted: {refused}"))));
    }
    let does_not_count = match &finding.suppression {
        None => None,
        Some(Suppression::Exception { reason }) => Some(format!("excepted: {reason}")),
        Some(Suppression::Baseline) => Some("known by the baseline".to_owned()),
        Some(Suppression::Before) => Some("there before".to_owned()),
    };
    if let Some(why) = does_not_count {
        return group.element(Level::NOTE.message(normalize_untrusted_str(&why)));
    }
    let policy = &finding.policy;
    let what_happens = match finding.consequence {
        Consequence::Repair => format!("policy {policy} repairs it at the gate"),
        Consequence::Refuse => format!("policy {policy} refuses the object because of it"),
        Consequence::Warn => format!("policy {policy} warns of it and lets the object pass"),
        // Found by comparison, and no matter of the gate's.
        Consequence::Record if policy == FINDER => return group,
        Consequence::Record => format!("policy {policy} records it and lets the object pass"),
        Consequence::Keep => return group,
    };
    group.element(Level::NOTE.message(normalize_untrusted_str(&what_happens)))
}

/// Where a finding is: the line of its file, or the place in its object.
fn place<'a>(object: &ObjectReport, finding: &'a FindingReport, title: Title<'a>) -> Group<'a> {
    let source = match (&object.source, object.rendered_by) {
        // Its lines are those of what was rendered.
        (Origin::File(line), Some(command)) => format!("{}, by {command}", line.file),
        (Origin::File(line), None) => line.file.clone(),
        (Origin::Cluster(stored), _) => stored.object.clone(),
    };
    let Some(snippet) = &finding.snippet else {
        let words = format!("{source}: {}", finding::place(&finding.at));
        return title.element(Position::path(normalize_untrusted_str(&words)));
    };
    let file = normalize_untrusted_str(&source);
    let marked = Snippet::source(snippet.text.as_str())
        .line_start(snippet.line)
        .annotation(AnnotationKind::Primary.span(snippet.mark.clone()));
    if snippet.keeps_columns() {
        title.element(marked.path(file))
    } else {
        // The place has to be told apart from the text that is shown.
        title.element(Position::path(file).line(snippet.line).char_column(snippet.column)).element(marked)
    }
}

fn failure_group(failure: &FailureReport) -> Group<'_> {
    let title = format!("policy {} could not judge the object: {}", failure.policy, failure.message);
    let then = if failure.denies { "the gate would refuse the object" } else { "the gate would let the object pass" };
    Level::ERROR.primary_title(title).element(Level::NOTE.message(then))
}

fn problem_group(problem: &InputProblem) -> Group<'_> {
    let mut origin = Position::path(normalize_untrusted_str(&problem.file));
    if let Some(line) = problem.line {
        origin = origin.line(line);
    }
    if let Some(column) = problem.column {
        origin = origin.char_column(column);
    }
    let group = Level::ERROR.primary_title(problem.error.to_string()).element(origin);
    match problem.error.way_out() {
        Some(way_out) => group.element(Level::HELP.message(way_out)),
        None => group,
    }
}

fn write_totals(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<&FindingReport> = report.objects.iter().flat_map(ObjectReport::findings).collect();
    let failures = report.objects.iter().map(|object| object.failures.len()).sum::<usize>();
    let is_refused = |object: &&ObjectReport| object.decision == Decision::Deny && object.is_found_fault_with();
    let refused = report.objects.iter().filter(is_refused).count();
    let mut parts = Vec::new();
    if report.objects.is_empty() && matches!(report.scope, Scope::Files(_) | Scope::Cluster(0)) {
        parts.push("nothing was judged".to_owned());
    } else if findings.is_empty() {
        parts.push("nothing found".to_owned());
    } else {
        let fixed = findings.iter().filter(|finding| finding.is_repaired()).count();
        let concerned = report.objects.iter().filter(|object| object.findings().next().is_some()).count();
        parts.push(format!("{} in {}", count(findings.len(), "finding"), count(concerned, "object")));
        parts.push(if fixed == 0 { "none can be repaired".to_owned() } else { format!("{fixed} can be repaired") });
        let kept = report.objects.iter().filter(|object| object.is_kept()).count();
        if kept > 0 {
            parts.push(format!(
                "passwords in {}",
                if kept == 1 { "1 copy".to_owned() } else { format!("{kept} copies") }
            ));
        }
    }
    if refused > 0 {
        parts.push(format!("{} would be refused", count(refused, "object")));
    }
    if failures > 0 {
        parts.push(count(failures, "failed policy review"));
    }
    let suppressed = |is: fn(&Suppression) -> bool| {
        let all = report.objects.iter().flat_map(|object| &object.findings);
        all.filter_map(|finding| finding.suppression.as_ref()).filter(|why| is(why)).count()
    };
    for (number, words) in [
        (suppressed(|why| matches!(why, Suppression::Exception { .. })), "excepted"),
        (suppressed(|why| *why == Suppression::Baseline), "known by the baseline"),
        (suppressed(|why| *why == Suppression::Before), "there before"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    if !report.problems.is_empty() {
        parts.push(count(report.problems.len(), "error"));
    }
    let looked_through = match report.scope {
        Scope::Files(files) => format!("{} in {}", count(report.objects.len(), "object"), count(files, "file")),
        Scope::Cluster(objects) => format!("{} of the cluster", count(objects, "object")),
    };
    writeln!(out, "{TITLE}{looked_through}: {}{TITLE:#}", parts.join(", "))
}
