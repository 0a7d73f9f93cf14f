//! The cluster's StorageClasses, watched: every StatefulSet asks for one.

use futures::{FutureExt, StreamExt};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};
use serde_json::Value;
use tokio::runtime::Handle;

/// What the watch has seen so far. It may be a little late, and it may know nothing yet.
pub(super) struct StorageClasses {
    store: Store<StorageClass>,
}

impl StorageClasses {
    /// Starts the watch. It goes on trying for as long as the API server is away.
    pub(super) fn watch(client: Client, runtime: &Handle) -> Self {
        let (store, writer) = reflector::store();
        let events = watcher(Api::<StorageClass>::all(client), watcher::Config::default())
            .default_backoff()
            .modify(|class| class.metadata.managed_fields = None)
            .reflect(writer);
        runtime.spawn(async move {
            let mut events = std::pin::pin!(events);
            let mut is_broken = false;
            while let Some(event) = events.next().await {
                match event {
                    Ok(_) if is_broken => {
                        is_broken = false;
                        tracing::info!("watching StorageClasses again");
                    }
                    Err(error) if !is_broken => {
                        is_broken = true;
                        tracing::warn!(%error, "cannot watch StorageClasses; each question goes to the API server");
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        });
        Self { store }
    }

    /// One class, if the watch has seen it. None means nothing: it may be too new.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.store.get(&ObjectRef::new(name)).and_then(|class| serde_json::to_value(&*class).ok())
    }

    /// All classes; none until the watch has seen the whole list once.
    pub(super) fn all(&self) -> Option<Vec<Value>> {
        self.store.wait_until_ready().now_or_never()?.ok()?;
        self.store.state().iter().map(|class| serde_json::to_value(&**class).ok()).collect()
    }
}
