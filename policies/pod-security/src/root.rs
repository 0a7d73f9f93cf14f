//! MY019: nothing keeps the server's container from running as root.

use tidegate_policy::{Container, Finding, Server, Workload, raw};

use crate::CONTEXT;
use crate::context::{Pod, Written};
use crate::image::{Start, start};
use crate::namespace::Platform;

/// The finding on a server's container that is root, or must not be what its image makes it.
pub(crate) fn judge(
    workload: &Workload,
    pod: &Pod,
    (container, server): (&Container, &Server),
    platform: &Platform<'_>,
) -> Option<Finding> {
    let (at, message) = match (pod.context_of(container).written(), start(server)) {
        (Written::Root, _) => (
            written_at(workload, container),
            format!("the server's container {} runs as root, as runAsUser: 0 says", container.name),
        ),
        (Written::Nothing, Start::Root) => (
            container.at.clone(),
            format!(
                "the container {} starts as root, and kubectl exec gives a root shell: only the server itself becomes \
                 another user",
                container.name
            ),
        ),
        (Written::NotRoot, Start::Root) => (
            container.at.clone(),
            format!(
                "runAsNonRoot is set, but the image of {} starts as root, and no runAsUser says otherwise: the \
                 container does not start",
                container.name
            ),
        ),
        _ => return None,
    };
    // OpenShift chooses the user, who is not root, and refuses one that is written.
    if platform.has_ranges().is_yes() {
        return None;
    }
    let help = match server.user_id {
        Some(user) => format!(
            "In the pod's securityContext write runAsNonRoot: true, runAsUser: {user}, runAsGroup: {user}, fsGroup: \
             {user} and fsGroupChangePolicy: OnRootMismatch"
        ),
        None => "Run it as the user that the image has for the server, and set runAsNonRoot: true".to_owned(),
    };
    Some(Finding::new(&CONTEXT, at, message).help(help))
}

/// Where runAsUser is written that counts for the container.
fn written_at(workload: &Workload, container: &Container) -> String {
    let own = container.path(["securityContext", "runAsUser"]);
    if raw::at::<i64>(&own).is_some() { own } else { workload.pod_spec_path(["securityContext", "runAsUser"]) }
}
