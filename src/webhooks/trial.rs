//! Webhooks that an installation still tries: they are called for the object of the trial alone.

use serde_json::Value;

/// The label of the trial's object, by which webhooks on trial select it.
pub const TRIAL: &str = "tidegate.dev/trial";

/// Whether a webhook is called for the trial's object alone.
pub(super) fn is_on_trial(webhook: &Value) -> bool {
    webhook.pointer("/objectSelector/matchLabels").is_some_and(|labels| labels.get(TRIAL).is_some())
}

/// Ends the trial of a webhook. What else its selector says stays. Whether it was on trial.
pub fn end_trial(webhook: &mut Value) -> bool {
    webhook.get_mut("objectSelector").is_some_and(without_trial)
}

/// Takes the trial's label out of a selector. Whether it was there.
pub fn without_trial(selector: &mut Value) -> bool {
    let Some(labels) = selector.get_mut("matchLabels").and_then(Value::as_object_mut) else { return false };
    let was_there = labels.remove(TRIAL).is_some();
    let is_empty = labels.is_empty();
    if let (true, Some(selector)) = (was_there && is_empty, selector.as_object_mut()) {
        selector.remove("matchLabels");
    }
    was_there
}
