//! Answers from a live API server.

use std::time::Duration;

use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use kube::{Api, Client};
use serde_json::Value;
use tokio::runtime::Handle;

use super::storage_classes::StorageClasses;
use crate::lookup::{Lookup, ResourceType, Unavailable};

/// How long a question may take: it is part of an admission, for which the API server waits 10 s
/// by default, and several policies may ask.
const CALL_LIMIT: Duration = Duration::from_secs(1);

/// A live cluster.
///
/// Questions block: they must be asked from threads where that is allowed
/// (`tokio::task::spawn_blocking`), never from a task.
pub struct LiveCluster {
    client: Client,
    runtime: Handle,
    storage_classes: StorageClasses,
}

impl LiveCluster {
    /// Starts to watch what is asked for most. The API server need not be there yet.
    pub fn new(client: Client, runtime: Handle) -> Self {
        let storage_classes = StorageClasses::watch(client.clone(), &runtime);
        Self { client, runtime, storage_classes }
    }

    fn ask<T>(&self, call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, Answer> {
        match self.runtime.block_on(async { tokio::time::timeout(CALL_LIMIT, call).await }) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(kube::Error::Api(status))) => Err(Answer::Refused(status)),
            Ok(Err(_)) => Err(Answer::Unreachable),
            Err(_) => Err(Answer::TooLate),
        }
    }
}

/// An answer that is not the object.
enum Answer {
    Refused(Box<kube::core::Status>),
    Unreachable,
    TooLate,
}

impl Answer {
    fn unavailable(&self, kind: &ResourceType) -> Unavailable {
        let kind = &kind.kind;
        Unavailable::because(match self {
            Self::Refused(status) if status.is_forbidden() => {
                format!("tidegate's account may not read {kind} objects (get and list; see webhook-deploy/)")
            }
            Self::Refused(status) if status.code == 404 => format!("the API server does not serve {kind} objects"),
            Self::Refused(status) => format!("the API server answered {} when asked for {kind} objects", status.code),
            Self::Unreachable => "the API server cannot be reached".to_owned(),
            Self::TooLate => format!("the API server did not answer within {} s", CALL_LIMIT.as_secs()),
        })
    }
}

impl Lookup for LiveCluster {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let objects = self.objects(kind, namespace)?;
        if !is_possible_name(name) {
            return Ok(None);
        }
        if is_storage_class(kind)
            && let Some(class) = self.storage_classes.get(name)
        {
            return Ok(Some(class));
        }
        // The watch may be late: a class applied together with its StatefulSet is there already.
        match self.ask(objects.get(name)) {
            Ok(object) => to_value(&object).map(Some),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(None),
            Err(answer) => Err(answer.unavailable(kind)),
        }
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        let objects = self.objects(kind, namespace)?;
        if is_storage_class(kind)
            && let Some(classes) = self.storage_classes.all()
        {
            return Ok(classes);
        }
        let list = self.ask(objects.list(&freshness(kind))).map_err(|answer| answer.unavailable(kind))?;
        list.items.iter().map(to_value).collect()
    }

    fn exists(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<bool, Unavailable> {
        if !is_possible_name(name) {
            return Ok(false);
        }
        // Only the metadata travels: nothing of what a Secret holds.
        match self.ask(self.api(kind, &any_resource(kind)?, namespace).get_metadata(name)) {
            Ok(_) => Ok(true),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(false),
            Err(answer) => Err(answer.unavailable(kind)),
        }
    }
}

impl LiveCluster {
    fn objects(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Api<DynamicObject>, Unavailable> {
        Ok(self.api(kind, &resource(kind)?, namespace))
    }

    fn api(&self, kind: &ResourceType, resource: &ApiResource, namespace: Option<&str>) -> Api<DynamicObject> {
        let client = self.client.clone();
        match namespace {
            Some(namespace) if !kind.is_cluster_scoped() => Api::namespaced_with(client, namespace, resource),
            _ => Api::all_with(client, resource),
        }
    }
}

/// How fresh a list has to be. That a class or volume does not exist refuses an object, so that is asked of
/// etcd. What is in a namespace is only told of: the API server's own cache will do, which is behind by
/// milliseconds, where the newest state takes up to 100 ms when nobody writes (`ConsistentListFromCache`
/// waits for etcd's next sign of progress).
fn freshness(kind: &ResourceType) -> ListParams {
    if kind.is_cluster_scoped() { ListParams::default() } else { ListParams::default().match_any() }
}

/// How the API server calls a type, if policies may read it at all.
pub(super) fn resource(kind: &ResourceType) -> Result<ApiResource, Unavailable> {
    let resource = any_resource(kind)?;
    if resource.group.is_empty() && resource.plural == "secrets" {
        return Err(Unavailable::because("policies never get to see Secrets"));
    }
    Ok(resource)
}

/// How the API server calls a type.
pub(super) fn any_resource(kind: &ResourceType) -> Result<ApiResource, Unavailable> {
    let (group, version) = kind.api_version.rsplit_once('/').unwrap_or(("", &kind.api_version));
    let is_word = |text: &str, more: &str| {
        text.chars().all(|character| character.is_ascii_alphanumeric() || more.contains(character))
    };
    // They become parts of a URL, and policies are written by anyone.
    let is_group = group.is_empty() || group.split('.').all(|part| !part.is_empty() && is_word(part, "-"));
    if !is_group || !is_word(version, "") || !is_word(&kind.kind, "") {
        return Err(Unavailable::because("there can be no such type"));
    }
    Ok(ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &kind.kind)))
}

/// Whether an object can have this name at all, by the API server's own rule (apimachinery,
/// `path.IsValidPathSegmentName`). It becomes a part of a URL.
pub(super) fn is_possible_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '%', '?', '#'])
}

fn is_storage_class(kind: &ResourceType) -> bool {
    kind.api_version == "storage.k8s.io/v1" && kind.kind == "StorageClass"
}

/// Whether a status says that this very object is absent. A type that is not served is a 404 too,
/// without a name: then nobody can say.
pub(super) fn is_absence_of(status: &kube::core::Status, name: &str) -> bool {
    status.is_not_found() && status.details.as_ref().is_some_and(|details| details.name == name)
}

fn to_value(object: &DynamicObject) -> Result<Value, Unavailable> {
    serde_json::to_value(object).map_err(|_| Unavailable::because("the API server's answer could not be read"))
}
