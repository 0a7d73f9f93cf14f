//! The pods of a database, and what each does now.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt;
use kube::api::{Api, ListParams};

use super::{Kind, NAME};
use crate::objects::{ObjectError, Objects, obstacles_of, refused};

/// What a server does that has clients.
pub(super) const READY: &str = "ready";
/// The pod with the client, which is for people.
const CLIENT: &str = "mysql-client";

/// All servers' pods, by their names. Those that have ended are none: a Deployment leaves what was evicted where it is.
///
/// # Errors
/// [`ObjectError`] with what the API server says.
pub(super) async fn list(objects: &Objects, kind: Kind, namespace: &str) -> Result<Vec<Pod>, ObjectError> {
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let found = pods.list(&ListParams::default().labels(kind.selector())).await;
    let mut pods = found.map_err(|error| refused(format!("the list of pods of {namespace}"), &error))?.items;
    pods.retain(|pod| !has_ended(pod));
    // mysql-10 comes after mysql-9.
    pods.sort_by_key(|pod| (pod.name_any().len(), pod.name_any()));
    Ok(pods)
}

/// The pod with the client that is beside a single server.
///
/// # Errors
/// [`ObjectError`] with what the API server says.
pub(super) async fn client(objects: &Objects, namespace: &str) -> Result<Option<Pod>, ObjectError> {
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let found = pods.get_opt(CLIENT).await;
    found.map_err(|error| refused(format!("Pod {namespace}/{CLIENT}"), &error))
}

/// Whether nothing of it runs any more, nor ever will.
pub(super) fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Failed" | "Succeeded"))
}

/// Of a single server's pods the one to ask: an old one may still be ending.
pub(super) fn to_ask(pods: &[Pod]) -> Option<&Pod> {
    let mut staying = pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
    let first = staying.clone().next();
    staying.find(|pod| is_ready(pod)).or(first)
}

/// What the pod with the client does: nobody has to wait for it.
pub(super) fn doing_for_people(client: &Pod) -> String {
    let doing = doing(client);
    if doing == READY { doing } else { format!("{doing}; it is for people, and not waited for") }
}

/// Whether clients are sent to it.
pub(super) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    pod.metadata.deletion_timestamp.is_none()
        && conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// What it does, in words for people.
pub(super) fn doing(pod: &Pod) -> String {
    if pod.metadata.deletion_timestamp.is_some() {
        return "ends".to_owned();
    }
    let obstacles = obstacles_of(pod);
    if !obstacles.is_empty() {
        return obstacles.join("; ");
    }
    if is_ready(pod) {
        return READY.to_owned();
    }
    let statuses = |of: fn(&Pod) -> Option<&Vec<ContainerStatus>>| of(pod).into_iter().flatten();
    let is_running = |status: &&ContainerStatus| status.state.as_ref().is_some_and(|state| state.running.is_some());
    let initial = statuses(|pod| pod.status.as_ref()?.init_container_statuses.as_ref()).find(is_running);
    if let Some(step) = initial {
        // A StatefulSet's pods have the same steps, of which one is each server's own.
        let is_replica = pod
            .name_any()
            .rsplit_once('-')
            .is_some_and(|(_, ordinal)| ordinal.parse::<u32>().is_ok_and(|number| number > 0));
        return match (step.name.as_str(), is_replica) {
            ("initialise", false) => "makes the first data".to_owned(),
            ("clone", true) => "copies the primary's data".to_owned(),
            _ => "prepares itself".to_owned(),
        };
    }
    let mut containers = statuses(|pod| pod.status.as_ref()?.container_statuses.as_ref());
    match containers.find(|status| status.name == NAME && is_running(status)) {
        Some(server) if server.started == Some(true) => "runs, and is not ready yet".to_owned(),
        Some(_) => "starts its server".to_owned(),
        None => "waits for its node, its volume and its image".to_owned(),
    }
}
