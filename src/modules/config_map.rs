//! Code in a ConfigMap: `configmap://NAMESPACE/NAME/KEY`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, Client, Error};

use super::address::config_map;
use super::error::ModuleError;

/// What the addresses begin with.
pub(super) const CONFIG_MAP: &str = "configmap://";
/// As much as the API server stores in one (`MaxSecretSize`, which holds for ConfigMaps too), in bytes.
const LARGEST: usize = 1 << 20;
/// How long the API server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a component from `binaryData`, or in base64 from `data`.
pub(super) async fn fetch(address: &str, client: Option<&Client>) -> Result<Vec<u8>, ModuleError> {
    let place = address.strip_prefix(CONFIG_MAP).and_then(config_map).ok_or_else(|| ModuleError::Address {
        address: address.to_owned(),
        problem: "it has to be configmap://NAMESPACE/NAME/KEY".to_owned(),
    })?;
    let client = client.ok_or_else(|| ModuleError::NoCluster(address.to_owned()))?;
    let problem = |problem: String| ModuleError::Cluster { address: address.to_owned(), problem };
    let maps = Api::<ConfigMap>::namespaced(client.clone(), place.namespace);
    let found = tokio::time::timeout(PATIENCE, maps.get(place.name))
        .await
        .map_err(|_| ModuleError::TooSlow { address: address.to_owned(), after: PATIENCE })?
        .map_err(|error| problem(about(&error)))?;
    content(found, place.key).map_err(problem)
}

/// The component under a key.
fn content(map: ConfigMap, key: &str) -> Result<Vec<u8>, String> {
    let (mut binary, mut text) = (map.binary_data.unwrap_or_default(), map.data.unwrap_or_default());
    let bytes = match (binary.remove(key), text.remove(key)) {
        (Some(bytes), _) => bytes.0,
        (None, Some(text)) => {
            let text: String = text.split_ascii_whitespace().collect();
            STANDARD.decode(text).map_err(|_| {
                format!(
                    "{key} in its data is not base64; put the component in binaryData: kubectl create configmap NAME \
                     --from-file={key}=FILE"
                )
            })?
        }
        (None, None) => {
            let keys: Vec<String> = binary.into_keys().chain(text.into_keys()).collect();
            let has = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
            return Err(format!("the ConfigMap has no key {key}; it has {has}"));
        }
    };
    if bytes.len() > LARGEST {
        return Err("more than 1 MiB; put it into a registry by `tidegate policy push`".to_owned());
    }
    Ok(bytes)
}

fn about(error: &Error) -> String {
    match error {
        Error::Api(status) if status.is_not_found() => "there is no such ConfigMap".to_owned(),
        Error::Api(status) if status.is_forbidden() => {
            "tidegate's account may not read it (get on configmaps; see webhook-deploy/)".to_owned()
        }
        Error::Api(status) => format!("the API server answers {}", status.code),
        _ => "the API server cannot be reached".to_owned(),
    }
}
