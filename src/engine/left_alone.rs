//! What is not judged, and why: installing tidegate must not disturb what runs already.

use serde_json::Value;

use crate::request::{Operation, Phase, Request};
use crate::workload::{Location, is_operator_managed};

/// Why an object was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeftAlone {
    /// An update that leaves the pod template as it is: a repair would restart what runs.
    TemplateUnchanged,
    /// Another object controls it and would undo, or be confused by, a change here.
    Controlled,
    /// An operator manages it.
    OperatorManaged,
    /// It is being deleted.
    BeingDeleted,
}

impl LeftAlone {
    /// A sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TemplateUnchanged => "the update leaves the pod template as it is",
            Self::Controlled => "another object controls it; that one is judged instead",
            Self::OperatorManaged => "an operator manages it",
            Self::BeingDeleted => "it is being deleted",
        }
    }
}

/// Whether the request must pass unjudged.
pub(super) fn why_left_alone(request: &Request) -> Option<LeftAlone> {
    let object = &request.object;
    if is_controlled(object) {
        return Some(LeftAlone::Controlled);
    }
    if is_operator_managed(object) {
        return Some(LeftAlone::OperatorManaged);
    }
    if request.phase != Phase::Audit && object.pointer("/metadata/deletionTimestamp").is_some_and(|at| !at.is_null()) {
        return Some(LeftAlone::BeingDeleted);
    }
    if request.operation == Operation::Update
        && let Some(old) = &request.old_object
        && let Some(location) = Location::of(object)
        && object.pointer(location.judged) == old.pointer(location.judged)
    {
        return Some(LeftAlone::TemplateUnchanged);
    }
    None
}

/// Whether an owner with `controller: true` exists.
fn is_controlled(object: &Value) -> bool {
    object
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array)
        .is_some_and(|owners| owners.iter().any(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true)))
}
