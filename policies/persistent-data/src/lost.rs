//! MY005: where the data lies, nothing keeps it.

use tidegate_policy::{Container, Finding, Request, Server, Severity, Volume, Workload, raw};

use crate::keeping::{Keeping, first_keeping};
use crate::placement::is_on_one_node;
use crate::{LOST, Settings};

/// The finding on a server whose data nothing keeps.
pub(crate) fn judge(
    request: &Request,
    workload: &Workload,
    container: &Container,
    server: &Server,
    settings: &Settings,
) -> Option<Finding> {
    let finding = match &server.data_volume {
        None => no_volume(request, workload, container, server),
        Some(mount) => {
            // The volume of a claim template stays. A volume that is not there is the API server's matter.
            let volume = workload.mounted(mount)?;
            match Keeping::of(&volume.kind) {
                Keeping::Storage => return None,
                Keeping::Nobody => with_the_pod(request, workload, container, server, volume),
                Keeping::Node => return Some(on_the_node(request, workload, server, volume, settings)),
                Keeping::Driver => by_the_driver(server, volume),
            }
        }
    };
    Some(if settings.allow_ephemeral {
        finding.at_most_medium("the policy's setting allowEphemeral is true")
    } else if ends_by_itself(workload) {
        finding.at_most_medium("restartPolicy says that the pod ends by itself")
    } else {
        finding
    })
}

/// Nothing is mounted at the data directory or above it.
fn no_volume(request: &Request, workload: &Workload, container: &Container, server: &Server) -> Finding {
    let directory = &server.data_directory;
    let other = first_keeping(workload, &container.mounts);
    let message = match other {
        Some(_) if !is_sure(container, server) => return unsure(request, container, server, "no volume is mounted at"),
        Some(mount) => format!(
            "the volume {} is mounted at {}, but the server keeps its database in {directory}: it is lost whenever \
             the container is replaced",
            mount.volume, mount.path
        ),
        None if directory.contains('$') => {
            "no volume that outlives the pod is mounted: the database is lost whenever the container is replaced".into()
        }
        None => {
            format!("no volume is mounted at {directory}: the database is lost whenever the container is replaced")
        }
    };
    Finding::new(&LOST, &container.at, message).at_most_medium_if_unknown(server).help(way_out(request, server))
}

/// The volume at the data directory ends with the pod.
fn with_the_pod(
    request: &Request,
    workload: &Workload,
    container: &Container,
    server: &Server,
    volume: &Volume,
) -> Finding {
    if first_keeping(workload, &container.mounts).is_some() && !is_sure(container, server) {
        return unsure(request, container, server, "nothing that outlives the pod is mounted at");
    }
    let name = &volume.name;
    let message = match volume.kind.as_str() {
        "emptyDir" => format!(
            "the database lies on the emptyDir {name}, which ends with the pod: an update or a drained node erases it"
        ),
        "ephemeral" => format!(
            "the database lies on the ephemeral volume {name}, whose claim is deleted with the pod: an update or a \
             drained node erases it"
        ),
        kind => format!("the data directory is the volume {name}, a {kind}, which keeps nothing that is written to it"),
    };
    Finding::new(&LOST, &volume.at, message).at_most_medium_if_unknown(server).help(way_out(request, server))
}

/// Another directory may be set where nobody looks, and a volume may be mounted there.
fn unsure(request: &Request, container: &Container, server: &Server, what: &str) -> Finding {
    let directory = mount_path(server);
    let message = format!(
        "{what} {directory}: unless an option file or script that tidegate does not see sets another datadir, the \
         database is lost with the pod"
    );
    Finding::new(&LOST, &container.at, message).severity(Severity::Medium).help(way_out(request, server))
}

/// A directory of the node: whatever node the pod is on.
fn on_the_node(
    request: &Request,
    workload: &Workload,
    server: &Server,
    volume: &Volume,
    settings: &Settings,
) -> Finding {
    let path: String = raw::at(&format!("{}/hostPath/path", volume.at)).unwrap_or_default();
    let stays = request.kind() == "DaemonSet" || is_on_one_node(workload);
    let message = if stays {
        format!(
            "the database lies in the node's directory {path}, which Kubernetes does not know as a volume: it is not \
             protected from other pods, and has no size"
        )
    } else {
        format!(
            "the database lies in the directory {path} of whichever node the pod is on: on another node the server \
             starts with an empty one, or with what was left there"
        )
    };
    let finding = Finding::new(&LOST, &volume.at, message);
    let finding = if stays {
        finding.at_most_medium("the pod always comes back to the same node")
    } else if settings.allow_host_path {
        finding.at_most_medium("the policy's setting allowHostPath is true")
    } else {
        finding.at_most_medium_if_unknown(server)
    };
    finding.help(
        "Make a PersistentVolume of the kind local for this directory, with the node in its nodeAffinity, and mount a \
         claim of it: the pod then always comes back to this node",
    )
}

/// A CSI volume that is written in the pod: Kubernetes means it to end with the pod, a driver for a
/// file share may keep it.
fn by_the_driver(server: &Server, volume: &Volume) -> Finding {
    let driver: String = raw::at(&format!("{}/csi/driver", volume.at)).unwrap_or_default();
    let message = format!(
        "the database lies on the inline CSI volume {}: unless {driver} keeps it, it is lost with the pod",
        volume.name
    );
    Finding::new(&LOST, &volume.at, message)
        .severity(Severity::Medium)
        .help(format!("Mount a PersistentVolumeClaim at {} instead", mount_path(server)))
}

/// Whether the pod is not meant to stay: runners of builds make such ones, with a server to test against.
fn ends_by_itself(workload: &Workload) -> bool {
    let policy: Option<String> = raw::at(&workload.pod_spec_path(["restartPolicy"]));
    matches!(policy.as_deref(), Some("Never" | "OnFailure"))
}

/// Whether it is certain where the data lies: what is written in arguments counts before everything
/// else, and what is not seen cannot say otherwise.
fn is_sure(container: &Container, server: &Server) -> bool {
    if server.data_directory.contains('$') {
        return false;
    }
    let by_argument = server
        .option("datadir")
        .is_some_and(|option| ["command", "args"].iter().any(|list| option.at.starts_with(&container.path([*list]))));
    by_argument
        || !(server.may_have_more_options()
            || server.possible_options().iter().any(|option| option.name == "datadir")
            // Images that are made from a known one read such variables.
            || container.env.iter().any(|variable| ["DATA_DIR", "DATADIR"].iter().any(|part| variable.name.contains(part))))
}

fn way_out(request: &Request, server: &Server) -> String {
    let path = mount_path(server);
    let claim = match request.kind() {
        "StatefulSet" if request.is_update() => {
            format!("Make the StatefulSet anew, with a claim template mounted at {path}")
        }
        "StatefulSet" => format!("Add a claim template to volumeClaimTemplates and mount it at {path}"),
        _ => format!("Make a PersistentVolumeClaim and mount it at {path}"),
    };
    format!(
        "{claim}. If the database may be lost, run it in a Job, set allowEphemeral in the settings of the policy \
         persistent-data, or name its namespace in that policy's spec.match.exclude.namespaces"
    )
}

/// Where a volume is mounted to hold the data directory, as the image's manual says.
fn mount_path(server: &Server) -> &str {
    match server.data_directory.as_str() {
        directory if directory.contains('$') => "the data directory",
        "/bitnami/mysql/data" => "/bitnami/mysql",
        "/bitnami/mariadb/data" => "/bitnami/mariadb",
        "/config/databases" => "/config",
        directory => directory,
    }
}
