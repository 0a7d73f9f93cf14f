//! What policies may ask about other objects. One shape, three sources: the live cluster, the
//! other documents of an audit, a case's fixtures.

use std::sync::Arc;

use serde_json::Value;

use crate::prepared::Prepared;
use crate::resources;

/// A type of object, as policies name it.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceType {
    /// For instance `storage.k8s.io/v1`.
    pub api_version: String,
    /// For instance `StorageClass`.
    pub kind: String,
}

impl ResourceType {
    /// `ResourceType::new("v1", "Secret")`.
    pub fn new(api_version: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { api_version: api_version.into(), kind: kind.into() }
    }

    /// `storage.k8s.io`; empty for Kubernetes' first group.
    pub fn group(&self) -> &str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// `v1`.
    pub fn version(&self) -> &str {
        self.api_version.rsplit_once('/').map_or(self.api_version.as_str(), |(_, version)| version)
    }

    /// Whether objects of this type belong to no namespace. Known of Kubernetes' own types; any other counts as
    /// namespaced where there is no cluster to ask.
    pub fn is_cluster_scoped(&self) -> bool {
        resources::of_kubernetes(self.group(), &self.kind).is_some_and(|own| !own.is_namespaced)
    }

    /// Whether objects of this type are in namespaces for sure: of Kubernetes' own types it is known.
    pub fn is_surely_namespaced(&self) -> bool {
        resources::of_kubernetes(self.group(), &self.kind).is_some_and(|own| own.is_namespaced)
    }
}

/// Why a question has no answer. It is never the same as "it is not there".
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}")]
pub struct Unavailable {
    /// For the log and for the policy; holds no content of objects.
    pub reason: String,
}

impl Unavailable {
    /// `Unavailable::because("there is no cluster")`.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// What is said of a kind that has namespaces, about an object that is in none: questions are about the request's
    /// namespace, and nobody means those of all the others.
    pub fn without_namespace(kind: &ResourceType) -> Self {
        Self::because(format!(
            "{} objects are asked for in the request's namespace, and this object is in none",
            kind.kind
        ))
    }
}

/// A source of answers about other objects.
///
/// Calls may block for as long as a request to an API server takes.
pub trait Lookup: Send + Sync {
    /// One object. `Ok(None)`: it is certain that there is none.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can say.
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable>;

    /// All objects of a type, in a namespace if the type has namespaces.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can say.
    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable>;

    /// Whether an object is there, without a look into it; Secrets too may be asked for.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can say.
    fn exists(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<bool, Unavailable> {
        Ok(self.get(kind, namespace, name)?.is_some())
    }

    /// Those objects of a type that can be seen. There may be more: from what is not among them
    /// nothing follows.
    fn seen(&self, kind: &ResourceType, namespace: Option<&str>) -> Vec<Arc<SeenObject>> {
        let found = self.find(kind, namespace).unwrap_or_default();
        found.into_iter().map(|object| Arc::new(SeenObject::from(object))).collect()
    }
}

/// An object that can be seen. Many reviews ask for the same ones: a source that knows that keeps them, and with each
/// what was made of it for policies.
///
/// It is not `Debug`: it may hold credentials.
pub struct SeenObject {
    /// The object, as it is.
    pub value: Value,
    /// Empty at first.
    pub prepared: Prepared,
}

impl From<Value> for SeenObject {
    fn from(value: Value) -> Self {
        Self { value, prepared: Prepared::default() }
    }
}

/// A source that knows nothing: every answer is "nobody can say".
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLookup;

impl Lookup for NoLookup {
    fn get(&self, _: &ResourceType, _: Option<&str>, _: &str) -> Result<Option<Value>, Unavailable> {
        Err(Unavailable::because("no cluster is at hand"))
    }

    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Err(Unavailable::because("no cluster is at hand"))
    }
}

/// A world whose objects are all known: what is not among them is not there.
#[derive(Debug, Clone, Default)]
pub struct KnownObjects {
    objects: Vec<Value>,
}

impl KnownObjects {
    /// A world of these objects.
    pub fn new(objects: Vec<Value>) -> Self {
        Self { objects }
    }
}

impl Lookup for KnownObjects {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let named = |object: &Value| object.pointer("/metadata/name").and_then(Value::as_str) == Some(name);
        Ok(self.find(kind, namespace)?.into_iter().find(named))
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Ok(self.objects.iter().filter(|object| is_of(object, kind, namespace)).cloned().collect())
    }
}

/// Whether an object is of a type, and in a namespace if the type has namespaces. An object that
/// says no namespace is where the question is asked, as with `kubectl apply`.
pub fn is_of(object: &Value, kind: &ResourceType, namespace: Option<&str>) -> bool {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    text("/apiVersion") == Some(kind.api_version.as_str())
        && text("/kind") == Some(kind.kind.as_str())
        && (kind.is_cluster_scoped()
            || text("/metadata/namespace").is_none_or(|own| namespace.is_none_or(|asked| own == asked)))
}
