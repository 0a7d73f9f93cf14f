//! Addresses of artefacts, and which registries may do without TLS.

use oci_client::Reference;
use reqwest::Url;

use super::super::error::ModuleError;
use super::super::web::Http;

/// What the addresses begin with.
pub(in super::super) const OCI: &str = "oci://";
/// What a registry is called that is on this very machine: nobody is on the way there.
const THIS_MACHINE: [&str; 2] = ["localhost", "127.0.0.1"];

/// Where an artefact is.
#[derive(Clone)]
pub(in super::super) struct Address {
    pub(super) reference: Reference,
    /// Whether the registry may do without TLS.
    may_be_plain: bool,
    /// Whether it does.
    is_plain: bool,
}

impl Address {
    /// Reads `oci://…`; `insecure` names registries, with their ports, that have no TLS.
    pub(in super::super) fn parse(address: &str, insecure: &[String]) -> Result<Self, ModuleError> {
        let wrong = |problem: String| ModuleError::Address { address: address.to_owned(), problem };
        let rest = address.strip_prefix(OCI).unwrap_or(address);
        // Neither has a place in an address, and either may be secret: it is not repeated.
        let host_part = rest.split('/').next().unwrap_or_default();
        if host_part.contains('@') && !host_part.contains("@sha256:") || rest.contains(['?', '#']) {
            let (shown, _) = rest.split_once(['@', '?', '#']).unwrap_or((rest, ""));
            let shown = if host_part.contains('@') { "…" } else { shown };
            let problem = "it has more than registry, repository, tag and digest; a name or password has no place in it: \
                           see spec.pullSecrets";
            return Err(ModuleError::Address { address: format!("{OCI}{shown}"), problem: problem.to_owned() });
        }
        let reference: Reference = rest.parse().map_err(|error| {
            wrong(format!("{error}; it has to be oci://REGISTRY/REPOSITORY:TAG or …@sha256:DIGEST"))
        })?;
        let host = rest.split('/').next().unwrap_or_default();
        // The parser takes a first word without a dot or port for a repository of Docker Hub.
        if reference.registry() != host && host != "index.docker.io" {
            return Err(wrong(format!("\"{host}\" is no registry; write its host with a port, as in {host}:443")));
        }
        if reference.digest().is_some_and(|digest| !digest.starts_with("sha256:")) {
            return Err(wrong("the digest has to be sha256:…".to_owned()));
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let may_be_plain = THIS_MACHINE.contains(&name) || insecure.iter().any(|insecure| insecure == host);
        Ok(Self { reference, may_be_plain, is_plain: false })
    }

    /// The same address, without TLS if the registry has none and may do without.
    pub(in super::super) async fn settled(self, http: &Http) -> Result<Self, ModuleError> {
        let is_plain = self.may_be_plain && !http.speaks_tls(&self.base()?).await;
        Ok(Self { is_plain, ..self })
    }

    /// The registry as credentials know it.
    pub(super) fn registry(&self) -> &str {
        self.reference.registry()
    }

    /// Whether the registry may do without TLS.
    #[cfg(test)]
    pub(in super::super) fn may_be_plain(&self) -> bool {
        self.may_be_plain
    }

    /// Whether the registry has no TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The digest that the manifest has to have, if the address says so.
    pub(in super::super) fn digest(&self) -> Option<&str> {
        self.reference.digest()
    }

    /// The same artefact, by its manifest's digest.
    pub(in super::super) fn with_digest(&self, digest: &str) -> Self {
        let (registry, repository) = (self.reference.registry().to_owned(), self.reference.repository().to_owned());
        let reference = match self.reference.tag().map(str::to_owned) {
            Some(tag) => Reference::with_tag_and_digest(registry, repository, tag, digest.to_owned()),
            None => Reference::with_digest(registry, repository, digest.to_owned()),
        };
        Self { reference, ..self.clone() }
    }

    /// The address as it is shown.
    pub(in super::super) fn shown(&self) -> String {
        format!("{OCI}{}", self.reference.whole())
    }

    /// A part of the registry, by the distribution specification: `manifests/…`, `blobs/…`.
    pub(in super::super) fn url(&self, part: &str) -> Result<Url, ModuleError> {
        self.api(&format!("{}/{part}", self.reference.repository()))
    }

    /// The registry's own address, which says how it wants credentials.
    pub(super) fn base(&self) -> Result<Url, ModuleError> {
        self.api("")
    }

    fn api(&self, path: &str) -> Result<Url, ModuleError> {
        let scheme = if self.is_plain { "http" } else { "https" };
        Url::parse(&format!("{scheme}://{}/v2/{path}", self.reference.resolve_registry()))
            .map_err(|error| ModuleError::Address { address: self.shown(), problem: error.to_string() })
    }
}
