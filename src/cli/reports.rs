//! The arguments of `serve` that say which reports are written into the cluster.

use std::num::NonZeroU16;
use std::time::Duration;

use super::serve::parse_duration;
use crate::audit::policy_report::ReportApi;
use crate::install;
use crate::reports::Reports;

/// Below that, one scan would begin as the other ends.
const SHORTEST: Duration = Duration::from_secs(1);

/// Which reports are written into the cluster.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Writes what is found in the objects that the cluster stores as reports beside them; docs/reports.md has what
    /// that needs.
    #[arg(long, value_name = "KIND", value_enum, default_value = "off", env = "TIDEGATE_REPORTS")]
    reports: ReportKind,
    /// How often everything is looked at for that.
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_period, env = "TIDEGATE_REPORTS_EVERY")]
    reports_every: Duration,
    /// How many objects are judged for that in a second, at most.
    #[arg(long, value_name = "NUMBER", default_value = "10", env = "TIDEGATE_REPORTS_RATE")]
    reports_rate: NonZeroU16,
}

/// In which kinds they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ReportKind {
    /// None.
    Off,
    /// PolicyReport and ClusterPolicyReport, wgpolicyk8s.io/v1alpha2.
    #[value(name = "policyreport")]
    PolicyReport,
    /// Report and ClusterReport, openreports.io/v1alpha1.
    #[value(name = "openreports")]
    OpenReports,
}

impl From<ReportKind> for install::Reports {
    fn from(kind: ReportKind) -> Self {
        match kind {
            ReportKind::Off => Self::Off,
            ReportKind::PolicyReport => Self::PolicyReport,
            ReportKind::OpenReports => Self::OpenReports,
        }
    }
}

impl ReportArguments {
    /// How reports are written, if they are, by a gate in this namespace.
    pub(super) fn reports(&self, namespace: &str, identity: &str) -> Option<Reports> {
        let api = match self.reports {
            ReportKind::Off => return None,
            ReportKind::PolicyReport => ReportApi::PolicyReport,
            ReportKind::OpenReports => ReportApi::OpenReports,
        };
        Some(Reports {
            api,
            every: self.reports_every,
            rate: self.reports_rate,
            namespace: namespace.to_owned(),
            identity: identity.to_owned(),
        })
    }
}

fn parse_period(text: &str) -> Result<Duration, String> {
    let period = parse_duration(text)?;
    if period < SHORTEST { Err("too short; write at least 1s".to_owned()) } else { Ok(period) }
}
