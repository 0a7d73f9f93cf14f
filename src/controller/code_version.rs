//! Whether the ConfigMap that holds a policy's code is still the one that was read. Its metadata tell; to watch it
//! would need the right to list all ConfigMaps.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, Client};

use crate::policy::PolicyDocument;

/// The version of the ConfigMap that a document's code is in; none if it is in no ConfigMap, or there is none, or
/// nobody can say.
pub(super) async fn code_version(client: &Client, document: &PolicyDocument) -> Option<String> {
    let address = document.spec.module.strip_prefix("configmap://")?;
    let mut parts = address.split('/');
    let (namespace, name) = (parts.next()?, parts.next()?);
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let metadata = maps.get_metadata_opt(name).await.ok()??.metadata;
    Some(format!("{}/{}", metadata.uid?, metadata.resource_version?))
}
