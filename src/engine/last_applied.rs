//! Keeps `kubectl.kubernetes.io/last-applied-configuration` in step with moved variables.
//!
//! Rewritten like the object itself, the annotation holds no plaintext, and the next `kubectl
//! apply` of the unchanged file comes to the same object. Kept or removed, it would do neither.

use serde_json::Value;

use super::draft::{Draft, EditError};
use crate::workload::Location;

/// The annotation.
pub(super) const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";
const POINTER: &str = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";

/// Takes literal values out of the annotation where the object itself has a `valueFrom` instead.
pub(super) fn rewrite(draft: &mut Draft) -> Result<(), EditError> {
    let Some(text) = draft.object().pointer(POINTER).and_then(Value::as_str) else { return Ok(()) };
    let Some(location) = Location::of(draft.object()) else { return Ok(()) };
    // An annotation that is no JSON was not written by kubectl, and kubectl refuses it.
    let Ok(mut applied) = serde_json::from_str::<Value>(text) else { return Ok(()) };
    let newline = if text.ends_with('\n') { "\n" } else { "" };
    if !take_over(&mut applied, draft.object(), location) {
        return Ok(());
    }
    draft.set(POINTER, Value::String(format!("{applied}{newline}")))
}

/// Whether anything changed.
fn take_over(applied: &mut Value, object: &Value, location: Location) -> bool {
    let mut changed = false;
    for list in ["initContainers", "containers"] {
        let Some(containers) =
            applied.pointer_mut(&format!("{}/{list}", location.pod_spec)).and_then(Value::as_array_mut)
        else {
            continue;
        };
        for container in containers {
            let Some(name) = container.get("name").and_then(Value::as_str).map(str::to_owned) else { continue };
            let Some(variables) = container.get_mut("env").and_then(Value::as_array_mut) else { continue };
            for variable in variables.iter_mut().filter_map(Value::as_object_mut) {
                let source = variable
                    .get("name")
                    .and_then(Value::as_str)
                    .and_then(|variable| source_of(object, location, list, &name, variable))
                    .filter(|source| variable.contains_key("value") || is_other_key(variable, source));
                if let Some(source) = source {
                    variable.remove("value");
                    variable.insert("valueFrom".to_owned(), source.clone());
                    changed = true;
                }
            }
        }
    }
    changed
}

/// Whether a variable refers to the same Secret as the object's own, by another key.
fn is_other_key(variable: &serde_json::Map<String, Value>, source: &Value) -> bool {
    let part = |source: &Value, part: &str| source.pointer(&format!("/secretKeyRef/{part}")).cloned();
    let Some(own) = variable.get("valueFrom").filter(|own| part(own, "name").is_some()) else { return false };
    part(own, "name") == part(source, "name") && part(own, "key") != part(source, "key")
}

/// The `valueFrom` that the object itself gives a variable that has no literal value there.
fn source_of<'a>(
    object: &'a Value,
    location: Location,
    list: &str,
    container: &str,
    variable: &str,
) -> Option<&'a Value> {
    fn named<'a>(list: &'a Value, name: &str) -> Option<&'a Value> {
        list.as_array()?.iter().find(|item| item.get("name").and_then(Value::as_str) == Some(name))
    }
    let container = named(object.pointer(location.pod_spec)?.get(list)?, container)?;
    let variable = named(container.get("env")?, variable)?;
    if variable.get("value").is_some_and(|value| !value.is_null()) {
        return None;
    }
    variable.get("valueFrom").filter(|source| !source.is_null())
}
