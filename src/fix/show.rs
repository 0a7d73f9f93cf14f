//! How a repair looks in a terminal. Colours are always written; the caller's stream takes them away where they do
//! not belong.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::questions::Question;
use super::report::{FileReport, FindingRow, FixReport, Written};
use crate::audit::{InputProblem, is_unseen};
use crate::finding::Severity;

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
        [b'-', ..] => RED,
        [b'+', ..] => GREEN,
        [b'@', ..] => CYAN,
        _ => Style::new(),
    };
    writeln!(out, "{style}{}{style:#}", harmless(line))
}

/// Writes what was repaired, what is left and why.
///
/// # Errors
/// What the writer says.
pub fn show_report(report: &FixReport, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        show_file(file, report.not_kept.is_some(), out)?;
    }
    for problem in &report.problems {
        show_problem(problem, out)?;
    }
    if let Some(error) = &report.not_kept {
        writeln!(out, "{RED}nothing was written{RED:#}: {}\n", harmless(&error.to_string()))?;
    }
    for kept in &report.kept {
        writeln!(
            out,
            "{CYAN}{}{CYAN:#} is in {BOLD}{}{BOLD:#}; it has to be there before its workload",
            harmless(&kept.secret),
            harmless(&kept.place)
        )?;
    }
    show_totals(report, out)
}

fn show_file(file: &FileReport, nothing_kept: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", harmless(&file.name))?;
    let word = match &file.written {
        Written::Done => "repaired",
        Written::Failed(_) => "not repaired",
        _ if nothing_kept => "not repaired",
        _ => "would be repaired",
    };
    let style = if file.written == Written::Done { GREEN } else { YELLOW };
    for row in &file.repaired {
        show_row(row, (style, word), out)?;
    }
    for row in &file.left {
        let style = if row.severity >= Severity::High { RED } else { YELLOW };
        show_row(row, (style, "left"), out)?;
        for told in [&row.obstacle, &row.help].into_iter().flatten() {
            writeln!(out, "      {DIM}{}{DIM:#}", harmless(told))?;
        }
    }
    for failure in &file.failures {
        writeln!(out, "  {RED}{}{RED:#}", harmless(failure))?;
    }
    for line in &file.anew {
        writeln!(out, "  {YELLOW}line {line}: this document is written anew, without its comments{YELLOW:#}")?;
    }
    if let Written::Failed(error) = &file.written {
        writeln!(out, "  {RED}error{RED:#}: the file was not written: {error}")?;
    }
    writeln!(out)
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
