//! Tries the whole way, with nothing stored: would a password in a manifest be moved?

use std::time::{Duration, Instant};

use kube::Error;
use kube::api::{DynamicObject, PostParams};
use serde_json::{Value, json};

use crate::objects::{Objects, Right};
use crate::webhooks::{TRIAL, end_trial};

/// What the API server takes until it asks a new webhook, and every kube-proxy knows the Service's new addresses.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(500);

/// The webhook of each configuration that is asked about what runs pods, as the trial's object would.
const FIRST: [&str; 2] = ["mutate.tidegate.dev", "validate.tidegate.dev"];
/// The namespace that the trial's object is sent into.
const NAMESPACE: &str = "default";

/// Webhooks that are called for the trial's object, and for no other.
pub(super) fn for_trial(configuration: &Value) -> Value {
    let mut configuration = configuration.clone();
    for webhook in configuration["webhooks"].as_array_mut().into_iter().flatten() {
        webhook["objectSelector"] = json!({ "matchLabels": { TRIAL: "true" } });
    }
    configuration
}

/// Whether stored webhooks are still such. Those that the gate adds take over what stands in the first ones, so only
/// these are looked at; where the policies need none of them, all that are there.
pub(super) fn is_for_trial(configuration: &Value) -> bool {
    let webhooks = || configuration["webhooks"].as_array().into_iter().flatten();
    let is_first = |webhook: &&Value| webhook["name"].as_str().is_some_and(|name| FIRST.contains(&name));
    let is_for_trial = |webhook: &Value| webhook["objectSelector"]["matchLabels"][TRIAL].is_string();
    match webhooks().find(is_first) {
        Some(first) => is_for_trial(first),
        None => webhooks().next().is_some() && webhooks().all(is_for_trial),
    }
}

/// Makes an end of the trial, whichever webhooks are still for it only. Whether there were any.
pub(super) fn lift(configuration: &mut Value) -> bool {
    let mut is_any = false;
    for webhook in configuration["webhooks"].as_array_mut().into_iter().flatten() {
        is_any |= end_trial(webhook);
    }
    is_any
}

/// What the trial asks the API server for.
pub(super) fn right() -> Right {
    Right {
        group: "apps".to_owned(),
        resource: "deployments".to_owned(),
        verb: "create".to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        name: None,
    }
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
    match objects.api("apps/v1", "Deployment", Some(NAMESPACE)).create(&parameters, &object).await {
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
        Err(Error::Api(status)) if is_about_the_gate(&status.message) => Trial::NotCalled(status.message),
        Err(Error::Api(status)) => Trial::Unclear(status.message),
        Err(error) => Trial::Unclear(error.to_string()),
    }
}

/// Whether the API server says that it could not call a webhook of the gate, and not one of somebody else's.
fn is_about_the_gate(message: &str) -> bool {
    let named = message.split_once("failed calling webhook \"").and_then(|(_, rest)| rest.split_once('"'));
    named.is_some_and(|(name, _)| name.ends_with(".tidegate.dev"))
}

fn deployment() -> Value {
    let labels = json!({ "app": "tidegate-trial" });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "tidegate-trial", "namespace": NAMESPACE, "labels": { TRIAL: "true" } },
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

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(name: &str, labels: &Value) -> Value {
        json!({ "name": format!("{name}.tidegate.dev"), "objectSelector": { "matchLabels": labels } })
    }

    #[test]
    fn what_took_over_the_selector_of_the_trial_does_not_count() {
        let (trial, other) = (json!({ TRIAL: "true" }), json!({ "a": "b" }));
        for (webhooks, expected) in [
            (json!([]), false),
            (json!([webhook("mutate", &trial), webhook("general", &trial)]), true),
            (json!([webhook("claims-validate", &other), webhook("validate", &trial)]), true),
            (json!([webhook("mutate", &other), webhook("general", &trial)]), false),
            (json!([webhook("general", &trial)]), true),
            (json!([webhook("general", &trial), webhook("claims-mutate", &other)]), false),
        ] {
            let configuration = json!({ "webhooks": webhooks });
            assert_eq!(is_for_trial(&configuration), expected, "{configuration}");
        }
    }

    #[test]
    fn the_end_of_the_trial_is_that_of_every_webhook_and_of_nothing_else() {
        let both = json!({ TRIAL: "true", "a": "b" });
        let mut configuration = json!({ "webhooks": [
            webhook("general", &json!({ TRIAL: "true" })), webhook("mutate", &both), { "name": "own.example" },
        ] });
        assert!(lift(&mut configuration));
        let expected = json!({ "webhooks": [
            { "name": "general.tidegate.dev", "objectSelector": {} }, webhook("mutate", &json!({ "a": "b" })),
            { "name": "own.example" },
        ] });
        assert_eq!(configuration, expected);
        assert!(!lift(&mut configuration));
    }

    #[test]
    fn a_webhook_of_somebody_else_that_fails_is_none_of_the_gate() {
        for (message, expected) in [
            ("Internal error occurred: failed calling webhook \"mutate.tidegate.dev\": Post: refused", true),
            ("Internal error occurred: failed calling webhook \"validate.example.com\": Post: refused", false),
            ("deployments.apps is forbidden: exceeded quota", false),
        ] {
            assert_eq!(is_about_the_gate(message), expected, "{message}");
        }
    }
}
