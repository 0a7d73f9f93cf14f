//! Credentials for registries, found as Docker and Kubernetes find them. Nothing here has `Debug`.

mod docker_config;
mod helper;
mod host;
mod pull_secret;

use std::path::PathBuf;

use kube::Client;
use secrecy::SecretString;

use crate::policy::PullSecret;
use docker_config::DockerConfig;

/// A name and a password for a registry.
pub(super) struct Credentials {
    pub(super) username: SecretString,
    pub(super) password: SecretString,
}

/// Where credentials are looked for.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    /// Secrets of the client's own namespace, which come first.
    pub(super) pull_secrets: &'a [PullSecret],
    /// Who reads them.
    pub(super) client: Option<&'a Client>,
}

/// What a search came to.
#[derive(Default)]
pub(super) struct Found {
    pub(super) credentials: Option<Credentials>,
    /// Places that could not be read. That matters only if the registry does not do without.
    pub(super) problems: Vec<String>,
}

impl Keys<'_> {
    /// The credentials for a repository: those of the pull secrets, then those of Docker's own configuration.
    pub(super) async fn find(&self, registry: &str, repository: &str) -> Found {
        let mut found = Found::default();
        for secret in self.pull_secrets {
            let Some(client) = self.client else {
                found.problems.push(format!("pull secret {}: no cluster is at hand", secret.name));
                continue;
            };
            match pull_secret::read(client, &secret.name).await {
                Ok(config) => found.credentials = config.of_secret(registry, repository),
                Err(problem) => found.problems.push(problem),
            }
            if found.credentials.is_some() {
                return found;
            }
        }
        let Some(path) = configuration_file() else { return found };
        let Ok(text) = std::fs::read(&path) else { return found };
        let credentials = match DockerConfig::parse(&text) {
            Ok(config) => config.of_user(registry, repository).await,
            Err(problem) => Err(problem),
        };
        match credentials {
            Ok(credentials) => found.credentials = credentials,
            Err(problem) => found.problems.push(format!("{}: {problem}", path.display())),
        }
        found
    }
}

/// `$DOCKER_CONFIG/config.json`, or `~/.docker/config.json`.
fn configuration_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| set("HOME").map(|home| home.join(".docker")))?;
    Some(folder.join("config.json"))
}
