//! Image references, by the grammar of the OCI distribution specification.

use oci_spec::distribution::Reference;

/// Other names of Docker Hub.
const DOCKER_HUB: &[&str] = &["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/// The parts of an image reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// The registry with its port, `docker.io` if none is written.
    pub registry: String,
    /// The repository's path; `library/mysql` for the short `mysql`.
    pub repository: String,
    /// The tag, if one is written.
    pub tag: Option<String>,
    /// The digest with its algorithm.
    pub digest: Option<String>,
}

impl ImageReference {
    /// Reads a reference; none if the text is not one (empty, a templating leftover, …).
    pub fn parse(text: &str) -> Option<Self> {
        let reference: Reference = text.parse().ok()?;
        // The parser fills in `latest`; what counts here is what the author wrote.
        let written = text.split('@').next().unwrap_or(text);
        let tag = reference.tag().filter(|tag| written.ends_with(&format!(":{tag}")));
        let (mut registry, mut repository) = (reference.registry().to_owned(), reference.repository().to_owned());
        if DOCKER_HUB.contains(&registry.as_str()) {
            "docker.io".clone_into(&mut registry);
            if !repository.contains('/') {
                repository.insert_str(0, "library/");
            }
        }
        Some(Self { registry, repository, tag: tag.map(str::to_owned), digest: reference.digest().map(str::to_owned) })
    }

    /// Whether the repository is `path`, or ends with it after a slash: mirrors put the original
    /// path below one of their own.
    pub fn is_at(&self, path: &str) -> bool {
        self.repository.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    }

    /// The last part of the repository's path.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or(&self.repository)
    }
}
