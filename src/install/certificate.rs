//! The authority that the API server is to believe, before it is told to ask the gate.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Secret;
use kube::api::Api;
use serde_json::{Value, json};

use super::{InstallError, Options};
use crate::objects::{Objects, refused};

/// The Secret that `webhook-deploy/40-deployment.yaml` names.
pub(super) const SECRET: &str = "tidegate-tls";
/// A gate that answers has made it already; cert-manager takes a moment for the configurations.
const WAIT: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(500);

/// The authorities in the Secret, as `caBundle` has them. None if the Secret says none: then somebody else tells the API
/// server whom to believe.
pub(super) async fn authorities(objects: &Objects, options: &Options) -> Result<Option<Value>, InstallError> {
    if options.cert_manager {
        return Ok(None);
    }
    let secrets: Api<Secret> = Api::namespaced(objects.client(), &options.namespace);
    let title = || format!("Secret {}/{SECRET}", options.namespace);
    let begun = Instant::now();
    loop {
        let found = secrets.get_opt(SECRET).await.map_err(|error| refused(title(), &error))?;
        if let Some(secret) = found {
            let authorities = secret.data.unwrap_or_default().remove("ca.crt");
            return Ok(authorities.map(|bundle| json!(bundle)));
        }
        if begun.elapsed() > WAIT {
            let what = format!("the gate answers, and there is no {}", title());
            return Err(InstallError::TookTooLong { what, way_out: "its log says why".to_owned() });
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Writes the authorities into each webhook of a configuration.
pub(super) fn believe(configuration: &mut Value, authorities: &Value) {
    for webhook in configuration["webhooks"].as_array_mut().into_iter().flatten() {
        webhook["clientConfig"]["caBundle"] = authorities.clone();
    }
}

/// Waits until cert-manager has written its authority into a configuration.
pub(super) async fn injected(objects: &Objects, configuration: &Value) -> Result<(), InstallError> {
    let begun = Instant::now();
    loop {
        let found = objects.get(configuration).await?;
        let webhooks = found.as_ref().and_then(|found| found.data["webhooks"].as_array());
        let believes =
            |webhook: &Value| webhook["clientConfig"]["caBundle"].as_str().is_some_and(|text| !text.is_empty());
        if webhooks.is_some_and(|webhooks| webhooks.iter().all(believes)) {
            return Ok(());
        }
        if begun.elapsed() > WAIT {
            let what = "cert-manager has not written its authority into the webhooks".to_owned();
            let way_out = "see whether its cainjector runs, and what it says; then install again".to_owned();
            return Err(InstallError::TookTooLong { what, way_out });
        }
        tokio::time::sleep(LOOK).await;
    }
}
