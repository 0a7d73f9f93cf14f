//! What needs no script: what could not be read or judged, and, for browsers without script, the list of findings.

use std::io::{self, Write};

use super::data::concerns;
use super::escape::text;
use super::words::{self, consequence_title, count};
use crate::audit::problem::InputProblem;
use crate::audit::report::{AuditReport, FindingReport, ObjectReport};
use crate::finding;

/// So many problems are shown at once; more of them wait to be opened.
const SHOWN: usize = 5;
/// Longer lists of findings do without the help: it is half of the text, and much the same every time.
const WITH_HELP: usize = 1000;

/// Writes what could not be read, and which policies could not judge.
pub(super) fn write_unread(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let problems = report.problems.len();
    if problems > 0 {
        begin("problems", problems, &format!("{} could not be read, or not be judged", count(problems, "input")), out)?;
        for problem in &report.problems {
            write_problem(problem, out)?;
        }
        writeln!(out, "</ul></details>")?;
    }
    let failures = report.objects.iter().map(|object| object.failures.len()).sum();
    if failures > 0 {
        begin("failures", failures, &count(failures, "failed policy review"), out)?;
        for (number, object) in report.objects.iter().filter(|object| concerns(object)).enumerate() {
            for failure in &object.failures {
                let then =
                    if failure.denies { "the gate would refuse the object" } else { "the gate would let it pass" };
                writeln!(
                    out,
                    "<li><a data-object=\"{number}\"><bdi>{}</bdi></a>: policy {} could not judge it: {}; {then}</li>",
                    text(&object.title),
                    text(&failure.policy),
                    text(&failure.message),
                )?;
            }
        }
        writeln!(out, "</ul></details>")?;
    }
    Ok(())
}

fn begin(class: &str, number: usize, title: &str, out: &mut dyn Write) -> io::Result<()> {
    let open = if number <= SHOWN { " open" } else { "" };
    writeln!(out, "<details class=\"callout {class}\"{open}><summary><h2>{title}</h2></summary><ul>")
}

fn write_problem(problem: &InputProblem, out: &mut dyn Write) -> io::Result<()> {
    let number = |number: Option<usize>| number.map(|number| format!(":{number}")).unwrap_or_default();
    write!(
        out,
        "<li><span class=\"place\"><bdi>{}</bdi>{}{}</span> {}",
        text(&problem.file),
        number(problem.line),
        number(problem.column),
        text(&problem.error.to_string())
    )?;
    if let Some(way_out) = problem.error.way_out() {
        write!(out, " <span class=\"help\">{}</span>", text(way_out))?;
    }
    writeln!(out, "</li>")
}

/// Writes all findings by their objects.
pub(super) fn write_list(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let findings: usize = report.objects.iter().map(|object| object.findings.len()).sum();
    for object in report.objects.iter().filter(|object| concerns(object)) {
        write_object(object, findings <= WITH_HELP, out)?;
    }
    Ok(())
}

fn write_object(object: &ObjectReport, with_help: bool, out: &mut dyn Write) -> io::Result<()> {
    let place = words::place(object).map(|place| format!(" <small>{}</small>", text(&place))).unwrap_or_default();
    let (_, said) = words::outcome(object);
    writeln!(out, "<section><h3><bdi>{}</bdi> {said}{place}</h3><ul>", text(&object.title))?;
    for finding in &object.findings {
        write_finding(finding, with_help, out)?;
    }
    writeln!(out, "</ul></section>")
}

fn write_finding(finding: &FindingReport, with_help: bool, out: &mut dyn Write) -> io::Result<()> {
    let line = finding.region.map(|region| format!("line {}, ", region.line)).unwrap_or_default();
    write!(
        out,
        "<li><b>{} {}</b> {} <small>{line}{}; {}</small>",
        finding.severity,
        text(&finding.rule),
        text(&finding.message),
        text(&finding::place(&finding.at)),
        finding.suppression.as_ref().map_or_else(
            || consequence_title(finding.consequence).to_lowercase(),
            |why| text(&words::suppression(why)).to_string()
        ),
    )?;
    if let Some(help) = finding.help.as_deref().filter(|_| with_help) {
        write!(out, "<br>{}", text(help))?;
    }
    writeln!(out, "</li>")
}
