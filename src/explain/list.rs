//! All rules in a table.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::example::Outcome;
use super::explanation::Explanation;
use super::terminal::{Look, TITLE, action, severity_style};
use super::words::Words;

/// The columns before the title: rule, severity, policy, action, what the gate does.
const COLUMNS: [&str; 5] = ["RULE", "SEVERITY", "POLICY", "ACTION", "AT THE GATE"];
/// A narrower title than this is better read below the other columns than beside them.
const LEAST_TITLE: usize = 24;

/// Writes one row for each rule.
///
/// # Errors
/// Those of `out`.
pub fn write_list(explanations: &[Explanation], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 5]> = explanations.iter().map(row).collect();
    let widths: Vec<usize> = COLUMNS
        .iter()
        .enumerate()
        .map(|(column, name)| rows.iter().map(|row| row[column].width()).chain([name.len()]).max().unwrap_or_default())
        .collect();
    let before_title: usize = widths.iter().map(|width| width + 2).sum();
    let is_beside = look.width >= before_title + LEAST_TITLE;
    let indent = if is_beside { before_title } else { 4 };

    let names: String = COLUMNS.iter().zip(&widths).map(|(name, width)| format!("{name:<width$}  ")).collect();
    let last = if is_beside { "WHAT IS WRONG" } else { "" };
    writeln!(out, "{TITLE}{}{TITLE:#}", format!("{names}{last}").trim_end())?;
    for (explanation, row) in explanations.iter().zip(&rows) {
        let severity = severity_style(explanation.rule.severity);
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let style = if column == 1 { severity } else { anstyle::Style::new() };
            let is_last = column + 1 == COLUMNS.len() && !is_beside;
            let gap = if is_last { 0 } else { width - cell.width() + 2 };
            write!(out, "{style}{cell}{style:#}{:gap$}", "")?;
        }
        let mut title = Words::default();
        title.push(&explanation.rule.title, anstyle::Style::new());
        for (index, line) in title.lines(look.width.saturating_sub(indent)).iter().enumerate() {
            match (index, is_beside) {
                (0, true) => writeln!(out, "{line}")?,
                (0, false) => writeln!(out, "\n{:indent$}{line}", "")?,
                _ => writeln!(out, "{:indent$}{line}", "")?,
            }
        }
    }
    writeln!(out, "\n{} rules. `tidegate explain RULE` tells all of one.", explanations.len())?;
    writeln!(out, "SEVERITY is the worst case. * In some cases a warning.")
}

fn row(explanation: &Explanation) -> [String; 5] {
    [
        explanation.rule.id.clone(),
        explanation.rule.severity.to_string(),
        if explanation.is_own() { "none".to_owned() } else { explanation.policy.clone() },
        if explanation.is_own() { String::new() } else { action(explanation.action).to_owned() },
        match explanation.outcome() {
            Some(Outcome::Repaired) if explanation.may_only_warn() => format!("{} *", Outcome::Repaired),
            outcome => outcome.map(|outcome| outcome.to_string()).unwrap_or_default(),
        },
    ]
}
