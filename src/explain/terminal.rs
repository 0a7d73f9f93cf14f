//! One rule as a terminal shows it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::diff::{Change, changes};
use super::example::{Example, Outcome};
use super::explanation::Explanation;
use super::markdown;
use super::text::RuleText;
use crate::finding::Severity;
use crate::policy::Action;

pub(super) const TITLE: Style = Style::new().bold();
const HEADING: Style = AnsiColor::Blue.on_default().bold();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// How far everything below a heading stands to the right.
const INDENT: usize = 2;

/// What there is to write on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The columns that may be used.
    pub width: usize,
    /// True if colours are not shown: then signs have to say what they would.
    pub plain: bool,
}

/// Writes all that there is to say of a rule.
///
/// # Errors
/// Those of `out`.
pub fn write(explanation: &Explanation, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Explanation { rule, policy, .. } = explanation;
    let style = severity_style(rule.severity);
    writeln!(out, "{TITLE}{}: {}{TITLE:#}", rule.id, rule.title)?;
    write!(out, "severity {style}{}{style:#}, policy {policy}", rule.severity)?;
    match explanation.outcome() {
        Some(outcome) => writeln!(out, "; at the gate: {}", at_the_gate(outcome))?,
        None => writeln!(out, ", action {}", action(explanation.action))?,
    }
    let Some((text, example)) = &explanation.told else {
        return writeln!(out, "\nIt is none of tidegate's own rules: ask whoever made the policy.");
    };
    section("What is wrong", &text.what, look, out)?;
    section("What happens otherwise", &text.why, look, out)?;
    write_example(text, example, out)?;
    section("By hand", &text.by_hand, look, out)?;
    if text.has_settings() {
        section("Settings", &text.settings, look, out)?;
    }
    section("When to switch it off", &text.switch_off, look, out)?;
    section("Links", &text.links, look, out)
}

/// How a severity looks.
pub(super) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => Style::new().dimmed(),
    }
}

/// What the gate does, in words.
pub(super) fn at_the_gate(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Repaired => "repaired",
        Outcome::Refused => "the object is refused",
        Outcome::Warned => "a warning, the object passes",
        Outcome::Recorded => "recorded, the object passes",
    }
}

/// The word of a policy document.
pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::Fix => "fix",
        Action::Deny => "deny",
        Action::Warn => "warn",
        Action::Audit => "audit",
    }
}

fn section(heading: &str, text: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEADING}{heading}{HEADING:#}")?;
    for line in markdown::lines(text, look.width.saturating_sub(INDENT), look.plain) {
        if line.is_empty() { writeln!(out)? } else { writeln!(out, "{:INDENT$}{line}", "")? }
    }
    Ok(())
}

fn write_example(text: &RuleText, example: &Example, out: &mut dyn Write) -> io::Result<()> {
    let heading = match (&example.after, &text.after) {
        (None, _) => "Example",
        (Some(_), None) => "Before and after, as tidegate repairs it",
        (Some(_), Some(_)) => "Before and after, as you mend it",
    };
    writeln!(out, "\n{HEADING}{heading}{HEADING:#}")?;
    for (change, line) in changes(&example.before, example.after.as_deref()) {
        let style = match change {
            Change::Kept => Style::new(),
            Change::Removed => REMOVED,
            Change::Added => ADDED,
        };
        writeln!(out, "{:INDENT$}{style}{} {line}{style:#}", "", change.sign())?;
    }
    match &example.secret {
        Some(secret) => writeln!(out, "\n{:INDENT$}The value goes into the Secret {secret}", ""),
        None => Ok(()),
    }
}
