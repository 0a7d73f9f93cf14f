//! The reference in `docs/rules/`: one page a rule, and an index.

use std::fmt::Write as _;

use super::embedded::{Embedded, embedded};
use super::example::Example;
use super::explanation::Explanation;
use super::own;
use super::terminal::{action, at_the_gate, of_no_policy};
use super::text::RuleText;
use crate::line_diff::whole;

/// A page of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The file's name.
    pub file: String,
    /// Its Markdown.
    pub markdown: String,
}

/// The index, then a page for each rule that has a text.
pub fn pages(explanations: &[Explanation]) -> Vec<Page> {
    let rules = explanations.iter().filter_map(|explanation| {
        let (text, example) = explanation.told.as_ref()?;
        Some(Page {
            file: format!("{}.md", explanation.rule.id),
            markdown: page(explanation, text, example).unwrap_or_default(),
        })
    });
    let index = Page { file: "README.md".to_owned(), markdown: index(explanations).unwrap_or_default() };
    std::iter::once(index).chain(rules).collect()
}

fn index(explanations: &[Explanation]) -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "<!-- Made by `make docs` from policies/*/rules/ and src/own_rules/. -->\n# Rules\n\n\
         What tidegate looks for in MySQL and MariaDB on Kubernetes: what is wrong, what happens otherwise, what to \
         do. `tidegate explain RULE` shows the same in a terminal.\n\n\
         The severity is that of the rule; a finding may be milder. The last column is what the gate does about the \
         page's example with the policies as they are; a policy document can say otherwise \
         ([policies](../../README.md)).\n\n\
         | rule | what is wrong | severity | policy | action | at the gate |\n|---|---|---|---|---|---|\n",
    );
    for explanation in explanations {
        let Explanation { rule, policy, .. } = explanation;
        let outcome = explanation.outcome_in_words().unwrap_or_default();
        writeln!(
            out,
            "| [{id}]({id}.md) | {} | {} | {} | {} | {outcome} |",
            rule.title,
            rule.severity,
            if explanation.is_own() { "none".to_owned() } else { link(policy) },
            if explanation.is_own() { "" } else { action(explanation.action) },
            id = rule.id,
        )?;
    }
    Ok(out)
}

fn page(explanation: &Explanation, text: &RuleText, example: &Example) -> Result<String, std::fmt::Error> {
    let Explanation { rule, policy, .. } = explanation;
    let of_policy = embedded().iter().find(|file| file.rule == rule.id);
    let file = of_policy.map_or_else(|| own::file(&rule.id), Embedded::path);
    let origin = explanation.found_by().map_or_else(|| format!("policy {}", link(policy)), of_no_policy);
    let mut out = format!("<!-- Made by `make docs` from {file}. -->\n");
    write!(out, "# {}: {}\n\nSeverity up to {}, {origin}", rule.id, rule.title, rule.severity)?;
    if let Some(outcome) = example.outcome {
        write!(out, "; at the gate: {}", at_the_gate(explanation, outcome))?;
    }
    writeln!(out, ".")?;
    section(&mut out, "What is wrong", &text.what)?;
    section(&mut out, "What happens otherwise", &text.why)?;
    section(&mut out, "Before and after", &diff(example))?;
    if let Some(only_warns) = &text.only_warns {
        section(&mut out, "When it only warns", only_warns)?;
    }
    section(&mut out, "By hand", &text.by_hand)?;
    if text.has_settings() {
        section(&mut out, "Settings", &text.settings)?;
    }
    section(&mut out, "When to switch it off", &text.switch_off)?;
    section(&mut out, "Links", &text.links)?;
    Ok(out)
}

fn link(policy: &str) -> String {
    format!("[{policy}](../../policies/{policy}/README.md)")
}

fn section(out: &mut String, heading: &str, text: &str) -> std::fmt::Result {
    // A page is one folder nearer to the root than the file that it is made from.
    writeln!(out, "\n## {heading}\n\n{}", text.replace("](../../../", "](../../"))
}

fn diff(example: &Example) -> String {
    let mut text = String::from("```diff\n");
    for (change, line) in whole(&example.before, example.after.as_ref().unwrap_or(&example.before)) {
        text.push_str(format!("{} {line}", change.sign()).trim_end());
        text.push('\n');
    }
    text.push_str("```");
    if let Some(secret) = &example.secret {
        text.push_str(&format!("\n\nThe value goes into the Secret {secret}."));
    }
    text
}
