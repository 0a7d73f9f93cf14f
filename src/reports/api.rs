//! The kinds of reports as the API server knows them.

use kube::api::{ApiResource, GroupVersionKind};

use crate::audit::policy_report::ReportApi;

/// The kind for objects of namespaces, or for others.
pub(super) fn resource(api: ReportApi, is_namespaced: bool) -> ApiResource {
    let (group, version) = api.api_version().split_once('/').unwrap_or(("", api.api_version()));
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, api.kind(is_namespaced)))
}
