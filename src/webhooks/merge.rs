//! What becomes of a configuration that is installed: it asks for what policies need, and keeps what its owner wrote.

use serde_json::Value;

use super::changes::{added, is_same, silent, updated, without_false_hopes};
use super::general;
use super::template::{self, Phase, Templates, text};

/// A configuration cannot be kept current.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Where the gate is, and whose certificate it has, is told by the webhooks that are there.
    #[error("the {kind} has no webhook that says where the gate is: apply the file of webhook-deploy/ again")]
    Empty {
        /// The configuration's kind.
        kind: &'static str,
    },
}

/// Brings a configuration to what is wanted; none if it is so already.
///
/// Webhooks that are there keep all but their rules and conditions, and those that are none of the gate's stay as they
/// are.
///
/// # Errors
/// [`MergeError`] if it says nothing of where the gate is.
pub fn merge(live: &Value, wanted: &Value, templates: &Templates, phase: Phase) -> Result<Option<Value>, MergeError> {
    let (before, wanted) = (template::webhooks(live), template::webhooks(wanted));
    let names: Vec<&str> = template::webhooks(templates.of(phase))
        .iter()
        .map(|webhook| text(webhook, "name"))
        .chain(general::NAMES)
        .collect();
    let is_ours = |webhook: &&Value| names.contains(&text(webhook, "name"));
    let Some(model) = before.iter().find(is_ours) else { return Err(MergeError::Empty { kind: phase.kind() }) };
    let mut after: Vec<Value> = Vec::new();
    for webhook in before {
        match wanted.iter().find(|wanted| text(wanted, "name") == text(webhook, "name")) {
            Some(wanted) => after.push(updated(webhook, wanted)),
            None if is_ours(&webhook) => {}
            None => after.push(webhook.clone()),
        }
    }
    let is_there = |name: &str| before.iter().any(|webhook| text(webhook, "name") == name);
    let missing = wanted.iter().filter(|webhook| !is_there(text(webhook, "name")));
    after.extend(missing.map(|webhook| added(webhook, model)));
    if !after.iter().any(|webhook| is_ours(&webhook)) {
        after.push(silent(model));
    }
    let all = after.clone();
    for webhook in after.iter_mut().filter(|webhook| general::NAMES.contains(&text(webhook, "name"))) {
        without_false_hopes(webhook, &all);
    }
    let is_current = before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|(before, after)| text(before, "name") == text(after, "name") && is_same(before, after));
    if is_current {
        return Ok(None);
    }
    let mut merged = live.clone();
    merged["webhooks"] = after.into();
    Ok(Some(merged))
}
