//! Servers run as their own user and may write to their volume; nobody else may as root.
//!
//! MY019: the pod's securityContext does not fit the server. MY037: a container beside it runs as
//! root and can write to its data directory.

mod context;
mod group;
mod image;
mod namespace;
mod root;
mod sidecar;
mod storage;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity, Workload, raw};

use crate::context::Pod;
use crate::namespace::Platform;

/// The policy.
struct PodSecurity;

pub(crate) const CONTEXT: Rule =
    Rule::new("MY019", "the pod's securityContext does not fit the server", Severity::Medium);
pub(crate) const SIDECAR: Rule =
    Rule::new("MY037", "a container beside the server can write to its data as root", Severity::Medium);

/// What can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Policy for PodSecurity {
    type Settings = Settings;
    const NAME: &str = "pod-security";
    const TITLE: &str = "Servers run as their own user and may write to their volume";
    const RULES: &[Rule] = &[CONTEXT, SIDECAR];
    const READS: &[ResourceType] = &[namespace::NAMESPACE, storage::STORAGE_CLASS, storage::CLAIM];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        // A pod that is there keeps its users.
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        let is_looked_at = |name: &String| !settings.ignore_containers.contains(name);
        let servers: Vec<_> = workload
            .servers()
            .filter(|(container, _)| context::stays(container) && is_looked_at(&container.name))
            .collect();
        if servers.is_empty() || ends_by_itself(workload) {
            return vec![];
        }
        let pod = Pod::of(workload);
        let platform = Platform::of(request);
        // The group is the pod's: one server that needs it is reason enough.
        let group = servers.iter().find_map(|server| group::judge(request, workload, &pod, *server, &platform));
        let roots = servers.iter().filter_map(|server| root::judge(workload, &pod, *server, &platform));
        let sidecars = workload
            .containers
            .iter()
            .filter(|container| context::stays(container) && is_looked_at(&container.name))
            .filter_map(|container| sidecar::judge(&pod, container, &servers, &platform));
        group.into_iter().chain(roots).chain(sidecars).collect()
    }
}

tidegate_policy::export!(PodSecurity);

/// Whether the pods are not meant to stay: those of jobs, and those that runners of builds make.
fn ends_by_itself(workload: &Workload) -> bool {
    let policy: Option<String> = raw::at(&workload.pod_spec_path(["restartPolicy"]));
    matches!(policy.as_deref(), Some("Never" | "OnFailure"))
}
