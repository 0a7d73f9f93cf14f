//! How an API server calls the types that it is asked for, and whether their objects have namespaces. Kubernetes' own
//! are known; about any other it is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kube::Client;
use kube::api::{ApiResource, GroupVersionKind};
use kube::core::Status;
use kube::discovery::{Scope, pinned_kind};

use crate::lookup::ResourceType;
use crate::resources;

/// For how long an answer is believed: a custom resource may be defined anew, with another scope.
const BELIEVED: Duration = Duration::from_mins(1);

/// The types of one API server. Clones share what they know.
#[derive(Clone)]
pub struct Types {
    client: Client,
    known: Arc<Mutex<HashMap<ResourceType, (ServedType, Instant)>>>,
}

/// How an API server calls a type.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedType {
    /// Its group, version and plural.
    pub resource: ApiResource,
    /// Whether its objects are in namespaces.
    pub is_namespaced: bool,
}

/// Why nobody can say how a type is called.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// It has a name that no type can have.
    #[error("there can be no such type")]
    Impossible,
    /// The API server does not have it.
    #[error("the API server does not serve {kind} objects")]
    NotServed {
        /// The type's kind.
        kind: String,
    },
    /// The API server answers otherwise.
    #[error("the API server answered {} when asked for its types", .0.code)]
    Refused(Box<Status>),
    /// There is no answer.
    #[error("the API server gave no answer when asked for its types")]
    NoAnswer(#[source] kube::Error),
}

impl Types {
    /// The types of the API server that this client asks.
    pub fn new(client: Client) -> Self {
        Self { client, known: Arc::default() }
    }

    /// How a type is called.
    ///
    /// # Errors
    /// [`TypeError`] if there is no such type, or nobody says.
    pub async fn find(&self, kind: &ResourceType) -> Result<ServedType, TypeError> {
        let named = named(kind)?;
        if let Some(own) = of_kubernetes(kind) {
            return Ok(own);
        }
        let believed = self.known().get(kind).filter(|(_, since)| since.elapsed() < BELIEVED).cloned();
        if let Some((served, _)) = believed {
            return Ok(served);
        }
        let (resource, able) = pinned_kind(&self.client, &named).await.map_err(|error| match error {
            kube::Error::Discovery(_) => TypeError::NotServed { kind: kind.kind.clone() },
            kube::Error::Api(status) if status.code == 404 => TypeError::NotServed { kind: kind.kind.clone() },
            kube::Error::Api(status) => TypeError::Refused(status),
            error => TypeError::NoAnswer(error),
        })?;
        let served = ServedType { resource, is_namespaced: able.scope == Scope::Namespaced };
        self.known().insert(kind.clone(), (served.clone(), Instant::now()));
        Ok(served)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<ResourceType, (ServedType, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The API group of a type, and how the API server calls its objects there, for whoever has none to ask: what is not
/// Kubernetes' own is called as nearly all authors call theirs.
///
/// # Errors
/// [`TypeError::Impossible`].
pub fn resource_name(kind: &ResourceType) -> Result<(String, String), TypeError> {
    let named = named(kind)?;
    let resource = of_kubernetes(kind).map_or_else(|| ApiResource::from_gvk(&named), |own| own.resource);
    Ok((resource.group, resource.plural))
}

fn of_kubernetes(kind: &ResourceType) -> Option<ServedType> {
    let own = resources::of_kubernetes(kind.group(), &kind.kind)?;
    let named = GroupVersionKind::gvk(kind.group(), kind.version(), &kind.kind);
    let resource = ApiResource::from_gvk_with_plural(&named, &own.plural);
    Some(ServedType { resource, is_namespaced: own.is_namespaced })
}

/// A type's name. Its parts become parts of a URL, and policies are written by anyone.
fn named(kind: &ResourceType) -> Result<GroupVersionKind, TypeError> {
    let is_word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || more.contains(character))
    };
    let is_group = kind.group().is_empty() || kind.group().split('.').all(|part| is_word(part, "-"));
    if is_group && is_word(kind.version(), "") && is_word(&kind.kind, "") {
        Ok(GroupVersionKind::gvk(kind.group(), kind.version(), &kind.kind))
    } else {
        Err(TypeError::Impossible)
    }
}
