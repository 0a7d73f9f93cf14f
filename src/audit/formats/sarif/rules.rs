//! The rules of a run: those that were judged by, and those of findings beside them.

use std::collections::{BTreeMap, HashMap};

use super::model::{Configuration, Help, Message, Rule, RuleProperties};
use crate::audit::report::AuditReport;
use crate::finding::Severity;

/// By these GitHub shows the score.
const TAGS: &[&str] = &["kubernetes", "mysql", "security"];

/// The rules, each once, and where each id stands.
pub(super) struct Rules<'a> {
    pub(super) rules: Vec<Rule<'a>>,
    places: HashMap<&'a str, usize>,
    texts: &'a BTreeMap<String, String>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let mut this = Self { rules: Vec::new(), places: HashMap::new(), texts: &report.rule_texts };
        for rule in &report.rules {
            let help = format!(
                "`tidegate explain {}` says what happens otherwise, what to do, and when to switch it off.",
                rule.id
            );
            this.add(&rule.id, &rule.policy, &rule.title, &help, rule.severity);
        }
        // What is found beside the policies, in copies of manifests, has no title of its own.
        for finding in report.objects.iter().flat_map(|object| &object.findings) {
            let help = "Each result says what to do.";
            this.add(&finding.rule, &finding.policy, &finding.message, help, finding.severity);
        }
        this
    }

    /// Where a rule stands.
    pub(super) fn index(&self, id: &str) -> usize {
        self.places.get(id).copied().unwrap_or_default()
    }

    fn add(&mut self, id: &'a str, policy: &'a str, title: &str, help: &str, severity: Severity) {
        // Two policy documents may have one module; GitHub wants each id once.
        if self.places.contains_key(id) {
            return;
        }
        self.places.insert(id, self.rules.len());
        self.rules.push(Rule {
            id,
            short_description: Message::new(title),
            full_description: Message::new(&format!("{title}. A rule of the policy {policy}.")),
            help: Help { text: Message::new(help).text, markdown: self.texts.get(id).map(String::as_str) },
            default_configuration: Configuration { level: level(severity) },
            properties: RuleProperties {
                policy,
                severity: severity.to_string(),
                security_severity: security_severity(severity),
                tags: TAGS,
            },
        });
    }
}

/// SARIF has three levels (§3.27.10).
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of the scores that GitHub calls so: critical over 9.0, high from 7.0, medium from 4.0, low from 0.1
/// (its documentation, "SARIF support for code scanning", `security-severity`).
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}
