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
    /// Stores an object, in the place of an older one of its kind and name.
    pub(super) fn put(&self, object: Value) {
        let same = |other: &Value| {
            ["/apiVersion", "/kind", "/metadata/namespace", "/metadata/name"]
                .iter()
                .all(|part| other.pointer(part) == object.pointer(part))
        };
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        objects.retain(|other| !same(other));
        objects.push(object);
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
