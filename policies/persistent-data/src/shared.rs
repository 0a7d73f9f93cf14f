//! MY006: every pod gets the same volume.

use tidegate_policy::{Finding, Request, Server, Volume, Workload};

use crate::SHARED;
use crate::keeping::is_one_for_all;
use crate::placement::is_on_one_node;

/// The finding on a server that several pods start on one volume.
pub(crate) fn judge(request: &Request, workload: &Workload, server: &Server) -> Option<Finding> {
    let mount = server.data_volume.as_ref()?;
    let volume = workload.mounted(mount)?;
    let (at, servers) = match request.kind() {
        "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" => {
            let replicas = workload.replicas.filter(|replicas| *replicas > 1)?;
            ("/spec/replicas", format!("{replicas} servers"))
        }
        "DaemonSet" => (volume.at.as_str(), "the servers of all nodes".to_owned()),
        _ => return None,
    };
    // What refers to the pod gives each one a folder of its own.
    let has_own_folder =
        server.data_directory.contains('$') || mount.sub_path.as_ref().is_some_and(|path| path.contains("$("));
    let only_reads = mount.read_only || server.switch("innodb-read-only") == Some(true);
    if has_own_folder || only_reads || !meets_there(request, workload, volume) {
        return None;
    }
    let name = volume.source.as_deref().unwrap_or(&volume.name);
    let message = format!(
        "{servers} open the same data directory, on {} {name}: its locks let only one start, and where locks do not \
         work they destroy the database",
        if volume.source.is_some() { "the claim" } else { "the volume" },
    );
    // A script may give each server a directory of its own.
    let may_differ = server.is_started_by_script() && server.option("datadir").is_none();
    let finding = Finding::new(&SHARED, at, message);
    let finding = if may_differ {
        finding.at_most_medium("a script starts them, and may give each a directory of its own")
    } else {
        finding.at_most_medium_if_unknown(server)
    };
    Some(finding.help(way_out(request.kind(), &volume.name)))
}

/// Whether two pods find the same content in the volume.
fn meets_there(request: &Request, workload: &Workload, volume: &Volume) -> bool {
    match request.kind() {
        // Only one node has a pod.
        "DaemonSet" => is_one_for_all(&volume.kind) && !is_on_one_node(workload),
        _ if volume.kind == "hostPath" => is_on_one_node(workload),
        _ => is_one_for_all(&volume.kind),
    }
}

fn way_out(kind: &str, volume: &str) -> String {
    match kind {
        "StatefulSet" => format!(
            "Set replicas to 1, or make the StatefulSet with a claim template in the place of the volume {volume}: \
             each server then has its own, and they need replication"
        ),
        "DaemonSet" => "Use a StatefulSet with one replica; more need a claim template and replication".to_owned(),
        _ => "Set replicas to 1. More servers need volumes of their own and replication: a StatefulSet with a claim \
              template, or an operator"
            .to_owned(),
    }
}
