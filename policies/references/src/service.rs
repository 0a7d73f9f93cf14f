//! A Service, and which pods it leads clients of MySQL to.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Container, ResourceType, Role, Value, Workload, selects};

pub(crate) const SERVICE: ResourceType = ResourceType::new("v1", "Service");

/// The port of a server that does not say.
const DEFAULT_PORT: u32 = 3306;

/// A Service, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Service {
    pub(crate) metadata: Metadata,
    pub(crate) spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    pub(crate) name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Spec {
    pub(crate) selector: Option<BTreeMap<String, String>>,
    ports: Option<Vec<Port>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Port {
    port: u32,
    target_port: Option<Value>,
}

impl Service {
    /// Whether it selects the pods of a workload.
    pub(crate) fn selects(&self, workload: &Workload) -> bool {
        self.spec.selector.as_ref().is_some_and(|selector| selects(selector, &workload.pod_labels))
    }

    /// Whether it leads clients to a server of the workload, by one of these ports.
    fn port_of_server(&self, workload: &Workload) -> Option<&Port> {
        self.spec.ports.iter().flatten().find(|port| {
            long_running(workload).any(|container| {
                let Role::Server(server) = &container.role else { return false };
                let own = server.port.unwrap_or(DEFAULT_PORT);
                match &port.target_port {
                    Some(Value::String(name)) => number_of(container, name) == Some(own),
                    Some(target) => target.as_u64() == Some(own.into()),
                    None => port.port == own,
                }
            })
        })
    }

    /// Whether clients that are led to the server of one workload are led to pods of another too.
    ///
    /// By a port's number they are led to every pod that is selected; by its name only to those that
    /// have a port of that name (`FindPort` in Kubernetes' endpoints controllers).
    pub(crate) fn mixes(&self, serving: &Workload, other: &Workload) -> bool {
        if !self.selects(serving) || !self.selects(other) {
            return false;
        }
        self.port_of_server(serving).is_some_and(|port| match &port.target_port {
            Some(Value::String(name)) => long_running(other).any(|container| number_of(container, name).is_some()),
            _ => true,
        })
    }

    /// Whether it leads clients to a server of the workload.
    pub(crate) fn serves(&self, workload: &Workload) -> bool {
        self.selects(workload) && self.port_of_server(workload).is_some()
    }
}

fn long_running(workload: &Workload) -> impl Iterator<Item = &Container> {
    workload.containers.iter().filter(|container| matches!(container.placement.as_str(), "container" | "sidecar"))
}

fn number_of(container: &Container, name: &str) -> Option<u32> {
    container.ports.iter().find(|port| port.name.as_deref() == Some(name)).map(|port| port.container_port)
}
