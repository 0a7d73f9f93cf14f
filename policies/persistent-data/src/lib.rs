//! A server's data outlives its pod, and one server alone opens it.
//!
//! MY005: no volume keeps the data. MY006: several servers open one data directory. MY028: several
//! nodes may mount it at once.

mod access;
mod keeping;
mod lost;
mod placement;
mod shared;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity};

/// The policy.
struct PersistentData;

pub(crate) const LOST: Rule = Rule::new("MY005", "the server's data is lost with its pod", Severity::Critical);
pub(crate) const SHARED: Rule = Rule::new("MY006", "several servers open one data directory", Severity::Critical);
pub(crate) const MANY_NODES: Rule =
    Rule::new("MY028", "several nodes may mount the data directory at once", Severity::Medium);

/// What can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Whether databases may be lost with their pods, as in a cluster for tests: they are warned of,
    /// not refused.
    pub(crate) allow_ephemeral: bool,
    /// Whether databases may lie in a directory of the node (hostPath), as in a cluster of one node:
    /// they are warned of, not refused.
    pub(crate) allow_host_path: bool,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Policy for PersistentData {
    type Settings = Settings;
    const NAME: &str = "persistent-data";
    const TITLE: &str = "A server's data outlives its pod, and one server alone opens it";
    const RULES: &[Rule] = &[LOST, SHARED, MANY_NODES];
    const READS: &[ResourceType] = &[access::CLAIM];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        // A job's server is there to test or to move data, and ends with it.
        let ends = matches!(request.kind(), "Job" | "CronJob");
        let Some(workload) = request.workload().filter(|workload| !workload.immutable && !ends) else { return vec![] };
        workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
            .flat_map(|(container, server)| {
                [
                    lost::judge(request, workload, container, server, settings),
                    shared::judge(request, workload, server),
                    access::judge(request, workload, server),
                ]
            })
            .flatten()
            .collect()
    }
}

tidegate_policy::export!(PersistentData);
