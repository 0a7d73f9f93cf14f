//! One question to an API server: how it is asked, for how long, and what an answer means that is no object.

use std::time::Duration;

use kube::api::{ApiResource, DynamicObject, GroupVersionKind};
use kube::core::Status;
use kube::{Api, Client};
use serde_json::Value;
use tokio::runtime::Handle;

use crate::lookup::{ResourceType, Unavailable};

/// An API server, to be asked from threads that may block.
#[derive(Clone)]
pub(super) struct ApiServer {
    client: Client,
    runtime: Handle,
    /// How long one question may take.
    limit: Duration,
}

/// An answer that is not what was asked for.
pub(super) enum Answer {
    Refused(Box<Status>),
    Unreachable,
    TooLate,
}

impl ApiServer {
    pub(super) fn new(client: Client, runtime: Handle, limit: Duration) -> Self {
        Self { client, runtime, limit }
    }

    /// Waits for an answer.
    pub(super) fn ask<T>(&self, call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, Answer> {
        match self.runtime.block_on(async { tokio::time::timeout(self.limit, call).await }) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(kube::Error::Api(status))) => Err(Answer::Refused(status)),
            Ok(Err(_)) => Err(Answer::Unreachable),
            Err(_) => Err(Answer::TooLate),
        }
    }

    /// The objects of a type, if policies may read it at all.
    pub(super) fn objects(
        &self,
        kind: &ResourceType,
        namespace: Option<&str>,
    ) -> Result<Api<DynamicObject>, Unavailable> {
        Ok(self.api(kind, &resource(kind)?, namespace))
    }

    pub(super) fn api(
        &self,
        kind: &ResourceType,
        resource: &ApiResource,
        namespace: Option<&str>,
    ) -> Api<DynamicObject> {
        let client = self.client.clone();
        match namespace {
            Some(namespace) if !kind.is_cluster_scoped() => Api::namespaced_with(client, namespace, resource),
            _ => Api::all_with(client, resource),
        }
    }

    /// What is said of an answer that is none.
    pub(super) fn unavailable(&self, answer: &Answer, kind: &ResourceType) -> Unavailable {
        let kind = &kind.kind;
        Unavailable::because(match answer {
            Answer::Refused(status) if status.is_forbidden() => {
                format!("tidegate's account may not read {kind} objects (get and list; see webhook-deploy/)")
            }
            Answer::Refused(status) if status.code == 404 => {
                format!("the API server does not serve {kind} objects")
            }
            Answer::Refused(status) => {
                format!("the API server answered {} when asked for {kind} objects", status.code)
            }
            Answer::Unreachable => "the API server cannot be reached".to_owned(),
            Answer::TooLate => format!("the API server did not answer within {} s", self.limit.as_secs()),
        })
    }
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

/// The API group of a type, and how the API server calls its objects there: by what the gate asks for them, and so
/// what it has to be allowed to read.
///
/// # Errors
/// [`Unavailable`] if there can be no such type.
pub fn resource_name(kind: &ResourceType) -> Result<(String, String), Unavailable> {
    any_resource(kind).map(|resource| (resource.group, resource.plural))
}

/// Whether an object can have this name at all, by the API server's own rule (apimachinery,
/// `path.IsValidPathSegmentName`). It becomes a part of a URL.
pub(super) fn is_possible_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '%', '?', '#'])
}

/// Whether a status says that this very object is absent. A type that is not served is a 404 too,
/// without a name: then nobody can say.
pub(super) fn is_absence_of(status: &Status, name: &str) -> bool {
    status.is_not_found() && status.details.as_ref().is_some_and(|details| details.name == name)
}

pub(super) fn to_value(object: &DynamicObject) -> Result<Value, Unavailable> {
    serde_json::to_value(object).map_err(|_| Unavailable::because("the API server's answer could not be read"))
}
