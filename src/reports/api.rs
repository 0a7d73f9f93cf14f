//! The kinds of reports that there are: the same content by two names.

use kube::api::{ApiResource, GroupVersionKind};

/// A group of kinds that reports are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportApi {
    /// `PolicyReport` and `ClusterPolicyReport` of the Policy Working Group: what most tools read.
    PolicyReport,
    /// `Report` and `ClusterReport` of OpenReports, which is to follow them.
    OpenReports,
}

impl ReportApi {
    /// The kind for objects of namespaces, or for others.
    pub(super) fn resource(self, is_namespaced: bool) -> ApiResource {
        let (group, version, kind) = match (self, is_namespaced) {
            (Self::PolicyReport, true) => ("wgpolicyk8s.io", "v1alpha2", "PolicyReport"),
            (Self::PolicyReport, false) => ("wgpolicyk8s.io", "v1alpha2", "ClusterPolicyReport"),
            (Self::OpenReports, true) => ("openreports.io", "v1alpha1", "Report"),
            (Self::OpenReports, false) => ("openreports.io", "v1alpha1", "ClusterReport"),
        };
        ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind))
    }
}
