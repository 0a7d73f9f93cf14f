//! What the engine needs of a policy's code. `wasm/` implements it; the engine knows no more.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::finding::{Finding, Rule};
use crate::lookup::{Lookup, ResourceType};
use crate::prepared::Prepared;
use crate::request::Request;
use crate::workload::Workload;

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Its name, a DNS label.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The rules that its findings name.
    pub rules: Vec<Rule>,
    /// A JSON Schema of its settings.
    pub settings_schema: Value,
    /// What it reads of the cluster.
    pub reads: Vec<ResourceType>,
    /// The kinds of objects that it judges.
    pub kinds: Vec<JudgedKind>,
    /// Which objects of these kinds are its concern.
    pub concern: Concern,
}

/// What a policy's code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Concern {
    /// Objects that have to do with MySQL; it is never asked about any other.
    #[default]
    MySql,
    /// All objects of its kinds.
    Everything,
}

/// A kind of objects that a policy judges: `Ingress`, `Certificate.cert-manager.io`, or `*` for any that the document
/// names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedKind {
    /// The kind; `*` for any.
    pub kind: String,
    /// The group, empty for Kubernetes' first one; none if any group will do.
    pub group: Option<String>,
}

impl JudgedKind {
    /// Reads `Kind` or `Kind.group`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('.') {
            Some((kind, group)) => Self { kind: kind.to_owned(), group: Some(group.to_owned()) },
            None => Self { kind: text.to_owned(), group: None },
        }
    }

    /// Whether there can be such a kind: `Kind`, `Kind.group`, `*`, `*.group`.
    pub fn is_possible(text: &str) -> bool {
        let is_label = |label: &str| {
            let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            // RFC 1123, as Kubernetes reads it.
            (1..=63).contains(&label.len())
                && label.bytes().all(is_letter)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let Self { kind, group } = Self::parse(text);
        let is_word = (1..=63).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (kind == "*" || is_word) && group.is_none_or(|group| group.is_empty() || group.split('.').all(is_label))
    }

    /// Whether some objects can be of both.
    pub fn meets(&self, other: &Self) -> bool {
        let is_any = |kind: &Self| kind.kind == "*";
        let groups = self.group.as_ref().zip(other.group.as_ref());
        (is_any(self) || is_any(other) || self.kind == other.kind) && groups.is_none_or(|(left, right)| left == right)
    }

    /// Whether objects of this `apiVersion` and `kind` are among it.
    pub fn holds(&self, api_version: &str, kind: &str) -> bool {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        (self.kind == "*" || self.kind == kind) && self.group.as_ref().is_none_or(|wanted| wanted == group)
    }
}

impl std::fmt::Display for JudgedKind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.group {
            Some(group) => write!(out, "{}.{group}", self.kind),
            None => out.write_str(&self.kind),
        }
    }
}

/// A name that is no rule's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct UnknownRule {
    /// The name.
    pub rule: String,
    /// The rule that may be meant.
    pub meant: Option<String>,
}

/// Everything that a policy gets to see of one review.
pub struct ReviewContext<'a> {
    /// The request. Its object may be older than [`Self::object`] and holds credentials.
    pub request: &'a Request,
    /// The object with the repairs of earlier policies, credentials withheld.
    pub object: &'a Arc<Value>,
    /// The stored object on an update, credentials withheld.
    pub old_object: Option<&'a Arc<Value>>,
    /// The typed model of [`Self::object`]; none if it runs no pods.
    pub workload: Option<&'a Workload>,
    /// The name of the Secret that is made for this object's passwords; none if it has no name.
    pub secret_name: Option<&'a String>,
    /// Rules that the object's author wants an exception from, and that there are not.
    pub unknown_rules: &'a [UnknownRule],
    /// Where the policy's questions about other objects are answered.
    pub lookup: &'a Arc<dyn Lookup>,
    /// Empty at first; belongs to this state of the object: most policies change nothing.
    pub prepared: &'a Prepared,
}

/// The policy failed; the object is not at fault.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReviewError {
    /// It said so itself.
    #[error("it reports: {0}")]
    Reported(String),
    /// It ran longer than it may.
    #[error("it ran longer than the {0} ms that it may")]
    Deadline(u64),
    /// It wanted more memory than it may have.
    #[error("it wanted more memory than the {0} MiB that it may have")]
    Memory(u64),
    /// Too many reviews wait for it already, or those before take too long.
    #[error(
        "it does not keep up: {0} other reviews wait for it; one that takes long gets few objects at a time, and one \
         that ran longer or took more memory than it may a single one"
    )]
    Crowded(u32),
    /// It stopped in any other way.
    #[error("it crashed ({0})")]
    Crashed(String),
    /// What it returned cannot be used.
    #[error("its answer cannot be used: {0}")]
    BadAnswer(String),
}

/// A policy's code, loaded and ready. Calls share nothing with one another.
pub trait Module: Send + Sync {
    /// What it says of itself, as read when it was loaded.
    fn description(&self) -> &Description;

    /// Whether settings that fit the schema make sense together.
    ///
    /// # Errors
    /// The policy's own words.
    fn check_settings(&self, settings: &Value) -> Result<(), ReviewError>;

    /// Judges one object.
    ///
    /// # Errors
    /// [`ReviewError`] if the policy failed.
    fn review(
        &self,
        context: &ReviewContext<'_>,
        settings: &str,
        timeout: Duration,
    ) -> Result<Vec<Finding>, ReviewError>;
}
