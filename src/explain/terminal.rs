//! One rule as a terminal shows it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::example::{Example, Outcome};
use super::explanation::Explanation;
use super::markdown;
use super::text::RuleText;
use super::words::Words;
use crate::finding::Severity;
use crate::line_diff::whole;
use crate::policy::Action;

pub(super) const TITLE: Style = Style::new().bold();
const HEADING: Style = AnsiColor::Blue.on_default().bold();

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
    write_heading(explanation, look, out)?;
    let Some((text, example)) = &explanation.told else {
        return writeln!(out, "\nIt is none of tidegate's own rules: ask whoever made the policy.");
    };
    section("What is wrong", &text.what, look, out)?;
    section("What happens otherwise", &text.why, look, out)?;
    write_example(text, example, look, out)?;
    if let Some(only_warns) = &text.only_warns {
        section("When it only warns", only_warns, look, out)?;
    }
    section("By hand", &text.by_hand, look, out)?;
    if text.has_settings() {
        section("Settings", &text.settings, look, out)?;
    }
    section("When to switch it off", &text.switch_off, look, out)?;
    section("Links", &text.links, look, out)
}

fn write_heading(explanation: &Explanation, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Explanation { rule, policy, .. } = explanation;
    let mut title = Words::default();
    title.push(&format!("{}: {}", rule.id, rule.title), TITLE);
    let mut facts = Words::default();
    facts.push("severity up to ", Style::new());
    facts.push(&rule.severity.to_string(), severity_style(rule.severity));
    let what_happens = match (explanation.found_by(), explanation.outcome()) {
        (Some(finder), _) => of_no_policy(finder),
        (None, Some(outcome)) => format!("policy {policy}; at the gate: {}", at_the_gate(explanation, outcome)),
        (None, None) => format!("policy {policy}, action {}", action(explanation.action)),
    };
    facts.push(&format!(", {what_happens}"), Style::new());
    for line in title.lines(look.width).into_iter().chain(facts.lines(look.width)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// What is said of a rule in place of its policy.
pub(super) fn of_no_policy(found_by: &str) -> String {
    format!("of no policy: {found_by}")
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
pub(super) fn at_the_gate(explanation: &Explanation, outcome: Outcome) -> String {
    let words = match outcome {
        Outcome::Repaired => return explanation.outcome_in_words().unwrap_or_default(),
        Outcome::Refused => "the object is refused",
        Outcome::Warned => "a warning, the object passes",
        Outcome::Recorded => "recorded, the object passes",
    };
    words.to_owned()
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

fn write_example(text: &RuleText, example: &Example, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let heading = match (&example.after, &text.after) {
        (None, _) => "Example",
        (Some(_), None) => "Before and after, as tidegate repairs it",
        (Some(_), Some(_)) => "Before and after, as you mend it",
    };
    writeln!(out, "\n{HEADING}{heading}{HEADING:#}")?;
    for (change, line) in whole(&example.before, example.after.as_ref().unwrap_or(&example.before)) {
        let style = change.style();
        writeln!(out, "{:INDENT$}{style}{} {line}{style:#}", "", change.sign())?;
    }
    if let Some(secret) = &example.secret {
        let mut words = Words::default();
        words.push(&format!("The value goes into the Secret {secret}"), Style::new());
        writeln!(out)?;
        for line in words.lines(look.width.saturating_sub(INDENT)) {
            writeln!(out, "{:INDENT$}{line}", "")?;
        }
    }
    Ok(())
}
