//! Which fields of a webhook follow from the policies, and which are its owner's.

use serde_json::Value;

use super::conditions::{NOT_SENT_BY, not_sent_name};
use super::template::{list, text};

/// What follows from the policies. Everything else, such as the address, the authority, selectors, deadlines, is for
/// whoever installed the gate to say.
const DERIVED: [&str; 2] = ["rules", "matchConditions"];
/// What a new webhook takes over from one that is there.
const INHERITED: [&str; 3] = ["clientConfig", "namespaceSelector", "objectSelector"];

/// A webhook that is there, with what it should ask for.
pub(super) fn updated(live: &Value, wanted: &Value) -> Value {
    let mut webhook = live.clone();
    for field in DERIVED {
        webhook[field] = wanted.get(field).cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    }
    webhook
}

/// A webhook that is not there yet, at the address of one that is.
pub(super) fn added(wanted: &Value, model: &Value) -> Value {
    let mut webhook = wanted.clone();
    if let Some(fields) = webhook.as_object_mut() {
        for field in INHERITED {
            match model.get(field) {
                Some(value) => fields.insert(field.to_owned(), value.clone()),
                None => fields.remove(field),
            };
        }
    }
    webhook
}

/// A webhook that asks for nothing, and keeps the address and the authority for those to come.
pub(super) fn silent(live: &Value) -> Value {
    updated(live, &Value::Null)
}

/// Whether a webhook asks for the same as before, of the same objects.
pub(super) fn is_same(left: &Value, right: &Value) -> bool {
    DERIVED.iter().all(|field| list(left, field) == list(right, field))
        && selector(left, "objectSelector") == selector(right, "objectSelector")
}

/// A selector, unless it selects everything: the API server writes an empty one where there is none.
fn selector<'a>(webhook: &'a Value, field: &str) -> Option<&'a Value> {
    webhook.get(field).filter(|selector| selector.as_object().is_none_or(|fields| !fields.is_empty()))
}

/// Takes those conditions away that leave out what another webhook sends, where that one does not send it: it stands
/// before other namespaces or objects, or lets pass what is to wait.
pub(super) fn without_false_hopes(webhook: &mut Value, all: &[Value]) {
    let sends = |name: &str| {
        all.iter().find(|other| not_sent_name(text(other, "name")) == name).is_some_and(|other| {
            let same = |field: &str| selector(other, field) == selector(webhook, field);
            same("namespaceSelector")
                && same("objectSelector")
                && (text(webhook, "failurePolicy") != "Fail" || text(other, "failurePolicy") == "Fail")
        })
    };
    let kept: Vec<Value> = list(webhook, "matchConditions")
        .iter()
        .filter(|condition| {
            let name = text(condition, "name");
            !name.starts_with(NOT_SENT_BY) || sends(name)
        })
        .cloned()
        .collect();
    webhook["matchConditions"] = kept.into();
}
