//! Which findings are about a credential: of a copy nothing else matters any more.

use std::sync::Arc;

use serde_json::Value;

use crate::engine::{Judged, evaluate};
use crate::finding::Edit;
use crate::lookup::{Lookup, ResourceType, Unavailable};
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::{Misfit, WITHHELD, withheld};

/// What stands for a credential that comes from elsewhere, as in a template.
const REFERENCE: &str = "${WITHHELD}";

/// The findings of an object that are about a credential in it, whoever controls the object.
///
/// No policy says that of its findings, so it is tried: what is no longer found once every credential is only
/// referred to, at a place that holds one, is about it. What a policy would move into a Secret is about one in
/// any case.
///
/// # Errors
/// [`Misfit`] if a field does not fit the object's kind.
pub(in crate::audit) fn about_credentials(
    object: &Value,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
) -> Result<Vec<Judged>, Misfit> {
    let mut object = object.clone();
    // The gate leaves alone what another object controls: that one is judged instead. A copy is not.
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("ownerReferences");
    }
    let lookup: Arc<dyn Lookup> = Arc::new(OnlyNamespaces(Arc::clone(lookup)));
    let found = evaluate(&Request::audit(object.clone()), policies, &lookup)?.findings;
    if found.is_empty() {
        return Ok(found);
    }
    let shown = withheld(&object);
    let without = evaluate(&Request::audit(referring(shown.clone())), policies, &lookup)?.findings;
    let still_found = |one: &Judged| {
        let one = &one.finding;
        without.iter().any(|other| {
            let other = &other.finding;
            (&other.rule, &other.at, &other.message) == (&one.rule, &one.at, &one.message)
        })
    };
    let is_at_credential = |judged: &Judged| shown.pointer(&judged.finding.at).is_some_and(holds_credential);
    let moves = |judged: &Judged| judged.finding.fix.iter().any(|edit| matches!(edit, Edit::MoveToSecret(_)));
    Ok(found.into_iter().filter(|judged| moves(judged) || is_at_credential(judged) && !still_found(judged)).collect())
}

fn referring(mut shown: Value) -> Value {
    match &mut shown {
        Value::String(text) if text.contains(WITHHELD) => *text = text.replace(WITHHELD, REFERENCE),
        Value::Array(items) => items.iter_mut().for_each(|item| *item = referring(item.take())),
        Value::Object(fields) => fields.values_mut().for_each(|field| *field = referring(field.take())),
        _ => {}
    }
    shown
}

fn holds_credential(shown: &Value) -> bool {
    match shown {
        Value::String(text) => text.contains(WITHHELD),
        Value::Array(items) => items.iter().any(holds_credential),
        Value::Object(fields) => fields.values().any(holds_credential),
        _ => false,
    }
}

/// Answers by which a policy chooses its objects, and no others: a copy is judged by what it holds itself.
struct OnlyNamespaces(Arc<dyn Lookup>);

impl Lookup for OnlyNamespaces {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        if kind.kind == "Namespace" { self.0.get(kind, namespace, name) } else { Err(nobody_can_say()) }
    }

    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Err(nobody_can_say())
    }
}

fn nobody_can_say() -> Unavailable {
    Unavailable::because("a copy is judged by what it holds itself")
}
