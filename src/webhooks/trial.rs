//! Webhooks that an installation still tries: they are called for the object of the trial alone.

use serde_json::Value;

/// The label of the trial's object, by which webhooks on trial select it.
pub const TRIAL: &str = "tidegate.dev/trial";

/// Whether a webhook is called for the trial's object alone.
pub(super) fn is_on_trial(webhook: &Value) -> bool {
    webhook.pointer("/objectSelector/matchLabels").is_some_and(|labels| labels.get(TRIAL).is_some())
}

/// Ends the trial of a webhook. What else its selector says stays.
pub(super) fn end_trial(webhook: &mut Value) {
    let Some(selector) = webhook.get_mut("objectSelector").and_then(Value::as_object_mut) else { return };
    let Some(labels) = selector.get_mut("matchLabels").and_then(Value::as_object_mut) else { return };
    if labels.remove(TRIAL).is_some() && labels.is_empty() {
        selector.remove("matchLabels");
    }
}
