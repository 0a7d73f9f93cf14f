//! MY031: a Service by which clients write, and which selects replicas too.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Finding, Request, ResourceType, Severity, Value, Workload, cluster, pointer, raw, selects};

use crate::signs::Signs;
use crate::{Scene, Settings, WRITES, replicas};

pub(crate) const SERVICE: ResourceType = ResourceType::new("v1", "Service");
pub(crate) const STATEFUL_SET: ResourceType = ResourceType::new("apps/v1", "StatefulSet");

/// The StatefulSet's controller labels each pod with its name.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
/// What a Service for reading is called.
const READING: &[&str] = &[
    "follower",
    "followers",
    "read",
    "reader",
    "readers",
    "readonly",
    "reads",
    "replica",
    "replicas",
    "ro",
    "secondary",
    "slave",
    "slaves",
    "standby",
];
/// What a Service for writing is called.
const WRITING: &[&str] = &["leader", "master", "primary", "rw", "source", "write", "writer", "writes"];

/// A Service, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Service {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<String>,
    selector: Option<BTreeMap<String, String>>,
    ports: Option<Vec<Port>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Port {
    port: u32,
    target_port: Option<Value>,
}

/// The finding on a StatefulSet: which Services send writes to its replicas.
pub(crate) fn of_workload(scene: &Scene<'_>, settings: &Settings) -> Vec<Finding> {
    if scene.replicas.is_none() || !(scene.signs)().follow_first() {
        return vec![];
    }
    let services: Vec<Service> = cluster::seen(&SERVICE);
    let name = scene.request.object.name.as_deref();
    let at = pointer::join(&scene.workload.template, ["metadata", "labels"]);
    let found = services.iter().filter_map(|service| finding(service, &services, scene.workload, name, settings, &at));
    found.collect()
}

/// The finding on a Service that comes: of which StatefulSet it selects the replicas.
pub(crate) fn judge(request: &Request, settings: &Settings) -> Option<Finding> {
    let mut service = Service { spec: raw::at("/spec")?, metadata: Metadata::default() };
    service.metadata.name = request.object.name.clone()?;
    if !service.may_be_for_writing(settings) {
        return None;
    }
    let mut services: Option<Vec<Service>> = None;
    cluster::workloads(&STATEFUL_SET).into_iter().find_map(|seen| {
        replicas("StatefulSet", &seen.workload)?;
        if !service.selects(&seen.workload) || seen.workload.servers().next().is_none() {
            return None;
        }
        let name = seen.object.name.as_deref();
        if !Signs::of(&seen.workload, name).follow_first() {
            return None;
        }
        let services = services.get_or_insert_with(|| cluster::seen(&SERVICE));
        finding(&service, services, &seen.workload, name, settings, "/spec/selector")
    })
}

fn finding(
    service: &Service,
    services: &[Service],
    workload: &Workload,
    name: Option<&str>,
    settings: &Settings,
    at: &str,
) -> Option<Finding> {
    if !service.may_be_for_writing(settings) || !service.selects(workload) || !service.leads_to_a_server(workload) {
        return None;
    }
    let own = service.metadata.name.as_str();
    let stateful_set = name.unwrap_or("the pods");
    let for_writing = services.iter().any(|other| other.metadata.name != own && other.is_narrower(workload));
    if !is_called(own, WRITING) && for_writing {
        // Clients have a Service for writing, and this is another one.
        return None;
    }
    let first = name.map_or_else(|| "the primary's name".to_owned(), |name| format!("{name}-0"));
    if service.is_headless() && workload.service_name.as_deref() == Some(own) {
        let message = format!(
            "the headless Service {own} leads to every server of {stateful_set}: a write to it is refused by a replica \
             (error 1290), or stays on that replica"
        );
        return Some(Finding::new(&WRITES, at, message).severity(Severity::Low).help(format!(
            "Let clients write to {first}.{own}, or to a Service of its own with the selector {POD_NAME}: {first}; \
             this one stays, for the servers' names"
        )));
    }
    let message = format!(
        "Service {own} selects every server of {stateful_set}: a write that it sends to a replica is refused (error \
         1290), or stays on that replica"
    );
    Some(Finding::new(&WRITES, at, message).help(format!(
        "For writing, add {POD_NAME}: {first} to its selector; one that is only read from, call {own}-read or name in \
         ignoreServices, a setting of the policy replication"
    )))
}

impl Service {
    /// Not clearly for reading.
    fn may_be_for_writing(&self, settings: &Settings) -> bool {
        let own = &self.metadata.name;
        self.spec.kind.as_deref() != Some("ExternalName")
            && !settings.ignore_services.contains(own)
            && (!is_called(own, READING) || is_called(own, WRITING))
    }

    /// Whether it selects each pod. A selector with the label of one pod, or of a role that is given to
    /// a pod while it runs, does not: the template lacks these labels.
    fn selects(&self, workload: &Workload) -> bool {
        self.spec.selector.as_ref().is_some_and(|selector| selects(selector, &workload.pod_labels))
    }

    /// Whether it selects some of the pods, by a label that is not the template's.
    fn is_narrower(&self, workload: &Workload) -> bool {
        let Some(selector) = &self.spec.selector else { return false };
        let written = |key: &str| workload.pod_labels.iter().find(|(own, _)| own == key).map(|(_, value)| value);
        let further = selector.iter().filter(|(key, _)| written(key).is_none()).count();
        let fits = selector.iter().all(|(key, value)| written(key).is_none_or(|own| own == value));
        fits && further > 0 && (selector.contains_key(POD_NAME) || further < selector.len())
    }

    fn is_headless(&self) -> bool {
        self.spec.cluster_ip.as_deref() == Some("None")
    }

    /// Whether one of its ports is the server's, and not one for metrics or copies.
    fn leads_to_a_server(&self, workload: &Workload) -> bool {
        let ports = self.spec.ports.iter().flatten();
        ports.into_iter().any(|port| {
            workload.servers().any(|(container, server)| {
                let own = server.port.unwrap_or(3306);
                match &port.target_port {
                    Some(Value::String(name)) => container
                        .ports
                        .iter()
                        .any(|port| port.name.as_deref() == Some(name) && port.container_port == own),
                    Some(target) => target.as_u64() == Some(own.into()),
                    None => port.port == own,
                }
            })
        })
    }
}

/// Whether one of the words is in a name: `mysql-read`, but not `threads`.
fn is_called(name: &str, words: &[&str]) -> bool {
    name.split(['-', '.']).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_service_is_for() {
        let settings = Settings::default();
        let may_be_for_writing = |name: &str| {
            let service = Service { metadata: Metadata { name: name.to_owned() }, ..Service::default() };
            service.may_be_for_writing(&settings)
        };
        for name in ["mysql", "mysql-write", "mysql-rw", "threads", "db-master", "read-write"] {
            assert!(may_be_for_writing(name), "{name}");
        }
        for name in ["mysql-read", "mysql-ro", "db-replicas", "slave", "mysql-secondary"] {
            assert!(!may_be_for_writing(name), "{name}");
        }
    }
}
