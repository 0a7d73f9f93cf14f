//! Puts an artefact into a registry.

use http::HeaderValue;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use secrecy::ExposeSecret;

use super::super::error::ModuleError;
use super::super::limits::Limits;
use super::authorization::Authorization;
use super::manifest::{Artifact, MANIFEST};
use super::{Address, Registry};
use crate::policy::digest_of;

/// What was put into a registry.
pub struct Pushed {
    /// `oci://REGISTRY/REPOSITORY:TAG@sha256:…`: this very artefact, wherever its tag goes.
    pub address: String,
    /// `sha256:…` of the component.
    pub component: String,
}

impl Registry<'_> {
    /// Puts an artefact where the address says.
    pub(in super::super) async fn push(mut self, artifact: &Artifact, limits: Limits) -> Result<Pushed, ModuleError> {
        if self.address.digest().is_some() {
            let problem = "a digest cannot be chosen; name a tag".to_owned();
            return Err(ModuleError::Address { address: self.address.shown(), problem });
        }
        self.authorize_push().await?;
        let address = self.address.clone();
        let client = client(&address, limits)?;
        let auth = match &self.authorization {
            None => RegistryAuth::Anonymous,
            Some(Authorization::Basic(credentials)) => RegistryAuth::Basic(
                credentials.username.expose_secret().to_owned(),
                credentials.password.expose_secret().to_owned(),
            ),
            Some(Authorization::Bearer(token)) => RegistryAuth::Bearer(token.expose_secret().to_owned()),
        };
        let configuration = artifact.configuration();
        let manifest = artifact.manifest(&configuration);
        let digest = digest_of(&manifest);
        let component = artifact.component.clone();
        let problem = |problem: &str| ModuleError::Push { address: address.shown(), problem: problem.to_owned() };
        let reference = address.reference.clone();
        // A task of its own: the crate panics at some answers.
        let pushing = tokio::spawn(async move {
            client.store_auth_if_needed(reference.resolve_registry(), &auth).await;
            for content in [configuration, component] {
                let digest = digest_of(&content);
                client.push_blob(&reference, content, &digest).await?;
            }
            client.push_manifest_raw(&reference, manifest, HeaderValue::from_static(MANIFEST)).await
        });
        match pushing.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(problem(&about(&error))),
            Err(_) => return Err(problem("the registry's answer is not what registries answer")),
        }
        Ok(Pushed { address: address.with_digest(&digest).shown(), component: digest_of(&artifact.component) })
    }
}

fn client(address: &Address, limits: Limits) -> Result<Client, ModuleError> {
    let protocol = if address.is_plain() { ClientProtocol::Http } else { ClientProtocol::Https };
    let config = ClientConfig {
        protocol,
        use_monolithic_push: true,
        connect_timeout: Some(limits.connect),
        read_timeout: Some(limits.silence),
        user_agent: concat!("tidegate/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    };
    Client::try_from(config).map_err(|error| ModuleError::Tls(error.to_string()))
}

/// What went wrong, without what the registry says of its own.
fn about(error: &OciDistributionError) -> String {
    match error {
        OciDistributionError::UnauthorizedError { .. } | OciDistributionError::AuthenticationFailure(_) => {
            denied().to_owned()
        }
        OciDistributionError::ServerError { code: 401 | 403, .. } => denied().to_owned(),
        OciDistributionError::ServerError { code, .. } => format!("the registry answers {code}"),
        OciDistributionError::RegistryError { envelope, .. } => {
            let codes: Vec<String> = envelope.errors.iter().map(|error| format!("{:?}", error.code)).collect();
            format!("the registry answers {}", codes.join(", "))
        }
        OciDistributionError::RequestError(_) => "the registry cannot be reached, or the connection broke".to_owned(),
        _ => "the registry's answer is not what registries answer".to_owned(),
    }
}

fn denied() -> &'static str {
    "the registry does not let you; give credentials that may push by `docker login`"
}
