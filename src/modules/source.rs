//! Finds the code of a document, wherever that is.

use std::path::Path;
use std::sync::Arc;

use http::HeaderMap;
use kube::Client;
use tokio::runtime::Handle;

use super::address::{https, shown};
use super::cache::Cache;
use super::config_map::{self, CONFIG_MAP};
use super::credentials::Keys;
use super::error::ModuleError;
use super::limits::Limits;
use super::pinned::Pinned;
use super::registry::{Address, Artifact, OCI, Pushed, Registry, layer};
use super::web::Http;
use crate::policy::{BUILTIN, Code, CodeSource, FILE, PolicyDocument, PullSecret, digest_of};

/// What the addresses of web servers begin with.
const HTTPS: &str = "https://";

/// What is found on this machine.
const LOCAL: [&str; 2] = [BUILTIN, FILE];

/// Whether code is neither built in nor in a file.
pub fn is_elsewhere(module: &str) -> bool {
    !LOCAL.iter().any(|kind| module.starts_with(kind))
}

/// Code that is built in, in files, behind `https://`, in ConfigMaps and in registries.
///
/// Calls block for as long as a download takes: they must come from threads where that is allowed, never from a task.
pub struct ModuleSources {
    local: Arc<dyn CodeSource>,
    runtime: Handle,
    limits: Limits,
    client: Option<Client>,
    cache: Option<Cache>,
    insecure: Vec<String>,
    pinned: Pinned,
}

impl ModuleSources {
    /// Finds what `local` does not know; `runtime` has to have threads of its own.
    pub fn new(local: Arc<dyn CodeSource>, runtime: Handle, limits: Limits) -> Self {
        Self { local, runtime, limits, client: None, cache: None, insecure: Vec::new(), pinned: Pinned::default() }
    }

    /// Asks this cluster for ConfigMaps, and for pull secrets of the client's own namespace.
    #[must_use]
    pub fn with_cluster(self, client: Client) -> Self {
        Self { client: Some(client), ..self }
    }

    /// Keeps what is fetched in a folder `modules` below this one.
    ///
    /// # Errors
    /// [`ModuleError::Cache`] if somebody else could write there, or nobody can.
    pub fn with_cache(self, directory: &Path) -> Result<Self, ModuleError> {
        Ok(Self { cache: Some(Cache::below(directory)?), ..self })
    }

    /// As [`Self::with_cache`], but keeps nothing where that cannot be.
    #[must_use]
    pub fn with_cache_if_usable(self, directory: &Path) -> Self {
        Self { cache: Cache::below(directory).ok(), ..self }
    }

    /// Asks these registries, named with their ports, without TLS. Those of `localhost` are in any case.
    #[must_use]
    pub fn with_insecure_registries(self, registries: Vec<String>) -> Self {
        Self { insecure: registries, ..self }
    }

    /// Takes over what the tag of a document was resolved to earlier, or elsewhere: a `Code::resolved` of this very
    /// state of the document.
    pub fn remember(&self, file: &str, document: &PolicyDocument, resolved: &str) {
        if let Some((_, digest)) = resolved.rsplit_once('@') {
            self.pinned.set(file, document, digest);
        }
    }

    /// The component at an `oci://` address, with its artefact's own address.
    ///
    /// # Errors
    /// [`ModuleError`].
    pub fn pull(&self, address: &str) -> Result<Code, ModuleError> {
        let address = Address::parse(address, &self.insecure)?;
        self.within_the_time(&address.shown(), self.artifact(address.clone(), &[]))
    }

    /// Puts a component where an `oci://` address says.
    ///
    /// # Errors
    /// [`ModuleError`].
    pub fn push(&self, address: &str, artifact: &Artifact) -> Result<Pushed, ModuleError> {
        let address = Address::parse(address, &self.insecure)?;
        let shown = address.shown();
        let pushed = async {
            let http = Http::new(self.limits)?;
            let keys = Keys { pull_secrets: &[], client: None };
            Registry::new(&http, address.settled(&http).await?, keys).push(artifact, self.limits).await
        };
        self.within_the_time(&shown, pushed)
    }

