//! Answers from a live API server.

use std::time::Duration;

use kube::Client;
use kube::api::ListParams;
use serde_json::Value;
use tokio::runtime::Handle;

use super::api_server::{Answer, ApiServer, is_absence_of, is_possible_name, to_value};
use super::bounded;
use super::storage_classes::StorageClasses;
use super::types::Types;
use crate::lookup::{Lookup, ResourceType, Unavailable};

/// How long a question may take: it is part of an admission, for which the API server waits 10 s
/// by default, and several policies may ask.
const CALL_LIMIT: Duration = Duration::from_secs(1);

/// A live cluster.
///
/// Questions block: they must be asked from threads where that is allowed
/// (`tokio::task::spawn_blocking`), never from a task.
pub struct LiveCluster {
    server: ApiServer,
    storage_classes: StorageClasses,
}

impl LiveCluster {
    /// Starts to watch what is asked for most. The API server need not be there yet.
    pub fn new(client: Client, runtime: Handle) -> Self {
        let storage_classes = StorageClasses::watch(client.clone(), &runtime);
        let types = Types::new(client.clone());
        Self { server: ApiServer::new(client, types, runtime, CALL_LIMIT), storage_classes }
    }
}

impl Lookup for LiveCluster {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let objects = self.server.objects(kind, namespace)?;
        if !is_possible_name(name) {
            return Ok(None);
        }
        if is_storage_class(kind)
            && let Some(class) = self.storage_classes.get(name)
        {
            return Ok(Some(class));
        }
        // The watch may be late: a class applied together with its StatefulSet is there already.
        match self.server.ask(objects.get(name)) {
            Ok(object) => to_value(&object).map(Some),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(None),
            Err(answer) => Err(self.server.unavailable(&answer, kind)),
        }
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        let objects = self.server.objects(kind, namespace)?;
        if is_storage_class(kind)
            && let Some(classes) = self.storage_classes.all()
        {
            return Ok(classes);
        }
        bounded::list(&self.server, &objects, kind, &freshness(kind))
    }

    fn exists(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<bool, Unavailable> {
        if !is_possible_name(name) {
            return Ok(false);
        }
        // Only the metadata travels: nothing of what a Secret holds.
        match self.server.ask(self.server.any_objects(kind, namespace)?.get_metadata(name)) {
            Ok(_) => Ok(true),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(false),
            Err(answer) => Err(self.server.unavailable(&answer, kind)),
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

fn is_storage_class(kind: &ResourceType) -> bool {
    kind.api_version == "storage.k8s.io/v1" && kind.kind == "StorageClass"
}
