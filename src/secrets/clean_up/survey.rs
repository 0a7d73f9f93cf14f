//! What the one who cleans up reads of the cluster. Of Secrets only the metadata: no value travels.

use futures::future::FutureExt;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use kube::core::PartialObjectMeta;
use kube::{Client, Error};
use serde_json::Value;

use crate::secrets::error::SecretName;
use crate::secrets::object::{MANAGED_BY, MANAGER};
use crate::secrets::pages::pages;

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

    /// The objects of a kind, or none if no such kind runs pods.
    pub(super) async fn workloads(&self, namespace: &str, kind: &str) -> Result<Vec<Value>, Error> {
        let Some((group, version, kind)) = WORKLOADS.iter().find(|(_, _, known)| *known == kind) else {
            return Ok(Vec::new());
        };
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        let api_version = resource.api_version.clone();
        let objects = Api::<DynamicObject>::namespaced_with(self.0.clone(), namespace, &resource);
        let listed = pages(|how| {
            let objects = objects.clone();
            async move { objects.list(&how).await }.boxed()
        })
        .await?;
        // The items of a list do not say what they are.
        let whole = |object: DynamicObject| {
            let mut whole = serde_json::to_value(object).unwrap_or_default();
            whole["apiVersion"] = api_version.clone().into();
            whole["kind"] = (*kind).into();
            whole
        };
        Ok(listed.into_iter().map(whole).collect())
    }

    /// Every object of the namespace that runs pods.
    pub(super) async fn all_workloads(&self, namespace: &str) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for (_, _, kind) in WORKLOADS {
            all.extend(self.workloads(namespace, kind).await?);
        }
        Ok(all)
    }
}

fn named(secret: PartialObjectMeta<Secret>) -> Option<(SecretName, ObjectMeta)> {
    let metadata = secret.metadata;
    let name = SecretName { namespace: metadata.namespace.clone()?, name: metadata.name.clone()? };
    Some((name, metadata))
}
