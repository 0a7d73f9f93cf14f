//! The authority that the API server is to believe, before it is told to ask the gate.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DynamicObject};
use serde_json::{Value, json};

use super::plan::Stage;
use super::{InstallError, Options, Plan, probe};
use crate::objects::{Objects, refused};

/// The Secret that `webhook-deploy/40-deployment.yaml` names.
pub(super) const SECRET: &str = "tidegate-tls";
/// Its key with the authorities.
const AUTHORITIES: &str = "ca.crt";
/// The annotation by which cert-manager writes its authority into a configuration.
pub(super) const INJECTED: &str = "cert-manager.io/inject-ca-from";
/// A gate that answers has made it already; cert-manager takes a moment for the configurations.
const WAIT: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(500);

/// The authorities that are to be believed, as `caBundle` has them. None with cert-manager, which tells the API server
/// itself.
pub(super) async fn authorities(
    objects: &Objects,
    plan: &Plan,
    options: &Options,
) -> Result<Option<Value>, InstallError> {
    if options.cert_manager {
        return Ok(None);
    }
    let begun = Instant::now();
    loop {
        if let Some(authorities) = known(objects, plan, options).await? {
            return Ok(Some(authorities));
        }
        if begun.elapsed() > WAIT {
            let what = format!("the gate answers, and there is no {}", title(options));
            return Err(InstallError::TookTooLong { what, way_out: "its log says why".to_owned() });
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The authorities in the Secret; none if there is no Secret yet. Of one that somebody else made without them, those
/// that the webhooks in force believe: then they were written there by hand.
///
/// # Errors
/// [`InstallError::NoAuthority`] if nobody says them.
pub(super) async fn known(objects: &Objects, plan: &Plan, options: &Options) -> Result<Option<Value>, InstallError> {
    let secrets: Api<Secret> = Api::namespaced(objects.client(), &options.namespace);
    let found = secrets.get_opt(SECRET).await.map_err(|error| refused(title(options), &error))?;
    let Some(secret) = found else { return Ok(None) };
    if let Some(bundle) = secret.data.unwrap_or_default().remove(AUTHORITIES).filter(|bundle| !bundle.0.is_empty()) {
        return Ok(Some(json!(bundle)));
    }
    for configuration in plan.of(Stage::Webhooks) {
        let Some(found) = objects.get(configuration).await? else { continue };
        if let Some(bundle) = believed(&found.data).filter(|_| !probe::is_for_trial(&found.data)) {
            return Ok(Some(bundle));
        }
    }
    Err(InstallError::NoAuthority { namespace: options.namespace.clone() })
}

/// What the first webhook of a configuration that believes anybody believes.
fn believed(configuration: &Value) -> Option<Value> {
    let webhooks = configuration["webhooks"].as_array()?.iter();
    let mut bundles = webhooks.map(|webhook| &webhook["clientConfig"]["caBundle"]);
    bundles.find(|bundle| bundle.as_str().is_some_and(|text| !text.is_empty())).cloned()
}

/// Who makes the certificate cannot change while webhooks believe the authority of the one before: between the two the
/// API server could not call the gate.
pub(super) async fn stays_whose_it_is(objects: &Objects, plan: &Plan, options: &Options) -> Result<(), InstallError> {
    for configuration in plan.of(Stage::Webhooks) {
        let Some(found) = objects.get(configuration).await? else { continue };
        if !probe::is_for_trial(&found.data) && is_of_cert_manager(&found) != options.cert_manager {
            let (namespace, to_cert_manager) = (options.namespace.clone(), options.cert_manager);
            return Err(InstallError::OtherCertificate { namespace, to_cert_manager });
        }
    }
    Ok(())
}

fn is_of_cert_manager(configuration: &DynamicObject) -> bool {
    configuration.metadata.annotations.as_ref().is_some_and(|annotations| annotations.contains_key(INJECTED))
}

fn title(options: &Options) -> String {
    format!("Secret {}/{SECRET}", options.namespace)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_webhooks_believe_is_what_the_first_of_them_does_that_believes_anybody() {
        for (webhooks, expected) in [
            (json!([]), None),
            (json!([{ "clientConfig": {} }, { "clientConfig": { "caBundle": "" } }]), None),
            (json!([{ "clientConfig": {} }, { "clientConfig": { "caBundle": "QQ==" } }]), Some(json!("QQ=="))),
        ] {
            assert_eq!(believed(&json!({ "webhooks": webhooks })), expected);
        }
    }
}
