//! What the one who cleans up reads of the cluster. Of Secrets only the metadata: no value travels.

use std::fmt;

use futures::future::{BoxFuture, FutureExt};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, ListParams, ObjectList};
use kube::core::PartialObjectMeta;
use kube::{Client, Error};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::secrets::error::SecretName;
use crate::secrets::object::{MANAGED_BY, MANAGER};

/// Everything that runs pods, and so may refer to a Secret.
const WORKLOADS: &[(&str, &str, &str)] = &[
    ("", "v1", "Pod"),
    ("", "v1", "PodTemplate"),
    ("", "v1", "ReplicationController"),
    ("apps", "v1", "DaemonSet"),
    ("apps", "v1", "Deployment"),
    ("apps", "v1", "ReplicaSet"),
    ("apps", "v1", "StatefulSet"),
    ("batch", "v1", "CronJob"),
    ("batch", "v1", "Job"),
];
/// Objects asked for at once; kubectl's own number.
const PAGE: u32 = 500;

/// A cluster that is looked through.
#[derive(Clone)]
pub(super) struct Survey(pub(super) Client);

impl Survey {
    /// Every Secret with the gate's label.
    pub(super) async fn secrets(&self) -> Result<Vec<(SecretName, ObjectMeta)>, Error> {
        let (secrets, label) = (Api::<Secret>::all(self.0.clone()), format!("{MANAGED_BY}={MANAGER}"));
        let listed = pages(|how| {
            let secrets = secrets.clone();
            let how = how.labels(&label);
            async move { secrets.list_metadata(&how).await }.boxed()
        })
        .await?;
        Ok(listed.into_iter().filter_map(named).collect())
    }

    /// The metadata of the objects of a kind, or of none if no such kind runs pods.
    pub(super) async fn workloads(&self, namespace: &str, kind: &str) -> Result<Vec<ObjectMeta>, Error> {
        let Some(resource) = WORKLOADS.iter().find(|(_, _, known)| *known == kind).map(resource) else {
            return Ok(Vec::new());
        };
        let objects = Api::<DynamicObject>::namespaced_with(self.0.clone(), namespace, &resource);
        let listed = pages(|how| {
            let objects = objects.clone();
            async move { objects.list_metadata(&how).await }.boxed()
        })
        .await?;
        Ok(listed.into_iter().map(|object| object.metadata).collect())
    }

    /// Every object of the namespace that runs pods, whole.
    pub(super) async fn all_workloads(&self, namespace: &str) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for resource in WORKLOADS.iter().map(resource) {
            let objects = Api::<DynamicObject>::namespaced_with(self.0.clone(), namespace, &resource);
            let listed = pages(|how| {
                let objects = objects.clone();
                async move { objects.list(&how).await }.boxed()
            })
            .await?;
            all.extend(listed.into_iter().map(|object| object.data));
        }
        Ok(all)
    }

    /// The names of the claims of the namespace.
    pub(super) async fn claims(&self, namespace: &str) -> Result<Vec<String>, Error> {
        let claims = Api::<PersistentVolumeClaim>::namespaced(self.0.clone(), namespace);
        let listed = pages(|how| {
            let claims = claims.clone();
            async move { claims.list_metadata(&how).await }.boxed()
        })
        .await?;
        Ok(listed.into_iter().filter_map(|claim| claim.metadata.name).collect())
    }
}

fn resource((group, version, kind): &(&str, &str, &str)) -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind))
}

fn named(secret: PartialObjectMeta<Secret>) -> Option<(SecretName, ObjectMeta)> {
    let metadata = secret.metadata;
    let name = SecretName { namespace: metadata.namespace.clone()?, name: metadata.name.clone()? };
    Some((name, metadata))
}

/// Every page of a list.
async fn pages<T: Clone + DeserializeOwned + fmt::Debug>(
    list: impl Fn(ListParams) -> BoxFuture<'static, Result<ObjectList<T>, Error>>,
) -> Result<Vec<T>, Error> {
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let how = ListParams { continue_token: next, ..ListParams::default().limit(PAGE) };
        let page = list(how).await?;
        all.extend(page.items);
        next = page.metadata.continue_.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}
