//! The gate's Secrets when the gate is taken away: those that nothing uses may go, once, and at somebody's word.

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, Preconditions};
use kube::{Client, Error};

use super::owned_by;
use super::survey::Survey;
use super::verdict::{Verdict, refers_to, verdict};
use crate::secrets::claims::claims_there;
use crate::secrets::error::SecretName;
use crate::secrets::object::{Owner, owner};
use crate::secrets::wiped::Wiped;

/// What became of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposal {
    /// The Secret.
    pub secret: SecretName,
    /// Why it was kept; none: it is gone.
    pub kept_because: Option<&'static str>,
}

/// What [`delete_unused`] has to read in the whole cluster: API groups, and their resources in plural.
pub const READ_FOR_UNUSED: &[(&str, &[&str])] = &[
    ("", &["secrets", "pods", "podtemplates", "replicationcontrollers", "persistentvolumeclaims", "persistentvolumes"]),
    ("apps", &["daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("batch", &["cronjobs", "jobs"]),
];

/// Deletes the gate's Secrets that nothing refers to and that open no data that may be there. It is for when no gate
/// answers any more: whoever makes a workload at the same time is not seen.
///
/// # Errors
/// The API server's; what is deleted by then is gone.
pub async fn delete_unused(client: Client) -> Result<Vec<Disposal>, Error> {
    let survey = Survey(client.clone());
    let mut all = Vec::new();
    for (secret, metadata) in survey.secrets().await? {
        let namespace = &secret.namespace;
        let workloads = survey.all_workloads(namespace).await?;
        let claims = claims_there(&client, namespace).await?;
        let is_stored = match owner(&metadata) {
            Owner::Workload { kind, name } => owned_by(&survey.workloads(namespace, kind).await?, name).is_some(),
            _ => true,
        };
        let is_used = is_stored || workloads.iter().any(|object| refers_to(object, &secret.name));
        let kept_because = match verdict(&metadata, is_used, &claims) {
            Verdict::Keep if is_used => Some("it is in use"),
            Verdict::Keep => Some("the volumes of its database are there"),
            Verdict::OpensDataElsewhere => Some("the data of its database were outside of volume claims"),
            Verdict::Stray | Verdict::Orphan => None,
        };
        if kept_because.is_none() {
            // In the version that was judged, and no other.
            let this = Preconditions { uid: metadata.uid, resource_version: metadata.resource_version };
            let secrets: Api<Secret> = Api::namespaced(client.clone(), namespace);
            match secrets.delete(&secret.name, &DeleteParams::default().preconditions(this)).await {
                Ok(answer) => drop(answer.left().map(Wiped)),
                Err(Error::Api(status)) if status.is_not_found() => {}
                Err(Error::Api(status)) if status.is_conflict() => {
                    all.push(Disposal { secret, kept_because: Some("it was changed just now") });
                    continue;
                }
                Err(error) => return Err(error),
            }
        }
        all.push(Disposal { secret, kept_because });
    }
    Ok(all)
}
