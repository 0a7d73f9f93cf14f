//! Servers that replicate have ids of their own, replicas take no writes, and clients find the primary.
//!
//! MY021: all servers of a StatefulSet have one id. MY023: a replica takes writes. MY024: binary logs
//! are kept for ever, or replication goes without GTIDs. MY030: replicas are copied from one another
//! at once. MY031: a Service sends writes to replicas.

mod binary_log;
mod identity;
mod order;
mod service;
mod signs;
mod standby;

use std::cell::LazyCell;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Container, Finding, Policy, Request, ResourceType, Rule, Server, Severity, Workload};

use crate::signs::{CONFIG_MAP, Signs};

/// The policy.
struct Replication;

const SAME_ID: Rule = Rule::new("MY021", "every server of the StatefulSet has the same server-id", Severity::High);
const WRITABLE: Rule = Rule::new("MY023", "a replica takes writes", Severity::Medium);
const LOG: Rule = Rule::new("MY024", "binary logs are kept for ever, or replication goes without GTIDs", Severity::Low);
const AT_ONCE: Rule = Rule::new("MY030", "replicas are copied from one another at once", Severity::Medium);
const WRITES: Rule = Rule::new("MY031", "a Service sends writes to replicas", Severity::Medium);

/// What can be set.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
    /// Names of Services that may select every server: those that are only read from, for instance.
    pub(crate) ignore_services: Vec<String>,
}

impl Policy for Replication {
    type Settings = Settings;
    const NAME: &str = "replication";
    const TITLE: &str = "Servers that replicate do so, and writes reach the primary";
    const RULES: &[Rule] = &[SAME_ID, WRITABLE, LOG, AT_ONCE, WRITES];
    const READS: &[ResourceType] = &[CONFIG_MAP, service::SERVICE, service::STATEFUL_SET];
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
            Some(workload) if workload.immutable => vec![],
            Some(workload) => judge(request, workload, settings),
            None if request.kind() == "Service" => service::judge(request, settings).into_iter().collect(),
            None => vec![],
        }
    }
}

tidegate_policy::export!(Replication);

/// The servers of a StatefulSet, several of them, or one server somewhere.
pub(crate) struct Scene<'a> {
    pub(crate) request: &'a Request,
    pub(crate) workload: &'a Workload,
    /// How many servers the StatefulSet has. None if it is none, or has one.
    pub(crate) replicas: Option<u32>,
    /// Looked for only if need be: it asks the cluster.
    pub(crate) signs: &'a dyn Fn() -> &'a Signs,
}

fn judge(request: &Request, workload: &Workload, settings: &Settings) -> Vec<Finding> {
    let servers: Vec<_> = workload
        .servers()
        .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
        .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
        .collect();
    if servers.is_empty() {
        return vec![];
    }
    let signs = LazyCell::new(|| Signs::of_object(workload, request.object.name.as_deref()));
    let scene =
        Scene { request, workload, replicas: replicas(request.kind(), workload), signs: &|| LazyCell::force(&signs) };
    let of_servers = servers.iter().flat_map(|(container, server)| of_server(&scene, container, server));
    let order = order::judge(&scene);
    of_servers.chain(order).chain(service::of_workload(&scene, settings)).collect()
}

fn of_server(scene: &Scene<'_>, container: &Container, server: &Server) -> impl Iterator<Item = Finding> {
    let same_id = identity::judge(scene, container, server);
    let writable = standby::judge(scene, container, server);
    let kept = binary_log::kept_for_ever(scene, container, server);
    let without_gtids = binary_log::without_gtids(scene, container, server);
    [same_id, writable, kept, without_gtids].into_iter().flatten()
}

/// Where a ConfigMap comes in: its volume, or else the container.
pub(crate) fn place_of(scene: &Scene<'_>, container: &Container, config_map: &str) -> String {
    let mut volumes = scene.workload.volumes.iter();
    let volume = volumes.find(|volume| volume.kind == "configMap" && volume.source.as_deref() == Some(config_map));
    volume.map_or(&container.at, |volume| &volume.at).clone()
}

/// How many servers a StatefulSet makes, if they are several.
fn replicas(kind: &str, workload: &Workload) -> Option<u32> {
    workload.replicas.filter(|replicas| kind == "StatefulSet" && *replicas > 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use tidegate_policy::{ServerOption, Version};

    /// A server with options, all at one place.
    pub(crate) fn server(product: &str, version: (u32, u32), options: &[(&str, Option<&str>)]) -> Server {
        Server {
            flavor: product.into(),
            product: product.into(),
            version: Some(Version { major: version.0, minor: Some(version.1), patch: None }),
            data_directory: "/var/lib/mysql".into(),
            data_volume: None,
            user_id: None,
            options: options
                .iter()
                .map(|(name, value)| ServerOption {
                    name: (*name).into(),
                    value: value.map(Into::into),
                    at: "/spec/template/spec/containers/0/args/0".into(),
                })
                .collect(),
            options_at: None,
            option_files: false,
            port: Some(3306),
            extra: vec![],
        }
    }
}
