//! What whoever installs the gate may choose.

use std::fmt;
use std::time::Duration;

/// The namespace that the gate is in if nobody says another.
pub const NAMESPACE: &str = "tidegate-system";

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The gate's own namespace.
    pub namespace: String,
    /// The image; none: that of `webhook-deploy/`, which no registry has.
    pub image: Option<String>,
    /// A Secret of that namespace with credentials for the image's registry.
    pub pull_secret: Option<String>,
    /// How many replicas.
    pub replicas: u32,
    /// Whether cert-manager makes the certificate, and not the gate itself.
    pub cert_manager: bool,
    /// In which kinds findings are reported.
    pub reports: Reports,
    /// How long the gate may take until it answers.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            namespace: NAMESPACE.to_owned(),
            image: None,
            pull_secret: None,
            replicas: 2,
            cert_manager: false,
            reports: Reports::Off,
            timeout: Duration::from_mins(5),
        }
    }
}

/// The kinds of reports on stored objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reports {
    /// None.
    #[default]
    Off,
    /// `PolicyReport` of `wgpolicyk8s.io`.
    PolicyReport,
    /// `Report` of `openreports.io`.
    OpenReports,
}

impl fmt::Display for Reports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Off => "off",
            Self::PolicyReport => "policyreport",
            Self::OpenReports => "openreports",
        })
    }
}
