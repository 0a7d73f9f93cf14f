//! Exceptions name a rule that there is, and a reason (MY040).

use std::collections::BTreeMap;

use tidegate_policy::{Concern, Finding, NoSettings, Policy, Request, Rule, Severity, UnknownRule, pointer, raw};

/// The policy.
struct Exceptions;

const RULE: Rule = Rule::new("MY040", "an exception has no rule or no reason", Severity::Medium);

/// What the gate reads.
const ANNOTATION: &str = "tidegate.dev/exceptions";

impl Policy for Exceptions {
    type Settings = NoSettings;
    const NAME: &str = "exceptions";
    const TITLE: &str = "Exceptions name a rule and a reason";
    const RULES: &[Rule] = &[RULE];
    const KINDS: &[&str] = &[
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "CronJob",
        "Job",
        "Pod",
        "PodTemplate",
        "ReplicationController",
        "Service",
        "ConfigMap",
        "PersistentVolumeClaim",
        "StorageClass",
    ];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, NoSettings {}: &NoSettings) -> Vec<Finding> {
        let annotations: BTreeMap<String, String> = raw::at("/metadata/annotations").unwrap_or_default();
        let Some(text) = annotations.get(ANNOTATION) else { return vec![] };
        let at = pointer::join("/metadata/annotations", [ANNOTATION]);
        let of_lines = text.lines().filter_map(problem).map(|problem| {
            Finding::new(&RULE, &at, problem)
                .help("Write one exception a line: the rule, a colon, and why it is all right here")
        });
        let unknown = request.unknown_rules();
        let of_rules = unknown.iter().filter(|unknown| is_rule(&unknown.rule)).map(|UnknownRule { rule, meant }| {
            let help = match meant {
                Some(meant) => format!("Did you mean {meant}? A finding has its rule in square brackets"),
                None => {
                    "Write the rule as the finding has it, in square brackets; or take the exception out".to_owned()
                }
            };
            Finding::new(&RULE, &at, format!("there is no rule {rule}, and so its exception excepts nothing"))
                .help(help)
        });
        of_lines.chain(of_rules).collect()
    }
}

tidegate_policy::export!(Exceptions);

/// What is wrong with a line of the annotation.
fn problem(line: &str) -> Option<String> {
    let line = line.trim();
    let (rules, reason) = line.split_once(':').unwrap_or((line, ""));
    let rules: Vec<_> = rules.split(',').map(str::trim).collect();
    let wrong = rules.iter().find(|rule| !is_rule(rule));
    match wrong {
        _ if line.is_empty() => None,
        // What stands there may be anything: it is not repeated.
        Some(_) => Some("an exception begins with something that is no rule, and so excepts nothing".to_owned()),
        None if reason.trim().is_empty() => {
            Some(format!("the exception from {} has no reason, and so excepts nothing", rules.join(", ")))
        }
        None => None,
    }
}

/// Whether it looks like a rule's id: letters, then digits.
fn is_rule(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_rules_a_colon_and_a_reason() {
        for (line, wrong) in [
            ("MY011: an operator watches it", None),
            ("MY011, MY012: an operator: it watches", None),
            ("", None),
            ("MY011", Some("from MY011 has no reason")),
            ("MY011, MY012:  ", Some("from MY011, MY012 has no reason")),
            ("we need this", Some("no rule")),
            ("my011: small letters", Some("no rule")),
            (": why", Some("no rule")),
        ] {
            match (problem(line), wrong) {
                (None, None) => {}
                (Some(found), Some(wrong)) if found.contains(wrong) => {}
                (found, wrong) => panic!("{line}: {found:?}, not {wrong:?}"),
            }
        }
    }
}
