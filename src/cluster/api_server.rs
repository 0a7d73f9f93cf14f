//! One question to an API server: how it is asked, for how long, and what an answer means that is no object.

use std::time::Duration;

use kube::api::DynamicObject;
use kube::core::Status;
use kube::{Api, Client};
use serde_json::Value;
use tokio::runtime::Handle;

use super::types::Types;
use crate::lookup::{ResourceType, Unavailable};

/// An API server, to be asked from threads that may block.
#[derive(Clone)]
pub(super) struct ApiServer {
    client: Client,
    types: Types,
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
    pub(super) fn new(client: Client, types: Types, runtime: Handle, limit: Duration) -> Self {
        Self { client, types, runtime, limit }
    }

    /// Waits for an answer.
    pub(super) fn ask<T>(&self, call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, Answer> {
        match self.wait(call) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(kube::Error::Api(status))) => Err(Answer::Refused(status)),
            Some(Err(_)) => Err(Answer::Unreachable),
            None => Err(Answer::TooLate),
        }
    }

    /// Waits, but not for longer than a question may take.
    fn wait<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async { tokio::time::timeout(self.limit, call).await.ok() })
    }

    /// The objects of a type, if policies may read it at all.
    pub(super) fn objects(
        &self,
        kind: &ResourceType,
        namespace: Option<&str>,
    ) -> Result<Api<DynamicObject>, Unavailable> {
        readable(kind)?;
        self.any_objects(kind, namespace)
    }

    /// The objects of a type, of which no policy sees more than whether they are there.
    pub(super) fn any_objects(
        &self,
        kind: &ResourceType,
        namespace: Option<&str>,
    ) -> Result<Api<DynamicObject>, Unavailable> {
        let found = self.wait(self.types.find(kind)).ok_or_else(|| self.unavailable(&Answer::TooLate, kind))?;
        let served = found.map_err(|error| Unavailable::because(error.to_string()))?;
        let client = self.client.clone();
        match namespace.filter(|namespace| !namespace.is_empty()) {
            _ if !served.is_namespaced => Ok(Api::all_with(client, &served.resource)),
            Some(namespace) => Ok(Api::namespaced_with(client, namespace, &served.resource)),
            None => Err(Unavailable::without_namespace(kind)),
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
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

/// Whether policies may read a type at all.
pub(super) fn readable(kind: &ResourceType) -> Result<(), Unavailable> {
    // However it is spelled: the API server would not know it, but that is nothing to rely on.
    if kind.group().is_empty() && kind.kind.eq_ignore_ascii_case("Secret") {
        return Err(Unavailable::because("policies never get to see Secrets"));
    }
    Ok(())
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
