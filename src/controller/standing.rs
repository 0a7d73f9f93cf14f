//! What became of a policy's object in this replica, and why.

use serde::{Deserialize, Serialize};

use crate::policy::{DocumentError, InstalledPolicy};
use crate::wasm::{LoadError, RuntimeError};

/// Why a policy is in force, or not: the reason of its condition `Ready`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reason {
    /// It is in force.
    Ready,
    /// It is in force, but the gate's account may not read what it was granted.
    RightsMissing,
    /// Its document switches it off.
    Disabled,
    /// Its document says what cannot be.
    DocumentInvalid,
    /// Its code is not to be had.
    DownloadFailed,
    /// Its code is no component.
    CompileFailed,
    /// Its code is more than can be compiled.
    TooLarge,
    /// Its code does not say what it is, or says what cannot be.
    DescriptionInvalid,
    /// Its code imports or exports something else than the contract says.
    ContractBroken,
    /// Its settings do not fit.
    SettingsInvalid,
    /// Its code reads what the document does not grant.
    ReadsNotGranted,
    /// `spec.match` cannot be used.
    MatchInvalid,
}

impl Reason {
    /// Whether the policy is in force as its document says.
    pub(super) fn is_ready(self) -> bool {
        matches!(self, Self::Ready | Self::RightsMissing)
    }

    /// Whether somebody has to do something for it to be in force.
    pub(super) fn is_failure(self) -> bool {
        !self.is_ready() && self != Self::Disabled
    }

    /// The word in the condition.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::RightsMissing => "RightsMissing",
            Self::Disabled => "Disabled",
            Self::DocumentInvalid => "DocumentInvalid",
            Self::DownloadFailed => "DownloadFailed",
            Self::CompileFailed => "CompileFailed",
            Self::TooLarge => "TooLarge",
            Self::DescriptionInvalid => "DescriptionInvalid",
            Self::ContractBroken => "ContractBroken",
            Self::SettingsInvalid => "SettingsInvalid",
            Self::ReadsNotGranted => "ReadsNotGranted",
            Self::MatchInvalid => "MatchInvalid",
        }
    }
}

/// Why a policy could not be put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    /// For whoever reads the object: it may quote what stands there.
    pub(super) message: String,
    /// For the log, for Events and for other replicas: it quotes no setting.
    pub(super) summary: String,
}

impl Failure {
    /// The document cannot be read.
    pub(super) fn of_document(problem: String) -> Self {
        let summary = "its document cannot be used; its status says why".to_owned();
        Self { reason: Reason::DocumentInvalid, message: problem, summary }
    }

    /// Loading it ended by a panic, which the log has the place of.
    pub(super) fn of_ours() -> Self {
        let message = "a fault of tidegate: it failed while it loaded the code; its log says where".to_owned();
        Self { reason: Reason::CompileFailed, summary: message.clone(), message }
    }
}

impl From<&LoadError> for Failure {
    fn from(error: &LoadError) -> Self {
        let told = |reason: Reason, message: String| Self { reason, summary: message.clone(), message };
        match error {
            LoadError::Module { problem, .. } => told(Reason::DownloadFailed, format!("spec.module: {problem}")),
            LoadError::Component { module, source, .. } => {
                let reason = match source {
                    RuntimeError::Contract(_) => Reason::ContractBroken,
                    RuntimeError::TooLarge(_) => Reason::TooLarge,
                    RuntimeError::Description(_) => Reason::DescriptionInvalid,
                    _ => Reason::CompileFailed,
                };
                told(reason, format!("{module}: {source}"))
            }
            LoadError::Reads { missing, .. } => told(
                Reason::ReadsNotGranted,
                format!("its code reads of the cluster what is not granted; if it may, add to spec.reads: {missing}"),
            ),
            LoadError::Settings { path, problem, .. } => Self {
                reason: Reason::SettingsInvalid,
                message: format!("{path}: {problem}"),
                summary: format!("{path} does not fit; the policy's status says why"),
            },
            LoadError::Match { source, .. } => told(Reason::MatchInvalid, source.to_string()),
            LoadError::Document(DocumentError::Field { field, problem, .. }) => {
                Self::of_document(format!("{field}: {problem}"))
            }
            other => Self::of_document(other.to_string()),
        }
    }
}

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// The generation that it became of.
    pub(super) generation: i64,
    pub(super) reason: Reason,
    pub(super) message: String,
    pub(super) summary: String,
    /// What is in force in its place, if it could not be put in force.
    pub(super) still: Option<&'static str>,
    /// What is in force of it.
    pub(super) in_force: InForce,
}

/// What is known of the code in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) digest: Option<String>,
    pub(super) resolved: Option<String>,
    pub(super) rules: Vec<String>,
}

impl From<&InstalledPolicy> for InForce {
    fn from(policy: &InstalledPolicy) -> Self {
        Self {
            digest: Some(policy.digest.clone()),
            resolved: policy.resolved.clone(),
            rules: policy.module.description().rules.iter().map(|rule| rule.id.clone()).collect(),
        }
    }
}
