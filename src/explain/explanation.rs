//! All that there is to say of a rule, in one place: its policy's word, its text, its example.

use serde::Serialize;

use super::embedded::embedded;
use super::example::{Example, ExampleError, Outcome};
use super::text::{RuleText, TextError};
use crate::finding::{Rule, Severity};
use crate::own_rules::OWN_RULES;
use crate::policy::{Action, PolicySet};

/// A rule that is in force, and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The rule, as its policy describes it.
    pub rule: Rule,
    /// The name of the policy document.
    pub policy: String,
    /// What that document says should be done with its findings.
    pub action: Action,
    /// The text and what becomes of its example; none for rules that are none of this program's.
    pub told: Option<(RuleText, Example)>,
}

/// Why a rule cannot be explained: its file is not as it has to be.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ExplainError {
    /// The file of its text, in the repository.
    pub file: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a rule's file.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Its sections.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Its example.
    #[error(transparent)]
    Example(#[from] ExampleError),
}

/// Explains every rule that is in force, in the order of their names.
///
/// # Errors
/// [`ExplainError`] on the first rule whose file is not as it has to be.
pub fn explain(policies: &PolicySet) -> Result<Vec<Explanation>, ExplainError> {
    let mut explanations = Vec::new();
    for policy in policies.iter() {
        let alone = policies.only(&policy.name);
        for rule in &policy.module.description().rules {
            let file = embedded().iter().find(|file| file.rule == rule.id);
            let told = file.map(|file| {
                let failed = |problem| ExplainError { file: file.path(), problem };
                let text = RuleText::parse(file.markdown).map_err(|error| failed(error.into()))?;
                let example = Example::try_out(&text, &alone).map_err(|error| failed(error.into()))?;
                Ok((text, example))
            });
            explanations.push(Explanation {
                rule: rule.clone(),
                policy: policy.name.clone(),
                action: policy.action,
                told: told.transpose()?,
            });
        }
    }
    explanations.sort_by(|left, right| (&left.rule.id, &left.policy).cmp(&(&right.rule.id, &right.policy)));
    Ok(explanations)
}

impl Explanation {
    /// What the gate does about the example, if it is tried and anything is found.
    pub fn outcome(&self) -> Option<Outcome> {
        self.told.as_ref().and_then(|(_, example)| example.outcome)
    }

    /// Whether what is repaired in the example is only told in other cases.
    pub fn may_only_warn(&self) -> bool {
        self.told.as_ref().is_some_and(|(text, _)| text.only_warns.is_some())
    }

    /// The same in words: an example that is repaired does not mean that each finding is.
    pub fn outcome_in_words(&self) -> Option<String> {
        let outcome = self.outcome()?;
        Some(if outcome == Outcome::Repaired && self.may_only_warn() {
            "repaired or a warning".to_owned()
        } else {
            outcome.to_string()
        })
    }

    /// Who finds it, of a rule that belongs to no policy.
    pub fn found_by(&self) -> Option<&'static str> {
        OWN_RULES.into_iter().find(|rule| rule.id == self.rule.id).map(|rule| rule.found_by)
    }

    /// Whether it is a rule that belongs to no policy.
    pub fn is_own(&self) -> bool {
        self.found_by().is_some()
    }

    /// Whether a word names this rule or its policy; case does not count.
    pub fn is_called(&self, word: &str) -> bool {
        self.rule.id.eq_ignore_ascii_case(word) || self.policy.eq_ignore_ascii_case(word)
    }
}

/// An explanation for programs; texts are Markdown, manifests YAML.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ForPrograms<'a> {
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    policy: &'a str,
    action: Action,
    #[serde(flatten)]
    told: Option<Told<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    at_the_gate: Option<Outcome>,
    what: &'a str,
    why: &'a str,
    before: &'a str,
    after: Option<&'a str>,
    when_it_only_warns: Option<&'a str>,
    by_hand: &'a str,
    settings: Option<&'a str>,
    when_to_switch_it_off: &'a str,
    links: &'a str,
}

impl Serialize for Explanation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ForPrograms {
            rule: &self.rule.id,
            title: &self.rule.title,
            severity: self.rule.severity,
            policy: &self.policy,
            action: self.action,
            told: self.told.as_ref().map(|(text, example)| Told {
                at_the_gate: example.outcome,
                what: &text.what,
                why: &text.why,
                before: &example.before,
                after: example.after.as_deref(),
                when_it_only_warns: text.only_warns.as_deref(),
                by_hand: &text.by_hand,
                settings: text.has_settings().then_some(text.settings.as_str()),
                when_to_switch_it_off: &text.switch_off,
                links: &text.links,
            }),
        }
        .serialize(serializer)
    }
}
