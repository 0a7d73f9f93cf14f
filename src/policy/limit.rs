//! How far a policy's document lets authors except their objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;

/// Up to which severity authors may except their objects from a policy's rules, each with a reason.
///
/// What loses data or opens a database is not for its author alone to decide: those who install the
/// policy have to allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExceptionLimit {
    /// Never.
    None,
    /// Only from what is worth knowing.
    Info,
    /// Up to low.
    Low,
    /// Up to medium.
    #[default]
    Medium,
    /// Up to high.
    High,
    /// From everything.
    Critical,
}

impl ExceptionLimit {
    /// The worst severity that may be excepted.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::None => None,
            Self::Info => Some(Severity::Info),
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
        }
    }
}
