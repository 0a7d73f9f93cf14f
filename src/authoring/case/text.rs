//! What came of cases, for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::report::{CaseReport, Failure, Outcome, TestReport, Totals};
use crate::line_diff::hunks;
use crate::wasm::one_line;

/// How many lines that stay are shown around one that does not.
const CONTEXT: usize = 3;

/// Writes the report; `out` takes the colours away where nobody sees them.
///
/// # Errors
/// What the writer says.
pub fn write(report: &TestReport, out: &mut dyn Write) -> io::Result<()> {
    for case in &report.cases {
        one(case, out)?;
    }
    let bad = AnsiColor::Red.on_default().bold();
    for problem in &report.problems {
        writeln!(out, "\n{bad}problem{bad:#}: {problem}")?;
    }
    let Totals { passed, failed, written, unusable } = report.totals();
    let all = report.cases.len();
    let counted = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let parts = [
        counted(passed, "ok"),
        counted(failed, "failed"),
        counted(written, "written"),
        counted(unusable, "cannot be read"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let plural = if all == 1 { "" } else { "s" };
    let outcome = if parts.is_empty() { "none was run".to_owned() } else { parts.join(", ") };
    writeln!(out, "\n{}: {all} case{plural} in {:.2} s: {outcome}", report.policy, report.took().as_secs_f64())?;
    if let Some(coverage) = &report.coverage {
        let (whole, all) = (coverage.whole(), coverage.rules.len());
        writeln!(out, "rules: {whole} of {all} with a case in which they fire, and one in which they do not")?;
        for gap in coverage.gaps() {
            writeln!(out, "  {gap}")?;
        }
    }
    if written > 0 {
        writeln!(out, "\nWritten is what came out, right or wrong. Review:")?;
        for case in report.cases.iter().filter(|case| matches!(case.outcome, Outcome::Written)) {
            writeln!(out, "  {}", case.file)?;
        }
    }
    Ok(())
}

fn one(case: &CaseReport, out: &mut dyn Write) -> io::Result<()> {
    let good = AnsiColor::Green.on_default();
    let bad = AnsiColor::Red.on_default().bold();
    match &case.outcome {
        Outcome::Passed => writeln!(out, "{good}ok{good:#}      {}", case.name),
        Outcome::Written => writeln!(out, "written {}", case.name),
        Outcome::Unusable { problem } => writeln!(out, "{bad}FAILED{bad:#}  {}\n          {problem}", case.name),
        Outcome::Failed(failure) => {
            writeln!(out, "{bad}FAILED{bad:#}  {}: {}\n          {}", case.name, case.about, case.file)?;
            for (style, line) in lines(failure) {
                writeln!(out, "          {style}{line}{style:#}")?;
            }
            Ok(())
        }
    }
}

/// A failure line by line, each with its look: what was expected is taken away, what came is added.
pub(super) fn lines(failure: &Failure) -> Vec<(Style, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (failure.expected.iter().map(String::as_str).collect(), failure.actual.iter().map(String::as_str).collect());
    let mut lines = Vec::new();
    let hunks = hunks(&old, &new, CONTEXT);
    if !hunks.is_empty() {
        lines.push((Style::new(), "- expected, + came:".to_owned()));
    }
    for (number, hunk) in hunks.iter().enumerate() {
        if number > 0 {
            lines.push((Style::new(), "…".to_owned()));
        }
        for (change, line) in &hunk.lines {
            let side = if *change == crate::line_diff::Change::Added { &new } else { &old };
            let text = side.get(*line).copied().unwrap_or_default();
            lines.push((change.style(), format!("{} {text}", change.sign())));
        }
    }
    // They quote what the policy says, which may have several lines.
    lines.extend(failure.problems.iter().map(|problem| (Style::new(), one_line(&format!("= {problem}")))));
    lines
}
