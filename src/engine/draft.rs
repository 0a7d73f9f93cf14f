//! The object while it is being repaired, and the patch that comes of it.

use std::sync::Arc;

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation};
use serde_json::Value;

use crate::workload::{WITHHELD, withheld};

/// An edit that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not an RFC 6901 pointer.
    #[error("\"{0}\" is not a JSON Pointer")]
    NotAPointer(String),
    /// There is nothing at the place, or its parent is a text, number or the like.
    #[error("the object has no place {0}")]
    NoSuchPlace(String),
    /// What identifies the object, its status and its bookkeeping are not a policy's to change.
    #[error("{0} is not a policy's to change")]
    Protected(String),
    /// The value holds the mark of a withheld credential.
    #[error("the value for {0} holds a withheld credential")]
    WithheldValue(String),
}

/// The object under repair, twice: as it is, and with its credentials withheld.
pub(super) struct Draft {
    object: Value,
    shown: Arc<Value>,
    operations: Vec<PatchOperation>,
}

impl Draft {
    pub(super) fn new(object: &Value) -> Self {
        Self { object: object.clone(), shown: Arc::new(withheld(object)), operations: Vec::new() }
    }

    /// The object as it is now. It may hold credentials.
    pub(super) fn object(&self) -> &Value {
        &self.object
    }

    /// The object as it is now, credentials withheld.
    pub(super) fn shown(&self) -> &Arc<Value> {
        &self.shown
    }

    /// How many steps the patch has so far; [`Self::undo_to`] goes back to it.
    pub(super) fn steps(&self) -> usize {
        self.operations.len()
    }

    /// The place that a step is about.
    pub(super) fn step(&self, number: usize) -> Option<String> {
        self.operations.get(number).map(|operation| operation.path().to_string())
    }

    /// Takes back all steps after the first `steps`.
    pub(super) fn undo_to(&mut self, steps: usize, original: &Value) {
        if steps == self.operations.len() {
            return;
        }
        self.operations.truncate(steps);
        let mut object = original.clone();
        // These steps were made on this object before: they cannot fail.
        let _ = json_patch::patch(&mut object, &self.operations);
        self.shown = Arc::new(withheld(&object));
        self.object = object;
    }

    /// The repaired object and the patch that leads to it.
    pub(super) fn finish(self) -> (Value, Patch) {
        (self.object, Patch(self.operations))
    }

    /// Sets a value; missing parents are made as objects. Setting what is there already is no step.
    pub(super) fn set(&mut self, pointer: &str, value: Value) -> Result<(), EditError> {
        let mut place = parse(pointer)?;
        match self.object.pointer(pointer) {
            Some(present) if *present == value => return Ok(()),
            Some(_) => return self.push(PatchOperation::Replace(ReplaceOperation { path: place, value }), pointer),
            None => {}
        }
        let mut value = value;
        loop {
            let Some(last) = place.pop_back() else {
                return Err(EditError::NoSuchPlace(pointer.to_owned()));
            };
            let key = last.decoded().into_owned();
            match self.object.pointer(place.as_str()) {
                Some(Value::Object(_)) => {
                    place.push_back(key);
                    return self.push(PatchOperation::Add(AddOperation { path: place, value }), pointer);
                }
                Some(Value::Null) => {
                    let value = Value::Object([(key, value)].into_iter().collect());
                    return self.push(PatchOperation::Replace(ReplaceOperation { path: place, value }), pointer);
                }
                Some(_) => return Err(EditError::NoSuchPlace(pointer.to_owned())),
                None => value = Value::Object([(key, value)].into_iter().collect()),
            }
        }
    }

    /// Takes a value away; it must be there.
    pub(super) fn remove(&mut self, pointer: &str) -> Result<(), EditError> {
        let path = parse(pointer)?;
        if path.is_root() || self.object.pointer(pointer).is_none() {
            return Err(EditError::NoSuchPlace(pointer.to_owned()));
        }
        self.push(PatchOperation::Remove(RemoveOperation { path }), pointer)
    }

    /// Appends to a list; the list and its parents are made where they are missing.
    pub(super) fn append(&mut self, pointer: &str, value: Value) -> Result<(), EditError> {
        match self.object.pointer(pointer) {
            Some(Value::Array(_)) => {
                let mut path = parse(pointer)?;
                path.push_back("-");
                self.push(PatchOperation::Add(AddOperation { path, value }), pointer)
            }
            None | Some(Value::Null) => self.set(pointer, Value::Array(vec![value])),
            Some(_) => Err(EditError::NoSuchPlace(pointer.to_owned())),
        }
    }

    fn push(&mut self, operation: PatchOperation, pointer: &str) -> Result<(), EditError> {
        let step = std::slice::from_ref(&operation);
        if json_patch::patch(&mut self.object, step).is_err()
            || json_patch::patch(Arc::make_mut(&mut self.shown), step).is_err()
        {
            return Err(EditError::NoSuchPlace(pointer.to_owned()));
        }
        self.operations.push(operation);
        Ok(())
    }
}

fn parse(pointer: &str) -> Result<PointerBuf, EditError> {
    PointerBuf::parse(pointer.to_owned()).map_err(|_| EditError::NotAPointer(pointer.to_owned()))
}

/// Whether a value holds the mark of a withheld credential anywhere.
pub(super) fn holds_withheld(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(WITHHELD),
        Value::Array(items) => items.iter().any(holds_withheld),
        Value::Object(fields) => fields.values().any(holds_withheld),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
