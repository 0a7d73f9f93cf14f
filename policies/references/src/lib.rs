//! What a workload names is there, in its namespace, and a Service means one database.
//!
//! MY032: a claim, ConfigMap, Secret or Service that is named does not exist. MY033: a Service takes
//! in pods of two workloads that do not belong together. MY034: the namespace itself does not exist.

mod missing;
mod reference;
mod same;
mod service;
mod shared;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Role, Rule, Severity, Workload};

/// The policy.
struct References;

const MISSING: Rule = Rule::new("MY032", "what the workload names does not exist", Severity::Medium);
const SHARED: Rule = Rule::new("MY033", "a Service takes in pods of another workload", Severity::Medium);
const NOWHERE: Rule = Rule::new("MY034", "the namespace does not exist", Severity::Low);

/// What can be set.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Names of claims, ConfigMaps, Secrets and Services that are not looked for, because something
    /// else makes them later.
    pub(crate) ignore_references: Vec<String>,
    /// Names of Services that may take in several workloads.
    pub(crate) ignore_services: Vec<String>,
    /// Names of containers whose variables are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Policy for References {
    type Settings = Settings;
    const NAME: &str = "references";
    const TITLE: &str = "What a database names is there, and a Service means one database";
    const RULES: &[Rule] = &[MISSING, SHARED, NOWHERE];
    const READS: &[ResourceType] = &[
        reference::CLAIM,
        reference::CONFIG_MAP,
        reference::SECRET,
        reference::NAMESPACE,
        service::SERVICE,
        shared::STATEFUL_SET,
        shared::DEPLOYMENT,
        shared::DAEMON_SET,
        shared::CONTROLLER,
        shared::CRON_JOB,
    ];
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
        let Some(workload) = request.workload() else {
            let is_service = request.kind() == "Service";
            return is_service.then(|| shared::of_service(request, settings)).flatten().into_iter().collect();
        };
        // What a pod names can no longer be changed once it is there.
        if workload.immutable || !concerns_mysql(workload) {
            return vec![];
        }
        let mut findings = missing::judge(request, workload, settings);
        findings.extend(shared::of_workload(request, workload, settings));
        findings
    }
}

tidegate_policy::export!(References);

/// Whether something in the pod is a server, or deals with one.
fn concerns_mysql(workload: &Workload) -> bool {
    workload.containers.iter().any(|container| !matches!(container.role, Role::Other(_)))
}
