//! What a policy says of itself: whether its rules can be told from others, and whether it can find anything.

use std::collections::BTreeSet;

use super::Verdict;
use crate::explain::embedded;
use crate::own_rules::OWN_RULES;
use crate::policy::Description;

/// The longest id of a rule: it stands in a column of every report.
const LONGEST_ID: usize = 16;
/// The longest title that fits beside an id on one line of a terminal.
const LONGEST_TITLE: usize = 120;

pub(super) fn judge(described: &Description, is_builtin: bool) -> Verdict {
    let mut verdict = Verdict::default();
    if described.rules.is_empty() {
        verdict.errors.push("it describes no rule, and so it can find nothing".to_owned());
    }
    if described.kinds.is_empty() {
        verdict.errors.push("its list of kinds is empty, and so it would never be asked".to_owned());
    }
    if described.title.is_empty() {
        verdict.warnings.push("it has no title; say in one line what it sees to".to_owned());
    }
    let mut ids = BTreeSet::new();
    for rule in &described.rules {
        let id = &rule.id;
        if !is_id(id) {
            verdict.errors.push(format!(
                "the rule \"{id}\" has to be called by 2 to {LONGEST_ID} capital letters and digits, a letter first, \
                 for instance SHOP001"
            ));
        }
        if !ids.insert(id) {
            verdict.errors.push(format!("it describes the rule {id} twice"));
        }
        if let Some(owner) = owner(id).filter(|owner| !is_builtin && *owner != described.name) {
            verdict.errors.push(format!(
                "the rule {id} is one of {owner}; take other letters, so that reports and exceptions mean one rule"
            ));
        }
        if rule.title.is_empty() {
            verdict.warnings.push(format!("the rule {id} has no title; say in one line what is wrong when it fires"));
        } else if rule.title.len() > LONGEST_TITLE || rule.title.ends_with('.') {
            verdict.warnings.push(format!(
                "the title of the rule {id} should be one line of up to {LONGEST_TITLE} characters without a full stop"
            ));
        }
    }
    verdict
}

/// To whom a rule of this program belongs: the built-in policy, or tidegate itself. A policy with a built-in one's
/// name is meant to take its place.
fn owner(id: &str) -> Option<&'static str> {
    let policies = embedded().iter().filter(|text| text.rule == id).map(|text| text.policy);
    policies.chain(OWN_RULES.iter().filter(|rule| rule.id == id).map(|_| "tidegate itself")).next()
}

fn is_id(id: &str) -> bool {
    (2..=LONGEST_ID).contains(&id.len())
        && id.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::finding::{Rule, Severity};
    use crate::policy::{Concern, JudgedKind};

    fn judged(name: &str, rules: &[(&str, &str)]) -> Verdict {
        let rule = |(id, title): &(&str, &str)| Rule {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            severity: Severity::Low,
        };
        let description = Description {
            name: name.to_owned(),
            title: "Backups end".to_owned(),
            rules: rules.iter().map(rule).collect(),
            settings_schema: json!({}),
            reads: Vec::new(),
            kinds: vec![JudgedKind::parse("CronJob")],
            concern: Concern::Everything,
        };
        judge(&description, false)
    }

    #[test]
    fn rules_are_called_so_that_everybody_can_name_them() {
        let policy = embedded().first().map_or("", |text| text.policy);
        let rule = embedded().first().map_or("", |text| text.rule);
        assert_eq!(judged("backup", &[("SHOP001", "no end"), ("T2", "no start")]), Verdict::default());
        assert_eq!(judged(policy, &[(rule, "one of its own")]).errors, Vec::<String>::new());
        for (rules, error) in [
            (&[] as &[(&str, &str)], "it describes no rule, and so it can find nothing"),
            (&[("shop1", "a")], "the rule \"shop1\" has to be called by 2 to 16 capital letters and digits"),
            (&[("1A", "a")], "the rule \"1A\" has to be called"),
            (&[("A", "a")], "the rule \"A\" has to be called"),
            (&[("A2345678901234567", "a")], "the rule \"A2345678901234567\" has to be called"),
            (&[("SHOP-1", "a")], "the rule \"SHOP-1\" has to be called"),
            (&[("SHOP1", "a"), ("SHOP1", "b")], "it describes the rule SHOP1 twice"),
            (&[(rule, "a")], &format!("the rule {rule} is one of {policy}; take other letters")),
            (&[("TG001", "a")], "the rule TG001 is one of tidegate itself; take other letters"),
        ] {
            let errors = judged("backup", rules).errors;
            assert!(errors.len() == 1 && errors.iter().all(|found| found.starts_with(error)), "{errors:?}");
        }
        for (title, warning) in [
            ("", "the rule T1 has no title"),
            ("It is wrong.", "the title of the rule T1 should be one line"),
            (&"a".repeat(121), "the title of the rule T1 should be one line"),
        ] {
            let verdict = judged("backup", &[("T1", title)]);
            assert!(verdict.errors.is_empty(), "{verdict:?}");
            assert!(verdict.warnings.len() == 1 && verdict.warnings.iter().all(|found| found.starts_with(warning)));
        }
    }
}
