//! Other objects, as policies see them. Each is converted once, however many reviews ask for it.

use std::sync::OnceLock;

use serde_json::Value;

use super::model::workload as model_of;
use super::object_id;
use crate::lookup::SeenObject;
use crate::wasm::bindings::tidegate::policy::types as contract;
use crate::workload::{Workload, is_controlled, withheld};

/// The forms of an object that policies asked for so far.
#[derive(Default)]
struct Forms {
    json: OnceLock<String>,
    workload: OnceLock<Option<contract::SeenWorkload>>,
}

/// An object as JSON, credentials withheld.
pub(in crate::wasm) fn shown(seen: &SeenObject) -> String {
    let json = || withheld(&seen.value).to_string();
    match seen.prepared.get_or_make(Forms::default) {
        Some(forms) => forms.json.get_or_init(json).clone(),
        None => json(),
    }
}

/// An object as a typed model; none if something controls it, or if it runs no pods.
pub(in crate::wasm) fn seen_workload(seen: &SeenObject) -> Option<contract::SeenWorkload> {
    match seen.prepared.get_or_make(Forms::default) {
        Some(forms) => forms.workload.get_or_init(|| typed(&seen.value)).clone(),
        None => typed(&seen.value),
    }
}

fn typed(object: &Value) -> Option<contract::SeenWorkload> {
    if is_controlled(object) {
        return None;
    }
    let shown = withheld(object);
    let model = Workload::read(object, &shown, false, &|_| None).ok()??;
    Some(contract::SeenWorkload { object: object_id(&shown, None, None), workload: model_of(&model) })
}
