//! What may be in the way of an installation, looked for before anything is applied.

use kube::api::DynamicObject;
use kube::{Client, Error};
use serde_json::Value;

use super::plan::Stage;
use super::{InstallError, Plan, probe};
use crate::objects::{Objects, refused, title};

/// The oldest Kubernetes: since then `matchConditions` of webhooks are on for good.
const OLDEST: (u32, u32) = (1, 30);
/// What all that belongs to the gate is labelled by.
const LABEL: (&str, &str) = ("app.kubernetes.io/name", "tidegate");

/// Whether the API server answers, and is new enough.
pub(super) async fn version(client: &Client) -> Result<(), InstallError> {
    let found = client.apiserver_version().await.map_err(|error| refused("its version".to_owned(), &error))?;
    // Some say `30+`.
    let number = |text: &str| text.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse::<u32>().ok();
    match (number(&found.major), number(&found.minor)) {
        (Some(major), Some(minor)) if (major, minor) < OLDEST => Err(InstallError::TooOld(found.git_version)),
        _ => Ok(()),
    }
}

/// Whether what has a name of the gate's is this gate's: by its label, and by the namespace that it points to.
pub(super) async fn ownership(objects: &Objects, plan: &Plan, namespace: &str) -> Result<(), InstallError> {
    for object in plan.after(Stage::Kinds) {
        let Some(found) = objects.get(object).await? else { continue };
        if !is_labelled(&found) {
            return Err(InstallError::Foreign { object: title(object) });
        }
        let subjects = found.data["subjects"].as_array().into_iter().flatten();
        let pointed = subjects.filter_map(|subject| subject["namespace"].as_str().map(str::to_owned));
        let is_of_the_cluster = object["metadata"]["namespace"].is_null();
        let pointed = pointed.filter(|_| is_of_the_cluster).chain(called_namespaces(&found));
        if let Some(other) = pointed.into_iter().find(|other| other != namespace) {
            return Err(InstallError::AnotherGate { object: title(object), found: other });
        }
    }
    Ok(())
}

fn is_labelled(found: &DynamicObject) -> bool {
    found.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL.0)).is_some_and(|label| label == LABEL.1)
}

/// Whether the gate's namespace is to be made, or was made for it.
pub(super) async fn may_label_namespace(objects: &Objects, plan: &Plan) -> Result<bool, InstallError> {
    for object in plan.of(Stage::Namespace) {
        if let Some(found) = objects.get(object).await? {
            return Ok(is_labelled(&found));
        }
    }
    Ok(true)
}

/// Whether cert-manager is there to be asked for a certificate; `is_kept` if an earlier installation has chosen it.
pub(super) async fn cert_manager(client: &Client, is_kept: bool) -> Result<(), InstallError> {
    match client.list_api_group_resources("cert-manager.io/v1").await {
        Ok(_) => Ok(()),
        Err(Error::Api(status)) if status.code == 404 => Err(InstallError::NoCertManager { is_kept }),
        Err(error) => Err(refused("what cert-manager has".to_owned(), &error).into()),
    }
}

/// Whether the namespace stays, and nothing is newer than this program.
pub(super) async fn nothing_in_the_way(objects: &Objects, plan: &Plan, namespace: &str) -> Result<(), InstallError> {
    for object in plan.of(Stage::Namespace) {
        if objects.get(object).await?.is_some_and(|found| found.metadata.deletion_timestamp.is_some()) {
            return Err(InstallError::Terminating(namespace.to_owned()));
        }
    }
    for object in plan.of(Stage::Kinds) {
        if let Some(found) = objects.get(object).await? {
            known_versions(&found, object)?;
        }
    }
    Ok(())
}

/// Whether webhooks of an earlier installation are in force.
pub(super) async fn are_webhooks_in_force(objects: &Objects, plan: &Plan) -> bool {
    for object in plan.of(Stage::Webhooks) {
        if let Ok(Some(found)) = objects.get(object).await
            && !probe::is_for_trial(&found.data)
        {
            return true;
        }
    }
    false
}

/// The namespaces of the Services that a configuration's webhooks call.
fn called_namespaces(configuration: &DynamicObject) -> Vec<String> {
    let webhooks = configuration.data["webhooks"].as_array();
    let namespace = |webhook: &Value| webhook["clientConfig"]["service"]["namespace"].as_str().map(str::to_owned);
    webhooks.into_iter().flatten().filter_map(namespace).collect()
}

/// Versions in which objects are stored have to be known to who replaces the definition.
fn known_versions(found: &DynamicObject, wanted: &Value) -> Result<(), InstallError> {
    let known: Vec<&str> = wanted["spec"]["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|version| version["name"].as_str())
        .collect();
    let stored = found.data["status"]["storedVersions"].as_array();
    match stored.into_iter().flatten().filter_map(Value::as_str).find(|version| !known.contains(version)) {
        Some(version) => Err(InstallError::NewerKinds {
            name: found.metadata.name.clone().unwrap_or_default(),
            version: version.to_owned(),
        }),
        None => Ok(()),
    }
}
