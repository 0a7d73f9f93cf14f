//! What may be in the way of an installation, looked for before anything is applied.

use kube::Client;
use kube::api::DynamicObject;
use serde_json::Value;

use super::plan::{Stage, configuration_kind};
use super::{InstallError, Plan};
use crate::objects::{ObjectError, Objects};

/// The oldest Kubernetes: since then `matchConditions` of webhooks are on for good.
const OLDEST: (u32, u32) = (1, 30);
/// What all that belongs to the gate is labelled by.
const LABEL: (&str, &str) = ("app.kubernetes.io/name", "tidegate");

/// Whether the API server answers, and is new enough.
pub(super) async fn version(client: &Client) -> Result<(), InstallError> {
    let found = client.apiserver_version().await.map_err(|error| ObjectError::Unreachable(error.to_string()))?;
    // Some say `30+`.
    let number = |text: &str| text.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse::<u32>().ok();
    match (number(&found.major), number(&found.minor)) {
        (Some(major), Some(minor)) if (major, minor) < OLDEST => Err(InstallError::TooOld(found.git_version)),
        _ => Ok(()),
    }
}

/// Whether something is there that is not this gate's, or newer than this program.
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
    for object in plan.of(Stage::Webhooks) {
        let Some(found) = objects.get(object).await? else { continue };
        let kind = configuration_kind(object);
        if found.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL.0)).is_none_or(|label| label != LABEL.1) {
            return Err(InstallError::Foreign { kind });
        }
        let called = called_namespaces(&found);
        if let Some(other) = called.into_iter().find(|other| other != namespace) {
            return Err(InstallError::AnotherGate { kind, found: other });
        }
    }
    Ok(())
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
