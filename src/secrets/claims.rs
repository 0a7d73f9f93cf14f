//! Which claims there are, with the data that a password opens.

use futures::future::FutureExt;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::api::Api;
use kube::{Client, Error};

use super::pages::pages;

/// The names of the claims of a namespace, and of those that are gone and whose volume is kept
/// (`persistentVolumeReclaimPolicy: Retain`).
pub(super) async fn claims_there(client: &Client, namespace: &str) -> Result<Vec<String>, Error> {
    let claims = Api::<PersistentVolumeClaim>::namespaced(client.clone(), namespace);
    let volumes = Api::<PersistentVolume>::all(client.clone());
    let claims = pages(|how| {
        let claims = claims.clone();
        async move { claims.list_metadata(&how).await }.boxed()
    });
    let volumes = pages(|how| {
        let volumes = volumes.clone();
        async move { volumes.list(&how).await }.boxed()
    });
    let mut names: Vec<String> = claims.await?.into_iter().filter_map(|claim| claim.metadata.name).collect();
    let bound = volumes.await?.into_iter().filter_map(|volume| volume.spec?.claim_ref);
    names.extend(bound.filter(|claim| claim.namespace.as_deref() == Some(namespace)).filter_map(|claim| claim.name));
    Ok(names)
}

/// Whether a claim is one that a Secret names; `data-mysql-*` stands for those of a StatefulSet.
pub(super) fn is_claim(named: &str, name: &str) -> bool {
    match named.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == named,
    }
}
