//! What becomes of a configuration that is installed: it asks for what policies need, and keeps what its owner wrote.

use serde_json::Value;

use super::changes::{added, is_same, silent, updated, without_false_hopes};
use super::general;
use super::template::{self, Phase, Templates, text};
use super::trial::{end_trial, is_on_trial};

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
/// are. While an installation has the gate on trial, all stay as they are.
///
/// # Errors
/// [`MergeError`] if it says nothing of where the gate is.
pub fn merge(live: &Value, wanted: &Value, templates: &Templates, phase: Phase) -> Result<Option<Value>, MergeError> {
    let (before, wanted) = (template::webhooks(live), template::webhooks(wanted));
    let names = names(templates, phase);
    let is_ours = |webhook: &&Value| names.contains(&text(webhook, "name"));
    let is_general = |webhook: &Value| general::NAMES.contains(&text(webhook, "name"));
    // As long as an installation tries whether the gate can be called at all, nobody else is to wait for it: what is
    // to be added comes when the trial is over. An installation has the first webhook always.
    let first = before.iter().find(|webhook| names.first() == Some(&text(webhook, "name")));
    if first.is_some_and(is_on_trial) {
        return Ok(None);
    }
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
    for webhook in after.iter_mut().filter(|webhook| names.contains(&text(webhook, "name"))) {
        end_trial(webhook);
    }
    let all = after.clone();
    for webhook in after.iter_mut().filter(|webhook| is_general(webhook)) {
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

/// The names of the gate's own webhooks.
pub(super) fn names(templates: &Templates, phase: Phase) -> Vec<&str> {
    let of_templates = template::webhooks(templates.of(phase)).iter().map(|webhook| text(webhook, "name"));
    of_templates.chain(general::NAMES).collect()
}
