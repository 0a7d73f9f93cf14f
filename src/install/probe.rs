//! Tries the whole way, with nothing stored: would a password in a manifest be moved?

use std::time::{Duration, Instant};

use kube::Error;
use kube::api::{DynamicObject, PostParams};
use serde_json::{Value, json};

use crate::objects::Objects;

/// What the API server takes until it asks a new webhook, and every kube-proxy knows the Service's new addresses.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(500);

/// The label of the trial's object.
const LABEL: &str = "tidegate.dev/trial";

/// Webhooks that are called for the trial's object, and for no other.
pub(super) fn for_trial(configuration: &Value) -> Value {
    let mut configuration = configuration.clone();
    for webhook in configuration["webhooks"].as_array_mut().into_iter().flatten() {
        webhook["objectSelector"] = json!({ "matchLabels": { LABEL: "true" } });
    }
    configuration
}

/// Whether stored webhooks are still such.
pub(super) fn is_for_trial(configuration: &Value) -> bool {
    let mut webhooks = configuration["webhooks"].as_array().into_iter().flatten();
    webhooks.any(|webhook| webhook["objectSelector"]["matchLabels"][LABEL].is_string())
}

/// How the trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trial {
    /// The password was moved.
    Repaired,
    /// The gate was asked, and refused: a policy of the cluster's own wants something else.
    Refused,
    /// It cannot be told: something else kept the object out, or nobody asked the gate.
    Unclear(String),
    /// The API server could not call the gate.
    NotCalled(String),
}

/// Sends a MySQL with a password in plain text by a dry run into the namespace `default`.
pub(super) async fn run(objects: &Objects) -> Trial {
    let begun = Instant::now();
    loop {
        let trial = once(objects).await;
        let is_final = matches!(trial, Trial::Repaired | Trial::Refused);
        if is_final || begun.elapsed() > PATIENCE {
            return trial;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn once(objects: &Objects) -> Trial {
    let parameters = PostParams { dry_run: true, field_manager: None };
    let object: DynamicObject = match serde_json::from_value(deployment()) {
        Ok(object) => object,
        Err(error) => return Trial::Unclear(error.to_string()),
    };
    match objects.api("apps/v1", "Deployment", Some("default")).create(&parameters, &object).await {
        Ok(stored) => {
            let variable = stored.data.pointer("/spec/template/spec/containers/0/env/0");
            if variable.is_some_and(|variable| variable["valueFrom"]["secretKeyRef"].is_object()) {
                Trial::Repaired
            } else {
                Trial::Unclear(
                    "the API server does not ask the gate about a Deployment in namespace default".to_owned(),
                )
            }
        }
        Err(Error::Api(status)) if status.message.contains("refused by tidegate") => Trial::Refused,
        Err(Error::Api(status)) if status.message.contains("failed calling webhook") => {
            Trial::NotCalled(status.message)
        }
        Err(Error::Api(status)) => Trial::Unclear(status.message),
        Err(error) => Trial::Unclear(error.to_string()),
    }
}

fn deployment() -> Value {
    let labels = json!({ "app": "tidegate-trial" });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "tidegate-trial", "namespace": "default", "labels": { LABEL: "true" } },
        "spec": {
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{
                    "name": "mysql",
                    "image": "mysql:8.4",
                    "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": "not a password of anybody" }],
                }] },
            },
        },
    })
}
