//! MY019: a server that is not root has a volume that is.

use tidegate_policy::{Container, Edit, Finding, Mount, Request, Server, Workload, pointer};

use crate::CONTEXT;
use crate::context::{Pod, Written};
use crate::image::{Start, start};
use crate::namespace::Platform;
use crate::storage::is_disk;

/// The finding on a server that cannot write to its new volume.
pub(crate) fn judge(
    request: &Request,
    workload: &Workload,
    pod: &Pod,
    (container, server): (&Container, &Server),
    platform: &Platform<'_>,
) -> Option<Finding> {
    // On an update the volumes are there, and the server has shown whether it can write.
    if request.is_update() || pod.context.fs_group.is_some() {
        return None;
    }
    let image_user = server.user_id?;
    let mount = server.data_volume.as_ref().filter(|mount| !mount.read_only)?;
    let context = pod.context_of(container);
    let user = match (context.written(), start(server)) {
        (Written::User(user), _) => user,
        // Nobody runs then: that is another finding.
        (Written::NotRoot, Start::Root) => return None,
        (Written::NotRoot, _) | (Written::Nothing, Start::User) => i64::from(image_user),
        (Written::Root, _) | (Written::Nothing, Start::Root | Start::Unknown) => return None,
    };
    if somebody_may_prepare(workload, pod, mount) {
        return None;
    }
    let is_disk = is_disk(workload, mount);
    // Also of a hostPath or share: the kubelet changes no group there, or had better not.
    if is_disk.is_no() {
        return None;
    }
    let platform = platform.is_openshift();
    // Software Collections' images are made for OpenShift, which gives the group by itself.
    if platform.is_yes() || (platform.is_unknown() && server.flavor.starts_with("sclorg")) {
        return None;
    }
    let group = context.run_as_group.filter(|group| *group != 0).unwrap_or(i64::from(image_user));
    let volume = &mount.volume;
    if is_disk.is_yes() && platform.is_no() {
        let field = |name: &str| pointer::join(&workload.pod_spec, ["securityContext", name]);
        let message = format!(
            "the server runs as user {user}, but a new volume {volume} belongs to root, and nothing gives it to the \
             server's group: it cannot write there and does not start"
        );
        let finding =
            Finding::new(&CONTEXT, &pod.at, message).help(help(group)).fix([Edit::set(field("fsGroup"), group)]);
        // Otherwise the kubelet would go through all files at every start.
        return Some(match pod.context.fs_group_change_policy {
            Some(_) => finding,
            None => finding.fix([Edit::set(field("fsGroupChangePolicy"), "OnRootMismatch")]),
        });
    }
    let message = format!(
        "the server runs as user {user}, and nothing gives the volume {volume} to its group: where a new volume \
         belongs to root, it cannot write there and does not start"
    );
    Some(Finding::new(&CONTEXT, &pod.at, message).help(help(group)))
}

fn help(group: i64) -> String {
    format!("In the pod's securityContext write fsGroup: {group} and fsGroupChangePolicy: OnRootMismatch")
}

/// Whether an init container may give the volume to the server: it mounts it, and may be root.
fn somebody_may_prepare(workload: &Workload, pod: &Pod, data: &Mount) -> bool {
    workload.containers.iter().filter(|container| container.is_init()).any(|container| {
        container.mounts.iter().any(|mount| mount.volume == data.volume && !mount.read_only)
            && matches!(pod.context_of(container).written(), Written::Root | Written::Nothing)
    })
}
