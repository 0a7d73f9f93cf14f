//! Fetches an artefact, of which every part has to be what its digest says.

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use oci_client::manifest::OciDescriptor;

use super::super::credentials::{Found, Keys};
use super::super::error::ModuleError;
use super::super::web::{Answer, Http};
use super::Address;
use super::authorization::{Authorization, Challenge, token};
use super::manifest::{MANIFESTS, component_layer};
use crate::policy::digest_of;

/// As large as manifests should be for every registry (distribution specification, "Pushing Manifests"), in bytes.
const LARGEST_MANIFEST: u64 = 4 << 20;
/// The header with what a registry takes for the digest.
const CONTENT_DIGEST: &str = "docker-content-digest";

/// A registry, asked about one artefact.
pub(in super::super) struct Registry<'a> {
    http: &'a Http,
    pub(super) address: Address,
    keys: Keys<'a>,
    /// What is asked of a token: `pull`, or `pull,push`.
    actions: &'static str,
    pub(super) authorization: Option<Authorization>,
    /// Whether there were credentials for it.
    is_known: bool,
    /// Where some were looked for and could not be read.
    problems: Vec<String>,
}

/// The layer that a manifest names as its component.
pub(in super::super) fn layer(address: &Address, manifest: &[u8]) -> Result<OciDescriptor, ModuleError> {
    let not = |problem: String| ModuleError::NotAnArtifact { address: address.shown(), problem };
    let layer = component_layer(manifest).map_err(not)?;
    // It becomes a part of an address.
    let hex = layer.digest.strip_prefix("sha256:").unwrap_or_default();
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(not("its layer has no digest of sha256".to_owned()));
    }
    Ok(layer)
}

impl<'a> Registry<'a> {
    /// A registry that is asked without credentials until it wants some.
    pub(in super::super) fn new(http: &'a Http, address: Address, keys: Keys<'a>) -> Self {
        Self { http, address, keys, actions: "pull", authorization: None, is_known: false, problems: Vec::new() }
    }

    /// The manifest, and its digest. With a digest in the address it has to have that.
    pub(in super::super) async fn manifest(&mut self) -> Result<(Vec<u8>, String), ModuleError> {
        let name = self.address.digest().or(self.address.reference.tag()).unwrap_or("latest").to_owned();
        let answer = self.get(&format!("manifests/{name}"), Some(MANIFESTS), LARGEST_MANIFEST).await?;
        let found = digest_of(&answer.body);
        let told = answer.headers.get(CONTENT_DIGEST).and_then(|value| value.to_str().ok());
        let expected = self.address.digest().or(told.filter(|digest| digest.starts_with("sha256:")));
        self.check("manifest", expected.unwrap_or(&found), &found)?;
        Ok((answer.body, found))
    }

    /// The component that a manifest names.
    pub(in super::super) async fn component(&mut self, layer: &OciDescriptor) -> Result<Vec<u8>, ModuleError> {
        let limit = self.http.limits.component;
        // A size that cannot be is not believed either.
        if u64::try_from(layer.size).is_ok_and(|size| size > limit) {
            return Err(ModuleError::TooLarge { address: self.address.shown(), limit });
        }
        let answer = self.get(&format!("blobs/{}", layer.digest), None, limit).await?;
        self.check("layer", &layer.digest, &digest_of(&answer.body))?;
        Ok(answer.body)
    }

    /// Finds out what the registry wants to see of whoever pushes.
    pub(super) async fn authorize_push(&mut self) -> Result<(), ModuleError> {
        self.actions = "pull,push";
        let answer = self.http.get(&self.address.base()?, &HeaderMap::new(), LARGEST_MANIFEST).await?;
        if answer.status == StatusCode::UNAUTHORIZED { self.authorize(&answer).await } else { Ok(()) }
    }

    async fn get(&mut self, part: &str, accept: Option<&'static str>, limit: u64) -> Result<Answer, ModuleError> {
        let url = self.address.url(part)?;
        let mut headers = HeaderMap::new();
        headers.extend(accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))));
        headers.extend(self.authorization.as_ref().and_then(Authorization::header).map(|value| (AUTHORIZATION, value)));
        let mut answer = self.http.get(&url, &headers, limit).await?;
        if answer.status == StatusCode::UNAUTHORIZED && self.authorization.is_none() {
            self.authorize(&answer).await?;
            let authorization = self.authorization.as_ref().and_then(Authorization::header);
            headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
            answer = self.http.get(&url, &headers, limit).await?;
        }
        let address = || self.address.shown();
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::NOT_FOUND => Err(ModuleError::NoArtifact { address: address() }),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(self.denied()),
            status => Err(ModuleError::Status { address: address(), status: status.as_u16() }),
        }
    }

    /// Gets what the registry asks for.
    async fn authorize(&mut self, answer: &Answer) -> Result<(), ModuleError> {
        let address = &self.address;
        let refused = |problem: String| ModuleError::Authorization { address: address.shown(), problem };
        let challenge = Challenge::of(&answer.headers).ok_or_else(|| {
            refused("the registry wants credentials, and does not say in which of the usual ways".to_owned())
        })?;
        let Found { credentials, problems } = self.keys.find(address.registry(), address.reference.repository()).await;
        (self.is_known, self.problems) = (credentials.is_some(), problems);
        self.authorization = Some(match challenge {
            Challenge::Basic => match credentials {
                Some(credentials) => Authorization::Basic(credentials),
                None => return Err(self.denied()),
            },
            Challenge::Bearer { realm, service } => {
                let from = (realm.as_str(), service.as_deref());
                let token = token(self.http, address, from, credentials.as_ref(), self.actions).await;
                let problems = self.problems.iter().map(|problem| format!("; {problem}")).collect::<String>();
                Authorization::Bearer(token.map_err(|problem| refused(problem + &problems))?)
            }
        });
        Ok(())
    }

    fn denied(&self) -> ModuleError {
        let (known, problems) = (self.is_known, self.problems.clone());
        ModuleError::Denied { address: self.address.shown(), known, problems }
    }

    fn check(&self, part: &'static str, expected: &str, found: &str) -> Result<(), ModuleError> {
        if expected == found {
            return Ok(());
        }
        let (expected, found) = (expected.to_owned(), found.to_owned());
        Err(ModuleError::Damaged { address: self.address.shown(), part, expected, found })
    }
}
