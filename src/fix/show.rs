//! How a repair looks in a terminal. Colours are always written; the caller's stream takes them away where they do
//! not belong.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::destination::NO_DESTINATION;
use super::questions::Question;
use super::report::{FileReport, FindingRow, FixReport, Written};
use crate::audit::{InputProblem, Verbosity, is_unseen};
use crate::finding::Severity;
use crate::line_diff::Change;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Writes the diffs of all files.
///
/// # Errors
/// What the writer says.
pub fn show_diffs(report: &FixReport, out: &mut dyn Write) -> io::Result<()> {
    report.files.iter().flat_map(|file| &file.diff).try_for_each(|line| show_diff_line(line, out))
}

fn show_diff_line(line: &str, out: &mut dyn Write) -> io::Result<()> {
    let style = match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => BOLD,
        [b'-', ..] => Change::Removed.style(),
        [b'+', ..] => Change::Added.style(),
        [b'@', ..] => CYAN,
        _ => Style::new(),
    };
    writeln!(out, "{style}{}{style:#}", harmless(line))
}

/// Writes what was repaired, what is left and why.
///
/// # Errors
/// What the writer says.
pub fn show_report(report: &FixReport, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        if verbosity == Verbosity::Brief && !file.has_problems() {
            continue;
        }
        show_file(file, verbosity, report.not_kept.is_some(), out)?;
    }
    for problem in &report.problems {
        show_problem(problem, out)?;
    }
    if let Some(error) = &report.not_kept {
        writeln!(out, "{RED}nothing was written{RED:#}: {}\n", harmless(&error.to_string()))?;
    }
    for kept in report.kept.iter().filter(|_| verbosity != Verbosity::Brief) {
        writeln!(
            out,
            "{CYAN}{}{CYAN:#} is in {BOLD}{}{BOLD:#}; it has to be there before its workload",
            harmless(&kept.secret),
            harmless(&kept.place)
        )?;
    }
    if verbosity == Verbosity::Ordinary {
        show_hints(report, out)?;
    }
    show_totals(report, out)
}

fn show_file(file: &FileReport, verbosity: Verbosity, nothing_kept: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", harmless(&file.name))?;
    let word = match &file.written {
        Written::Done => "repaired",
        Written::Failed(_) => "not repaired",
        _ if nothing_kept => "not repaired",
        _ => "would be repaired",
    };
    let style = if file.written == Written::Done { GREEN } else { YELLOW };
    match verbosity {
        Verbosity::Brief => {}
        Verbosity::Ordinary => {
            show_repaired(&file.repaired, (style, word), out)?;
            file.left.iter().try_for_each(|row| show_left(row, out))?;
        }
        Verbosity::Full => {
            file.repaired.iter().try_for_each(|row| show_row(row, (style, word), out))?;
            for row in &file.left {
                show_row(row, (severity_style(row), "left"), out)?;
                for told in [&row.obstacle, &row.help].into_iter().flatten() {
                    writeln!(out, "      {DIM}{}{DIM:#}", harmless(told))?;
                }
            }
        }
    }
    for failure in &file.failures {
        writeln!(out, "  {RED}{}{RED:#}", harmless(failure))?;
    }
    for line in file.anew.iter().filter(|_| verbosity != Verbosity::Brief) {
        writeln!(out, "  {YELLOW}line {line}: this document is written anew, without its comments{YELLOW:#}")?;
    }
    if let Written::Failed(error) = &file.written {
        writeln!(out, "  {RED}error{RED:#}: the file was not written: {error}")?;
    }
    writeln!(out)
}

/// A line for each object: the rules, each once.
fn show_repaired(rows: &[FindingRow], (style, word): (Style, &str), out: &mut dyn Write) -> io::Result<()> {
    for of_one in rows.chunk_by(|one, next| one.object == next.object) {
        let Some(first) = of_one.first() else { continue };
        let rules: BTreeSet<&str> = of_one.iter().map(|row| row.rule.as_str()).collect();
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        writeln!(out, "  {style}{word}{style:#} {}: {rules}", harmless(&first.object))?;
    }
    Ok(())
}

