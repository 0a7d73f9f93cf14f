//! Image pull secrets: Secrets of type `kubernetes.io/dockerconfigjson` in the namespace of the client's own account.

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client, Error};

use super::docker_config::DockerConfig;

/// How long the API server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The key of such Secrets.
const KEY: &str = ".dockerconfigjson";

/// Reads one. The error says which, and why not.
pub(super) async fn read(client: &Client, name: &str) -> Result<DockerConfig, String> {
    let namespace = client.default_namespace();
    let problem = |problem: &str| format!("pull secret {name} of namespace {namespace}: {problem}");
    // It becomes a part of an address of the API server.
    let is_name = !name.is_empty()
        && name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.".contains(letter));
    if !is_name {
        return Err(problem("no Secret can have this name"));
    }
    let secrets = Api::<Secret>::namespaced(client.clone(), namespace);
    let secret = match tokio::time::timeout(PATIENCE, secrets.get(name)).await {
        Ok(Ok(secret)) => secret,
        Ok(Err(Error::Api(status))) if status.is_not_found() => return Err(problem("there is no such Secret")),
        Ok(Err(Error::Api(status))) if status.is_forbidden() => {
            return Err(problem("tidegate's account may not read it (get on secrets; see webhook-deploy/)"));
        }
        Ok(Err(_)) => return Err(problem("the API server cannot be asked")),
        Err(_) => return Err(problem("the API server does not answer")),
    };
    let content = secret.data.unwrap_or_default().remove(KEY);
    let content = content.ok_or_else(|| problem("it is not of type kubernetes.io/dockerconfigjson"))?;
    DockerConfig::parse(&content.0).map_err(|error| problem(&error))
}
