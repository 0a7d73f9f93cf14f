//! The authorities that the API server believes: `caBundle` of every webhook of both configurations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, PostParams};
use kube::{Client, Error};
use serde_json::Value;

const KINDS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
/// Configurations without this label are none of the gate's.
const LABEL: (&str, &str) = ("app.kubernetes.io/name", "tidegate");

/// Brings both configurations of that name to a bundle, in PEM. Whether they are so now: somebody else may have been
/// faster, and it is for another look. Where there is none, nobody has to believe anything.
pub(super) async fn bring(client: &Client, name: &str, bundle: &str) -> Result<bool, Error> {
    let encoded = Value::from(STANDARD.encode(bundle));
    let mut are_so = true;
    for kind in KINDS {
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", kind));
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &kind);
        let Some(mut configuration) = api.get_opt(name).await? else { continue };
        let labels = configuration.metadata.labels.as_ref();
        if labels.and_then(|labels| labels.get(LABEL.0)).is_none_or(|label| label != LABEL.1) {
            continue;
        }
        if !change(&mut configuration.data, &encoded) {
            continue;
        }
        let written = PostParams { field_manager: Some("tidegate".to_owned()), ..PostParams::default() };
        match api.replace(name, &written, &configuration).await {
            Ok(_) => tracing::info!(kind = kind.kind, "the webhook configuration believes the gate's authority"),
            Err(Error::Api(status)) if status.is_conflict() || status.is_not_found() => are_so = false,
            Err(error) => return Err(error),
        }
    }
    Ok(are_so)
}

/// Writes the bundle into each webhook, and says whether that changed anything.
fn change(configuration: &mut Value, encoded: &Value) -> bool {
    let webhooks = configuration.get_mut("webhooks").and_then(Value::as_array_mut);
    let mut changes = false;
    for webhook in webhooks.into_iter().flatten() {
        let Some(client) = webhook.get_mut("clientConfig").and_then(Value::as_object_mut) else { continue };
        if client.get("caBundle") != Some(encoded) {
            client.insert("caBundle".to_owned(), encoded.clone());
            changes = true;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_webhook_believes_the_same_and_nothing_else_changes() {
        let mut configuration = json!({ "webhooks": [
            { "name": "a", "clientConfig": { "service": { "name": "tidegate" }, "caBundle": "old" } },
            { "name": "b", "clientConfig": { "service": { "name": "tidegate" } } },
        ] });
        let encoded = json!("bmV3");
        assert!(change(&mut configuration, &encoded) && !change(&mut configuration, &encoded));
        let believed = |name: &str| json!({ "name": name, "clientConfig": { "service": { "name": "tidegate" }, "caBundle": "bmV3" } });
        assert_eq!(configuration, json!({ "webhooks": [believed("a"), believed("b")] }));
        assert!(!change(&mut json!({ "webhooks": [] }), &encoded) && !change(&mut json!({}), &encoded));
    }
}