/// What is left, whole: what follows the colon may be what makes it harmless; and why it could not be repaired, unless
/// that is told of all at once.
fn show_left(row: &FindingRow, out: &mut dyn Write) -> io::Result<()> {
    let style = severity_style(row);
    let FindingRow { rule, severity, line, message, .. } = row;
    writeln!(out, "  {style}left{style:#} {severity}[{rule}] line {line}: {}", harmless(message))?;
    match &row.obstacle {
        Some(obstacle) if obstacle != NO_DESTINATION => writeln!(out, "      {DIM}{}{DIM:#}", harmless(obstacle)),
        _ => Ok(()),
    }
}

/// What holds for all that is left.
fn show_hints(report: &FixReport, out: &mut dyn Write) -> io::Result<()> {
    let mut left = report.files.iter().flat_map(|file| &file.left).peekable();
    if left.peek().is_none() {
        return Ok(());
    }
    if left.any(|row| row.obstacle.as_deref() == Some(NO_DESTINATION)) {
        writeln!(out, "{YELLOW}passwords{YELLOW:#}: {NO_DESTINATION}")?;
    }
    writeln!(out, "{DIM}--verbose says what to do about what is left, `tidegate explain RULE` all of a rule{DIM:#}")
}

fn severity_style(row: &FindingRow) -> Style {
    if row.severity >= Severity::High { RED } else { YELLOW }
}

fn show_row(row: &FindingRow, (style, word): (Style, &str), out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "  {style}{word}{style:#} {}[{}] line {}: {} {DIM}({}){DIM:#}",
        row.severity,
        row.rule,
        row.line,
        harmless(&row.message),
        harmless(&row.object)
    )
}

fn show_problem(problem: &InputProblem, out: &mut dyn Write) -> io::Result<()> {
    let position = match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    writeln!(out, "{RED}error{RED:#}: {}{position}: {}\n", harmless(&problem.file), harmless(&problem.message()))
}

fn show_totals(report: &FixReport, out: &mut dyn Write) -> io::Result<()> {
    let count = |rows: fn(&FileReport) -> &Vec<FindingRow>, wanted: fn(&FileReport) -> bool| {
        report.files.iter().filter(|file| wanted(file)).map(|file| rows(file).len()).sum::<usize>()
    };
    let repaired = count(|file| &file.repaired, |file| file.written == Written::Done);
    let due = count(|file| &file.repaired, |file| file.written != Written::Done);
    let left = count(|file| &file.left, |_| true);
    let changed = report.files.iter().filter(|file| file.written == Written::Done).count();
    let mut told = vec![match report.looked_through {
        1 => "1 file".to_owned(),
        number => format!("{number} files"),
    }];
    if repaired > 0 {
        told.push(format!("{repaired} repaired in {changed}"));
    }
    if due > 0 {
        told.push(format!("{due} to repair"));
    }
    if left > 0 {
        told.push(format!("{left} left"));
    }
    let failed = report.files.iter().filter(|file| matches!(file.written, Written::Failed(_))).count();
    if failed > 0 {
        told.push(format!("{failed} could not be written"));
    }
    if repaired + due + left == 0 && report.problems.is_empty() {
        told.push("nothing to repair".to_owned());
    }
    writeln!(out, "{BOLD}{}{BOLD:#}", told.join(", "))
}

/// Writes what is asked.
///
/// # Errors
/// What the writer says.
pub fn show_question(question: &Question<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Question { file, object, rule, message, line, diff } = question;
    writeln!(
        out,
        "{BOLD}{}:{line}{BOLD:#} {} {DIM}({}){DIM:#}",
        harmless(file),
        harmless(&format!("{rule}: {message}")),
        harmless(object)
    )?;
    if diff.is_empty() {
        writeln!(out, "{DIM}its document cannot be changed piece by piece, so that there is nothing to show{DIM:#}")?;
    }
    diff.iter().try_for_each(|line| show_diff_line(line, out))
}

/// A text without what a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|letter| if is_unseen(letter) && letter != '\t' { '\u{fffd}' } else { letter }).collect()
}
