//! What is not judged, and why: installing tidegate must not disturb what runs already.

use std::collections::BTreeMap;

use serde_json::Value;

use super::last_applied::ANNOTATION as LAST_APPLIED;
use crate::policy::PolicySet;
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

/// Whose judgement a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// That of policies on what has to do with MySQL.
    pub(super) mysql: bool,
    /// That of policies on everything of a kind.
    pub(super) general: bool,
    /// What must stay as it is: an update that does not touch the pods must not replace them.
    pub(super) frozen: Option<&'static str>,
}

/// Whose judgement the request gets, or why nobody's.
pub(super) fn standing(request: &Request, policies: &PolicySet) -> Result<Standing, LeftAlone> {
    let object = &request.object;
    let (mut mysql, mut general) = (may_concern_mysql(object), policies.judges_whatever(object));
    if !mysql && !general {
        return Err(LeftAlone::NoMySql);
    }
    if let Some(why) = others(object) {
        (mysql, general) = (false, general && !runs_pods(object));
        if !general {
            return Err(why);
        }
    }
    if request.phase != Phase::Audit && object.pointer("/metadata/deletionTimestamp").is_some_and(|at| !at.is_null()) {
        return Err(LeftAlone::BeingDeleted);
    }
    let whole = Standing { mysql, general, frozen: None };
    let Some(old) = request.old_object.as_ref().filter(|_| request.operation == Operation::Update) else {
        return Ok(whole);
    };
    let template = Location::of(object).map(|location| location.judged);
    let parts = template.map(|judged| vec![judged]).or_else(|| judged_part(object).map(<[_]>::to_vec));
    let is_same = parts.is_some_and(|parts| parts.iter().all(|part| object.pointer(part) == old.pointer(part)));
    let general = general && is_changed(object, old);
    match (mysql && !is_same, general) {
        (false, false) => Err(LeftAlone::TemplateUnchanged),
        (mysql, general) => Ok(Standing { mysql, general, frozen: template.filter(|_| is_same) }),
    }
}

/// Whether another object is judged in this one's place, whatever the policies are about: it controls this one, and
/// makes its pods.
pub fn is_left_to_its_owner(object: &Value, policies: &PolicySet) -> bool {
    is_controlled(object) && (runs_pods(object) || !policies.judges_whatever(object))
}

/// Who else sees to an object. A repair of what runs pods there would be undone, or replace pods again and again; of
/// anything else, a policy on everything is asked all the same.
fn others(object: &Value) -> Option<LeftAlone> {
    if is_controlled(object) {
        Some(LeftAlone::Controlled)
    } else {
        is_operator_managed(object).then_some(LeftAlone::OperatorManaged)
    }
}

fn runs_pods(object: &Value) -> bool {
    Location::of(object).is_some()
}

/// Whether an update changes anything but the status and what the API server and controllers keep in `metadata`.
fn is_changed(new: &Value, old: &Value) -> bool {
    let own = |object: &Value| -> BTreeMap<String, Value> {
        let fields = object.as_object().into_iter().flatten();
        let mut own: BTreeMap<_, _> = fields
            .filter(|(field, _)| !matches!(field.as_str(), "metadata" | "status"))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        for field in ["labels", "annotations"] {
            let mut entries = object.pointer("/metadata").and_then(|metadata| metadata.get(field)).cloned();
            if let Some(Value::Object(entries)) = &mut entries {
                entries.remove(LAST_APPLIED);
            }
            // No entries at all are the same, however they are written.
            if let Some(entries) = entries.filter(|entries| entries.as_object().is_none_or(|map| !map.is_empty())) {
                own.insert(format!("metadata.{field}"), entries);
            }
        }
        own
    };
    own(new) != own(old)
}
