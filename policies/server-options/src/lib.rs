//! Servers start with the options that they are given, and these do no harm (MY014, MY022, MY029, MY038).

mod config_map;
mod habits;
mod origin;
mod reads;
mod refused;
mod rows;
mod settings;
mod table;

use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity};

use crate::settings::Settings;

/// The policy.
struct ServerOptions;

pub(crate) const UNKNOWN: Rule =
    Rule::new("MY014", "the server's version does not know an option, and does not start", Severity::High);
pub(crate) const DURABILITY: Rule =
    Rule::new("MY022", "committed transactions are lost when the node fails", Severity::Medium);
pub(crate) const INIT_CONNECT: Rule =
    Rule::new("MY029", "init-connect sets the character set of some connections only", Severity::Low);
pub(crate) const TRANSPORT: Rule = Rule::new("MY038", "connections may go unencrypted", Severity::Low);

impl Policy for ServerOptions {
    type Settings = Settings;
    const NAME: &str = "server-options";
    const TITLE: &str = "Servers know their options, keep what they commit and say what they mean";
    const RULES: &[Rule] = &[UNKNOWN, DURABILITY, INIT_CONNECT, TRANSPORT];
    const READS: &[ResourceType] =
        &[origin::CONFIG_MAP, config_map::DEPLOYMENT, config_map::STATEFUL_SET, config_map::DAEMON_SET];
    const KINDS: &[&str] = &[
        "ConfigMap",
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "PodTemplate",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    ];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        if request.kind() == "ConfigMap" {
            return config_map::judge(request, settings);
        }
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        let mut findings = Vec::new();
        for (container, server) in workload.servers().filter(|(container, _)| settings.covers(container)) {
            findings.extend(refused::judge(workload, container, server, settings));
            findings.extend(habits::judge(request, container, server, settings));
        }
        findings
    }
}

tidegate_policy::export!(ServerOptions);
