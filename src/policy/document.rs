//! Policy documents: `tidegate.dev/v1alpha1`, kind `ClusterPolicy`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::exception::{ExceptionDocument, PolicyException};
use super::limit::ExceptionLimit;
use super::spec::{Action, FailurePolicy, MatchSpec, OnError, PolicySpec};

/// The `apiVersion` that documents must have.
pub(super) const API_VERSION: &str = "tidegate.dev/v1alpha1";
/// The `kind` of policies.
const KIND: &str = "ClusterPolicy";
/// The `kind` of exceptions.
pub(super) const EXCEPTION: &str = "PolicyException";
/// How long a review may take if the document does not say: a thousand times what one costs.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(100);
/// The API server itself gives a webhook at most 30 s; a policy that needs a tenth is broken.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3);

/// A policy document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyDocument {
    /// `tidegate.dev/v1alpha1`.
    pub api_version: String,
    /// `ClusterPolicy`.
    pub kind: String,
    /// The name; a document replaces the built-in one of the same name.
    pub metadata: Metadata,
    /// What it says.
    pub spec: PolicySpec,
}

/// The part of `metadata` that a document needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The name.
    pub name: String,
    /// The namespace, of an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Free for its owner.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Free for its owner.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Metadata {
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), namespace: None, labels: BTreeMap::new(), annotations: BTreeMap::new() }
    }
}

/// Why a document cannot be used. Every message names the document and the way out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not the YAML of a policy document.
    #[error("{file}: {problem}")]
    Malformed {
        /// The file.
        file: String,
        /// What the parser says, with line and field.
        problem: String,
    },
    /// It is something else than a policy document.
    #[error("{file}: expected apiVersion {API_VERSION} and kind {KIND} or {EXCEPTION}, found {found}")]
    NotAPolicy {
        /// The file.
        file: String,
        /// What it is instead.
        found: String,
    },
    /// A field has a value that cannot be.
    #[error("{file}: policy {policy}: {field}: {problem}")]
    Field {
        /// The file.
        file: String,
        /// The document's name.
        policy: String,
        /// The path to the field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// A field of an exception has a value that cannot be.
    #[error("{file}: exception {exception}: {field}: {problem}")]
    Exception {
        /// The file.
        file: String,
        /// The exception's name.
        exception: String,
        /// The path to the field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
}

impl PolicyDocument {
    /// A document that says this.
    pub fn new(name: &str, spec: PolicySpec) -> Self {
        Self { api_version: API_VERSION.to_owned(), kind: KIND.to_owned(), metadata: Metadata::named(name), spec }
    }

    /// The document that installs a built-in policy as it is.
    pub fn builtin(name: &str) -> Self {
        Self::new(
            name,
            PolicySpec {
                module: format!("builtin://{name}"),
                enabled: true,
                action: Action::Fix,
                matches: MatchSpec::default(),
                settings: Map::new(),
                digest: None,
                pull_secrets: Vec::new(),
                reads: Vec::new(),
                on_error: OnError::Deny,
                failure_policy: FailurePolicy::Ignore,
                rollout: None,
                exceptions: ExceptionLimit::default(),
                timeout: None,
            },
        )
    }

    /// Whether what its fields say can be.
    ///
    /// # Errors
    /// [`DocumentError::Field`].
    pub fn check(&self, file: &str) -> Result<(), DocumentError> {
        self.timeout(file)?;
        match self.spec.rollout {
            Some(rollout) if rollout.percent > 100 => Err(DocumentError::Field {
                file: file.to_owned(),
                policy: self.metadata.name.clone(),
                field: "spec.rollout.percent",
                problem: format!("{} is outside 0 to 100", rollout.percent),
            }),
            _ => Ok(()),
        }
    }

    /// `spec.timeout` as a duration.
    ///
    /// # Errors
    /// [`DocumentError::Field`] if it is no duration, zero, or longer than three seconds.
    pub fn timeout(&self, file: &str) -> Result<Duration, DocumentError> {
        let Some(text) = &self.spec.timeout else { return Ok(DEFAULT_TIMEOUT) };
        let wrong = |problem: String| DocumentError::Field {
            file: file.to_owned(),
            policy: self.metadata.name.clone(),
            field: "spec.timeout",
            problem,
        };
        let duration = parse_duration(text)
            .ok_or_else(|| wrong(format!("\"{text}\" is not a duration; write for instance 100ms or 1s")))?;
        if duration.is_zero() || duration > LONGEST_TIMEOUT {
            return Err(wrong(format!("{text} is outside 1ms to {}s", LONGEST_TIMEOUT.as_secs())));
        }
        Ok(duration)
    }
}

/// What a file of policies holds.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// The policies.
    pub policies: Vec<PolicyDocument>,
    /// What is excepted from them.
    pub exceptions: Vec<PolicyException>,
}

/// `apiVersion` and `kind`, before the rest is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
}

/// Reads all documents of a text; `file` is for messages.
///
/// # Errors
/// [`DocumentError`] on the first that cannot be used.
pub fn parse_documents(file: &str, text: &str) -> Result<Documents, DocumentError> {
    let malformed = |problem: String| DocumentError::Malformed { file: file.to_owned(), problem };
    let mut documents = Documents::default();
    for document in split(text) {
        let Some(header) =
            serde_saphyr::from_str::<Option<Header>>(&document).map_err(|error| malformed(error.to_string()))?
        else {
            continue;
        };
        match (header.api_version.as_str(), header.kind.as_str()) {
            (API_VERSION, KIND) => {
                let policy: PolicyDocument =
                    serde_saphyr::from_str(&document).map_err(|error| malformed(error.to_string()))?;
                policy.check(file)?;
                documents.policies.push(policy);
            }
            (API_VERSION, EXCEPTION) => {
                let exception: ExceptionDocument =
                    serde_saphyr::from_str(&document).map_err(|error| malformed(error.to_string()))?;
                documents.exceptions.push(PolicyException::new(file, exception)?);
            }
            (api_version, kind) => {
                let found = format!("{api_version} {kind}");
                return Err(DocumentError::NotAPolicy { file: file.to_owned(), found });
            }
        }
    }
    if documents.policies.is_empty() && documents.exceptions.is_empty() {
        return Err(malformed(format!("it holds no document; expected apiVersion {API_VERSION}, kind {KIND}")));
    }
    Ok(documents)
}

/// The documents of a text, each behind as many empty lines as are before it, so that errors name the right line.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        // At the start of a line these three are a marker wherever they stand, in a block of text too.
        if line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty() || rest.starts_with([' ', '\t'])) {
            documents.push("\n".repeat(number));
        }
        if let Some(last) = documents.last_mut() {
            last.push_str(line);
        }
    }
    documents
}

/// `100ms`, `2s`, `1500us`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    match &text[digits..] {
        "us" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
}
