//! The rules that belong to no policy, explained like the others.

use super::example::Example;
use super::explanation::{ExplainError, Explanation};
use super::text::RuleText;
use crate::finding::Rule;
use crate::own_rules::{FINDER, OWN_RULES, OwnRule};
use crate::policy::Action;

/// Explains them, in the order of their names. No engine is asked: their examples stand in a cluster.
///
/// # Errors
/// [`ExplainError`] on the first rule whose text is not as it has to be.
pub fn own_explanations() -> Result<Vec<Explanation>, ExplainError> {
    OWN_RULES.into_iter().map(explanation).collect()
}

fn explanation(own: OwnRule) -> Result<Explanation, ExplainError> {
    let failed = |problem| ExplainError { file: file(own.id), problem };
    let text = RuleText::parse(own.markdown).map_err(|error| failed(error.into()))?;
    let example = Example { before: text.before.clone(), after: text.after.clone(), outcome: None, secret: None };
    Ok(Explanation {
        rule: Rule { id: own.id.to_owned(), title: own.title.to_owned(), severity: own.severity },
        policy: FINDER.to_owned(),
        action: Action::Audit,
        told: Some((text, example)),
    })
}

/// The file of a rule's text.
pub(super) fn file(rule: &str) -> String {
    format!("src/own_rules/{rule}.md")
}
