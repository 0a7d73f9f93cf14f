//! What policies may ask about other objects during an audit: the other documents of it.

use std::collections::HashMap;

use serde_json::Value;

use crate::lookup::{Lookup, ResourceType, Unavailable};

/// Namespace and name.
type Key = (Option<String>, String);

/// Knows the objects of an audit.
///
/// What is among them is found. What is not among them may still be in the cluster: nobody can say,
/// and no answer here is ever "it is not there".
#[derive(Default)]
pub struct DocumentsLookup {
    objects: HashMap<ResourceType, HashMap<Key, Value>>,
}

impl DocumentsLookup {
    /// Remembers objects; of several with the same name the first counts.
    pub fn new<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut known = Self::default();
        for object in objects {
            let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
            let (Some(api_version), Some(kind), Some(name)) =
                (text("/apiVersion"), text("/kind"), text("/metadata/name"))
            else {
                continue;
            };
            let kind = ResourceType::new(api_version, kind);
            let namespace = text("/metadata/namespace").filter(|_| !kind.is_cluster_scoped()).map(str::to_owned);
            known
                .objects
                .entry(kind)
                .or_default()
                .entry((namespace, name.to_owned()))
                .or_insert_with(|| object.clone());
        }
        known
    }
}

impl Lookup for DocumentsLookup {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let namespace = namespace.filter(|namespace| !namespace.is_empty() && !kind.is_cluster_scoped());
        self.objects
            .get(kind)
            .and_then(|objects| objects.get(&(namespace.map(str::to_owned), name.to_owned())))
            .map(|object| Some(object.clone()))
            .ok_or_else(|| Unavailable::because("it is not among the documents of the audit"))
    }

    /// Never an answer: the documents of an audit are hardly ever all that is in a cluster.
    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Err(Unavailable::because("the documents of an audit are not all that is in the cluster"))
    }

    fn seen(&self, kind: &ResourceType, namespace: Option<&str>) -> Vec<Value> {
        let mut seen: Vec<_> = self
            .objects
            .get(kind)
            .into_iter()
            .flatten()
            .filter(|((own, _), _)| kind.is_cluster_scoped() || own.as_deref() == namespace)
            .collect();
        // A report is the same each time.
        seen.sort_by_key(|(key, _)| *key);
        seen.into_iter().map(|(_, object)| object.clone()).collect()
    }
}
