//! Policy documents: `tidegate.dev/v1alpha1`, kind `ClusterPolicy`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::limit::ExceptionLimit;
use super::spec::{Action, FailurePolicy, MatchSpec, OnError, PolicySpec};
use super::written::{Written, WrittenMetadata};

/// The `apiVersion` that documents must have.
pub(super) const API_VERSION: &str = "tidegate.dev/v1alpha1";
/// The `kind` of policies.
pub(super) const KIND: &str = "ClusterPolicy";
/// The `kind` of exceptions.
pub(super) const EXCEPTION: &str = "PolicyException";
/// How long a review may take if the document does not say: a thousand times what one costs.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(100);
/// The deadline is looked at every few milliseconds.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
/// The longest name of a policy, in letters: that of an object of the cluster.
const LONGEST_NAME: usize = 253;
/// The API server itself gives a webhook at most 30 s; a policy that needs a tenth is broken.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3);

/// A policy document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Written<PolicySpec>")]
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
#[serde(rename_all = "camelCase", from = "WrittenMetadata")]
pub struct Metadata {
    /// The name.
    pub name: String,
    /// The namespace, of an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Free for its owner.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Free for its owner.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
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
    #[error("{file}:{line}: {problem}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and the way out.
        problem: String,
    },
    /// A field is missing, unknown, or of another type.
    #[error("{file}:{line}: {field}: {problem}")]
    Unfit {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The path to the field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is nothing in it.
    #[error("{file}: it holds no document; expected apiVersion {API_VERSION}, kind {KIND} or {EXCEPTION}")]
    Empty {
        /// The file.
        file: String,
    },
    /// It is something else than a policy document.
    #[error("{file}:{line}: expected apiVersion {API_VERSION} and kind {KIND} or {EXCEPTION}, found {found}")]
    NotAPolicy {
        /// The file.
        file: String,
        /// The line on which it begins, from 1.
        line: usize,
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
        let name = &self.metadata.name;
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_letter) {
            return Err(DocumentError::Field {
                file: file.to_owned(),
                // It may hold anything.
                policy: "without a name that can be shown".to_owned(),
                field: "metadata.name",
                problem: format!("write letters, digits and hyphens, at most {LONGEST_NAME}"),
            });
        }
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
        if duration < SHORTEST_TIMEOUT || duration > LONGEST_TIMEOUT {
            return Err(wrong(format!("{text} is outside 1ms to {}s", LONGEST_TIMEOUT.as_secs())));
        }
        Ok(duration)
    }
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
