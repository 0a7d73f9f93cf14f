//! The demonstration's cluster: the objects that policies may ask for, changed as the story goes.

use std::sync::{PoisonError, RwLock};

use serde_json::Value;

use crate::lookup::{KnownObjects, Lookup, ResourceType, Unavailable};

/// Objects that are there.
#[derive(Default)]
pub(super) struct World {
    objects: RwLock<Vec<Value>>,
}

impl World {
    /// Adds an object.
    pub(super) fn add(&self, object: Value) {
        self.objects.write().unwrap_or_else(PoisonError::into_inner).push(object);
    }

    fn known(&self) -> KnownObjects {
        KnownObjects::new(self.objects.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Lookup for World {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        self.known().get(kind, namespace, name)
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        self.known().find(kind, namespace)
    }
}
