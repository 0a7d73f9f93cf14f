//! MY020: the server's container is in the node's network, or opens a port of it.

use tidegate_policy::{Container, Finding, Server, Workload, raw};

use crate::{NODE, Settings, address, in_network};

/// The findings on a workload's servers: one for the pod's network, or one for each port of a node.
pub(crate) fn judge(workload: &Workload, settings: &Settings) -> Vec<Finding> {
    let servers = workload
        .servers()
        .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
        .filter(|(container, _)| !settings.ignore_containers.contains(&container.name));
    if workload.host_network {
        // The API server writes each containerPort as hostPort then: they are no further findings.
        let mut open = servers.filter(|(_, server)| !is_local(server));
        return open.next().map(|(_, server)| host_network(workload, server, settings)).into_iter().collect();
    }
    servers.flat_map(|(container, server)| host_ports(container, server, settings)).collect()
}

fn host_network(workload: &Workload, server: &Server, settings: &Settings) -> Finding {
    let port = server.port.map(|port| format!(" {port}")).unwrap_or_default();
    let finding = Finding::new(
        &NODE,
        workload.pod_spec_path(["hostNetwork"]),
        format!(
            "the server listens on the port{port} of its node, in the node's own network: whoever reaches the node \
             reaches the database, and NetworkPolicies mostly do not count there"
        ),
    )
    .at_most_medium_if_unknown(server)
    .help("Take hostNetwork away and reach the server by a Service; from outside by kubectl port-forward or a VPN");
    in_network(settings, finding)
}

fn host_ports(container: &Container, server: &Server, settings: &Settings) -> Vec<Finding> {
    container
        .ports
        .iter()
        .filter_map(|port| {
            let open = port.host_port.filter(|port| *port > 0)?;
            let address: Option<String> = raw::at(&format!("{}/hostIP", port.at));
            if address.as_deref().is_some_and(address::is_loopback) {
                return None;
            }
            let message = format!(
                "the server's port {} is open as port {open} of its node: whoever reaches the node reaches the \
                 database, without the Service",
                port.container_port
            );
            let finding = Finding::new(&NODE, format!("{}/hostPort", port.at), message).at_most_medium_if_unknown(server).help(
                "Take hostPort away and reach the server by a Service; from outside by kubectl port-forward or a VPN",
            );
            Some(in_network(settings, finding))
        })
        .collect()
}

/// Whether the server listens to its own machine at most, as far as its options are seen.
fn is_local(server: &Server) -> bool {
    server.switch("skip-networking") == Some(true)
        || server
            .option("bind-address")
            .and_then(|option| option.value.as_deref())
            .is_some_and(|addresses| addresses.split(',').all(|own| address::is_loopback(own.trim())))
}
