//! Databases are reached from inside the cluster only.
//!
//! MY009: a Service opens one to the outside. MY020: a server's container opens ports of the node.

mod address;
mod internal;
mod node;
mod service;
mod target;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity};

/// The policy.
struct Exposure;

pub(crate) const SERVICE: Rule = Rule::new("MY009", "a Service opens the database to the outside", Severity::High);
pub(crate) const NODE: Rule = Rule::new("MY020", "the server opens a port of its node", Severity::High);

/// What can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// True if neither nodes nor load balancers of this cluster can be reached from the internet, as
    /// in a data centre of one's own: open databases are then warned of, not refused.
    pub(crate) private_network: bool,
    /// Further annotations that say that a Service's load balancer is internal, each as `name=value`,
    /// or as `name` for any value.
    pub(crate) internal_annotations: Vec<String>,
    /// Names of Services that are not looked at.
    pub(crate) ignore_services: Vec<String>,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Policy for Exposure {
    type Settings = Settings;
    const NAME: &str = "exposure";
    const TITLE: &str = "Databases are reached from inside the cluster only";
    const RULES: &[Rule] = &[SERVICE, NODE];
    const READS: &[ResourceType] = target::WORKLOADS;
    const KINDS: &[&str] = &[
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "PodTemplate",
        "ReplicaSet",
        "ReplicationController",
        "Service",
        "StatefulSet",
    ];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        match request.workload() {
            // A pod that is there stays open until it is made anew.
            Some(workload) if workload.immutable => vec![],
            Some(workload) => node::judge(workload, settings),
            None => service::judge(request, settings),
        }
    }
}

tidegate_policy::export!(Exposure);

/// A finding as it is in this cluster.
pub(crate) fn in_network(settings: &Settings, finding: Finding) -> Finding {
    if settings.private_network {
        finding.at_most_medium("the policy's setting privateNetwork is true")
    } else {
        finding
    }
}