    fn find(&self, file: &str, document: &PolicyDocument) -> Result<Code, ModuleError> {
        let spec = &document.spec;
        let module = spec.module.as_str();
        if module.starts_with("http://") {
            return Err(ModuleError::PlainHttp(shown(module)));
        }
        if ![HTTPS, OCI, CONFIG_MAP].iter().any(|kind| module.starts_with(kind)) {
            return Err(ModuleError::UnknownKind(shown(module)));
        }
        // What has the digest that is wanted is what is wanted, wherever it comes from. An artefact's own digest is
        // another one, which has to be seen.
        let is_artifact = module.starts_with(OCI);
        if let Some(content) = spec.digest.as_deref().filter(|_| !is_artifact).and_then(|digest| self.kept(digest)) {
            return Ok(Code::new(content));
        }
        let found = async {
            if is_artifact {
                self.of_document(file, document).await
            } else if module.starts_with(CONFIG_MAP) {
                config_map::fetch(module, self.client.as_ref()).await.map(Code::new)
            } else {
                self.of_web_server(module, spec.digest.as_deref()).await
            }
        };
        self.within_the_time(&shown(module), found)
    }

    /// Waits for an answer, but not for ever.
    fn within_the_time<T>(
        &self,
        address: &str,
        answer: impl Future<Output = Result<T, ModuleError>>,
    ) -> Result<T, ModuleError> {
        let after = self.limits.whole;
        let late = |_| Err(ModuleError::TooSlow { address: address.to_owned(), after });
        self.runtime.block_on(async { tokio::time::timeout(after, answer).await.unwrap_or_else(late) })
    }

    async fn of_web_server(&self, module: &str, digest: Option<&str>) -> Result<Code, ModuleError> {
        let url = https(module)?;
        let http = Http::new(self.limits)?;
        let fetched = http.get(&url, &HeaderMap::new(), self.limits.component).await;
        let Some(expected) = digest else {
            let answer = fetched.ok().filter(|answer| answer.status.is_success());
            let found = answer.map(|answer| digest_of(&answer.body));
            return Err(ModuleError::NoDigest { address: shown(module), found });
        };
        let answer = fetched?;
        if !answer.status.is_success() {
            return Err(ModuleError::Status { address: shown(module), status: answer.status.as_u16() });
        }
        let code = Code::new(answer.body);
        if code.digest != expected {
            let (expected, found) = (expected.to_owned(), code.digest);
            return Err(ModuleError::WrongDigest { address: shown(module), expected, found });
        }
        self.keep(&code.component);
        Ok(code)
    }

    /// The artefact of a document, whose tag is looked up once.
    async fn of_document(&self, file: &str, document: &PolicyDocument) -> Result<Code, ModuleError> {
        let address = Address::parse(&document.spec.module, &self.insecure)?;
        let secrets = &document.spec.pull_secrets;
        if address.digest().is_some() {
            return self.artifact(address, secrets).await;
        }
        if let Some(digest) = self.pinned.get(file, document) {
            let gone = |address: String| ModuleError::Gone { address, digest: digest.clone() };
            return self.artifact(address.with_digest(&digest), secrets).await.map_err(|error| match error {
                ModuleError::NoArtifact { .. } => gone(document.spec.module.clone()),
                other => other,
            });
        }
        let code = self.artifact(address, secrets).await?;
        if let Some(resolved) = &code.resolved {
            self.remember(file, document, resolved);
        }
        Ok(code)
    }

    async fn artifact(&self, address: Address, pull_secrets: &[PullSecret]) -> Result<Code, ModuleError> {
        if let Some(code) = self.kept_artifact(&address) {
            return Ok(code);
        }
        let http = Http::new(self.limits)?;
        let keys = Keys { pull_secrets, client: self.client.as_ref() };
        let mut registry = Registry::new(&http, address.clone().settled(&http).await?, keys);
        let (manifest, digest) = registry.manifest().await?;
        let layer = layer(&address, &manifest)?;
        // Under another tag it may have come before.
        let component = match self.kept(&layer.digest) {
            Some(kept) => kept,
            None => registry.component(&layer).await?,
        };
        self.keep(&manifest);
        self.keep(&component);
        Ok(Code { resolved: Some(address.with_digest(&digest).shown()), ..Code::new(component) })
    }

    /// An artefact that was fetched before, by its digest: nobody has to be asked.
    fn kept_artifact(&self, address: &Address) -> Option<Code> {
        let manifest = self.kept(address.digest()?)?;
        let component = self.kept(&layer(address, &manifest).ok()?.digest)?;
        Some(Code { resolved: Some(address.shown()), ..Code::new(component) })
    }

    fn kept(&self, digest: &str) -> Option<Vec<u8>> {
        self.cache.as_ref().and_then(|cache| cache.get(digest))
    }

    fn keep(&self, content: &[u8]) {
        if let Some(cache) = &self.cache {
            cache.put(content);
        }
    }
}

impl CodeSource for ModuleSources {
    fn code(&self, file: &str, document: &PolicyDocument) -> Result<Code, String> {
        if !is_elsewhere(&document.spec.module) {
            return self.local.code(file, document);
        }
        self.find(file, document).map_err(|error| error.to_string())
    }
}
