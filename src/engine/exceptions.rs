//! Exceptions that an author makes for an object: an annotation that names rules, each with its reason.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::closest::closest;
use crate::finding::Severity;
use crate::own_rules::all_ids;
use crate::policy::{InstalledException, PolicySet, UnknownRule};
use crate::request::Request;

/// The annotation of the object itself. In that of a pod template it would restart pods.
pub const ANNOTATION: &str = "tidegate.dev/exceptions";

/// What an exception does to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// The finding is left as it is: it is neither repaired nor refused nor told at the gate.
    Granted {
        /// Why, in the author's words.
        reason: String,
    },
    /// The policy's document allows no exception from a finding this bad.
    NotAllowed {
        /// Up to which severity it allows them; none if it allows none at all.
        up_to: Option<Severity>,
    },
    /// There was an exception, and it has ended.
    Ended {
        /// Namespace and name of the `PolicyException`.
        name: String,
        /// When it ended.
        at: Timestamp,
    },
}

/// Why an object is excepted from a rule that belongs to no policy, if its author says so; of an object whose
/// credentials are withheld.
pub fn excepted(shown: &Value, rule: &str) -> Option<String> {
    Exceptions::of(shown).annotated.remove(rule)
}

/// The exceptions of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Exceptions {
    /// Those of its author: rule to reason.
    annotated: BTreeMap<String, String>,
    /// Those that were granted beside it, by rule.
    granted: BTreeMap<String, Exception>,
}

impl Exceptions {
    /// Reads those of an object whose credentials are withheld: a reason is printed.
    ///
    /// Each line of the annotation is `RULE: reason`, or `RULE, RULE: reason`. A line without a reason
    /// excepts nothing; that it stands there is a policy's finding.
    pub(super) fn of(shown: &Value) -> Self {
        let text = shown.get("metadata").and_then(|metadata| metadata.get("annotations"));
        let text = text.and_then(|annotations| annotations.get(ANNOTATION)).and_then(Value::as_str).unwrap_or_default();
        let mut exceptions = BTreeMap::new();
        for (rules, reason) in text.lines().filter_map(|line| line.split_once(':')) {
            let reason = reason.trim();
            if reason.is_empty() {
                continue;
            }
            for rule in rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()) {
                exceptions.entry(rule.to_owned()).or_insert_with(|| reason.to_owned());
            }
        }
        Self { annotated: exceptions, granted: BTreeMap::new() }
    }

    /// Adds the set's own that are about the object: of one rule the one that ends last.
    pub(super) fn add(&mut self, policies: &PolicySet, request: &Request) {
        for InstalledException { exception, has_ended } in policies.exceptions() {
            if !exception.covers(request) {
                continue;
            }
            let (name, at) = (exception.name.clone(), exception.expires);
            let what = if *has_ended {
                Exception::Ended { name, at }
            } else {
                Exception::Granted { reason: format!("{} ({name}, until {at})", exception.reason) }
            };
            for rule in exception.rules() {
                self.granted.entry(rule.clone()).or_insert_with(|| what.clone());
            }
        }
    }

    /// The rules that it names and that there are not: neither a policy in force has them, nor this program.
    pub(super) fn unknown(&self, policies: &PolicySet) -> Vec<UnknownRule> {
        if self.annotated.is_empty() {
            return Vec::new();
        }
        let in_force = policies.iter().flat_map(|policy| &policy.module.description().rules);
        let own = all_ids();
        let known: Vec<&str> = own.iter().copied().chain(in_force.map(|rule| rule.id.as_str())).collect();
        let unknown = self.annotated.keys().filter(|rule| !known.contains(&rule.as_str()));
        let meant = |rule: &str| closest(rule, known.iter().copied()).map(str::to_owned);
        unknown.map(|rule| UnknownRule { rule: rule.clone(), meant: meant(rule) }).collect()
    }

    /// What becomes of a finding of `rule`, where exceptions are allowed up to `limit`.
    pub(super) fn exception(&self, rule: &str, severity: Severity, limit: Option<Severity>) -> Option<Exception> {
        let annotated = self.annotated.get(rule).map(|reason| match limit {
            Some(limit) if severity <= limit => Exception::Granted { reason: reason.clone() },
            up_to => Exception::NotAllowed { up_to },
        });
        match (annotated, self.granted.get(rule)) {
            (Some(Exception::NotAllowed { .. }), Some(granted @ Exception::Granted { .. })) => Some(granted.clone()),
            (annotated, granted) => annotated.or_else(|| granted.cloned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_name_rules_and_a_reason() {
        for (text, expected) in [
            ("MY011: watched by an operator", &[("MY011", "watched by an operator")][..]),
            ("MY011, MY012: see OPS-7: watched\n", &[("MY011", "see OPS-7: watched"), ("MY012", "see OPS-7: watched")]),
            ("MY011: first\nMY011: second\n\nMY013 : x", &[("MY011", "first"), ("MY013", "x")]),
            ("MY011:\nMY012: \nMY013", &[]),
            ("", &[]),
        ] {
            let object = json!({ "metadata": { "annotations": { ANNOTATION: text } } });
            let expected = expected.iter().map(|(rule, why)| ((*rule).to_owned(), (*why).to_owned())).collect();
            assert_eq!(Exceptions::of(&object).annotated, expected, "{text}");
        }
    }

    #[test]
    fn a_rule_that_there_is_not_is_told_with_the_one_that_was_meant() {
        let object = json!({ "metadata": { "annotations": { ANNOTATION: "MY011, TG001, MY0111, XYZ1: because" } } });
        let unknown = Exceptions::of(&object).unknown(&PolicySet::default());
        let told: Vec<_> = unknown.iter().map(|one| (one.rule.as_str(), one.meant.as_deref())).collect();
        assert_eq!(told, [("MY0111", Some("MY011")), ("XYZ1", None)]);
    }

    #[test]
    fn the_policy_says_up_to_which_severity() {
        let object = json!({ "metadata": { "annotations": { ANNOTATION: "X1: because" } } });
        let exceptions = Exceptions::of(&object);
        let granted = Some(Exception::Granted { reason: "because".to_owned() });
        let refused = |up_to| Some(Exception::NotAllowed { up_to });
        for (rule, severity, limit, expected) in [
            ("X1", Severity::Medium, Some(Severity::Medium), granted.clone()),
            ("X1", Severity::High, Some(Severity::Medium), refused(Some(Severity::Medium))),
            ("X1", Severity::High, Some(Severity::Critical), granted),
            ("X1", Severity::Info, None, refused(None)),
            ("X2", Severity::Info, Some(Severity::Critical), None),
        ] {
            assert_eq!(exceptions.exception(rule, severity, limit), expected, "{rule} {severity}");
        }
    }
}
