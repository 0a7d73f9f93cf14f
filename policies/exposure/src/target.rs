//! Which port of a Service leads to a database.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{ResourceType, SeenWorkload, Value, Workload, cluster, selects};

/// The protocol's port, the X protocol's and the administrative one: a proxy that listens there
/// opens the database too.
const PORTS: &[u32] = &[3306, 33060, 33062];
/// What authors call the port of a database.
const NAMES: &[&str] = &["mysql", "mysqlx", "mysql-x", "mysql-admin", "mariadb", "percona"];

/// What may run the pods behind a Service.
pub(crate) const WORKLOADS: &[ResourceType] = &[
    ResourceType::new("apps/v1", "StatefulSet"),
    ResourceType::new("apps/v1", "Deployment"),
    ResourceType::new("apps/v1", "DaemonSet"),
    ResourceType::new("apps/v1", "ReplicaSet"),
    ResourceType::new("v1", "ReplicationController"),
    ResourceType::new("v1", "Pod"),
];

/// A Service's port, as far as it matters here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Port {
    port: u32,
    target_port: Option<Value>,
    protocol: Option<String>,
}

/// A port that leads to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opened {
    /// Its place in the list of ports.
    pub(crate) index: usize,
    /// Its number in the Service.
    pub(crate) port: u32,
    /// False if only its name or an unknown image says so.
    pub(crate) is_sure: bool,
}

/// Where a port leads.
#[derive(Debug, PartialEq, Eq)]
enum Target<'a> {
    Number(u32),
    Name(&'a str),
}

impl Port {
    fn target(&self) -> Target<'_> {
        match &self.target_port {
            Some(Value::String(name)) if !name.is_empty() => Target::Name(name),
            Some(Value::Number(number)) => {
                Target::Number(number.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(self.port))
            }
            _ => Target::Number(self.port),
        }
    }

    fn is_tcp(&self) -> bool {
        matches!(self.protocol.as_deref(), None | Some("TCP" | ""))
    }
}

/// The first port that leads to a database; none if none is known to.
pub(crate) fn first(ports: &[Port], selector: Option<&BTreeMap<String, String>>) -> Option<Opened> {
    let tcp = || ports.iter().enumerate().filter(|(_, port)| port.is_tcp());
    if let Some(opened) = tcp().find_map(|(index, port)| by_number(index, port)) {
        return Some(opened);
    }
    // The cluster is asked only about a Service that is open to the outside and tells nothing itself.
    let behind: Vec<SeenWorkload> = selector
        .map(|selector| {
            WORKLOADS
                .iter()
                .flat_map(cluster::workloads)
                .filter(|seen| selects(selector, &seen.workload.pod_labels))
                .collect()
        })
        .unwrap_or_default();
    let behind: Vec<&Workload> = behind.iter().map(|seen| &seen.workload).collect();
    let opened: Vec<_> = tcp().filter_map(|(index, port)| behind_it(index, port, &behind)).collect();
    opened.iter().find(|opened| opened.is_sure).or(opened.first()).copied()
}

fn by_number(index: usize, port: &Port) -> Option<Opened> {
    let is_target = matches!(port.target(), Target::Number(number) if PORTS.contains(&number));
    (PORTS.contains(&port.port) || is_target).then_some(Opened { index, port: port.port, is_sure: true })
}

/// By the pods that the Service selects, or else by the name of the port.
fn behind_it(index: usize, port: &Port, behind: &[&Workload]) -> Option<Opened> {
    let opened = |is_sure| Opened { index, port: port.port, is_sure };
    let mut is_known = false;
    let mut looks_like_one = false;
    for workload in behind {
        let Some(number) = resolve(&port.target(), workload) else { continue };
        is_known = true;
        if PORTS.contains(&number) {
            return Some(opened(true));
        }
        for (_, server) in workload.servers() {
            if server.port == Some(number) {
                if server.flavor != "unknown" {
                    return Some(opened(true));
                }
                looks_like_one = true;
            }
        }
    }
    let is_named_so =
        matches!(port.target(), Target::Name(name) if NAMES.contains(&name.to_ascii_lowercase().as_str()));
    (looks_like_one || (!is_known && is_named_so)).then(|| opened(false))
}

/// The number of a port in the pods of a workload; none if no container has one of this name.
fn resolve(target: &Target<'_>, workload: &Workload) -> Option<u32> {
    match target {
        Target::Number(number) => Some(*number),
        Target::Name(name) => workload
            .containers
            .iter()
            .flat_map(|container| &container.ports)
            .find(|port| port.name.as_deref() == Some(name))
            .map(|port| port.container_port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::json;

    fn first_of(ports: Value) -> Option<(usize, u32, bool)> {
        let ports = Vec::<Port>::deserialize(ports).unwrap();
        first(&ports, None).map(|opened| (opened.index, opened.port, opened.is_sure))
    }

    #[test]
    fn ports_by_what_is_written() {
        for (ports, expected) in [
            (json!([{ "port": 3306 }]), Some((0, 3306, true))),
            (json!([{ "port": 80 }, { "port": 33060, "targetPort": 33060 }]), Some((1, 33060, true))),
            (json!([{ "port": 13306, "targetPort": 3306 }]), Some((0, 13306, true))),
            (json!([{ "port": 3306, "targetPort": "db" }]), Some((0, 3306, true))),
            (json!([{ "port": 6603, "targetPort": "mysql" }]), Some((0, 6603, false))),
            (json!([{ "port": 9104, "targetPort": "metrics" }]), None),
            (json!([{ "port": 3306, "protocol": "UDP" }]), None),
            (json!([{ "port": 3307 }]), None),
            (json!([]), None),
        ] {
            let text = ports.to_string();
            assert_eq!(first_of(ports), expected, "{text}");
        }
    }
}
