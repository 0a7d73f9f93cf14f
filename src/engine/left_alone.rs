//! What is not judged, and why: installing tidegate must not disturb what runs already.

use crate::request::{Operation, Phase, Request};
use crate::workload::{Location, is_controlled, is_operator_managed, judged_part, may_concern_mysql};

/// Why an object was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeftAlone {
    /// An update that leaves the pod template as it is, or what else is judged of a kind: a repair
    /// would restart what runs.
    TemplateUnchanged,
    /// Another object controls it and would undo, or be confused by, a change here.
    Controlled,
    /// An operator manages it.
    OperatorManaged,
    /// It is being deleted.
    BeingDeleted,
    /// Nothing in it has to do with MySQL.
    NoMySql,
}

impl LeftAlone {
    /// A sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TemplateUnchanged => "the update leaves what is judged as it is",
            Self::Controlled => "another object controls it, and would undo a change",
            Self::OperatorManaged => "an operator manages it, and would undo a change",
            Self::BeingDeleted => "it is being deleted",
            Self::NoMySql => "nothing in it has to do with MySQL",
        }
    }

    /// Whether it has to do with MySQL, so that somebody may have expected a judgement.
    pub fn concerns_mysql(self) -> bool {
        self != Self::NoMySql
    }
}

/// Whether the request must pass unjudged.
pub(super) fn why_left_alone(request: &Request) -> Option<LeftAlone> {
    let object = &request.object;
    if !may_concern_mysql(object) {
        return Some(LeftAlone::NoMySql);
    }
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
        && let Some(parts) = Location::of(object)
            .map(|location| vec![location.judged])
            .or_else(|| judged_part(object).map(<[_]>::to_vec))
        && parts.iter().all(|part| object.pointer(part) == old.pointer(part))
    {
        return Some(LeftAlone::TemplateUnchanged);
    }
    None
}
