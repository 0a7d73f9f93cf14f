//! Pods that can never start, and that nobody else replaces.
//!
//! A StatefulSet that starts its pods in order waits for one that is not ready, also if that is of an older form which
//! cannot start, such as one with a wrong image: kubernetes/kubernetes#67250. Such a pod has to be deleted. One whose
//! server runs never is, whatever stands beside it, nor one that its StatefulSet is told to leave as it is.

use k8s_openapi::api::core::v1::{ContainerState, Pod};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, DynamicObject, Preconditions};

use super::{NAME, servers};
use crate::objects::{ObjectError, Objects, obstacles_of, refused};

/// Of which form of its StatefulSet a pod is.
const REVISION: &str = "controller-revision-hash";

/// Deletes the pods of an older form that cannot start. Their names.
///
/// # Errors
/// [`ObjectError`] with what the API server says.
pub(super) async fn replace(
    objects: &Objects,
    workload: &DynamicObject,
    found: &[Pod],
    namespace: &str,
) -> Result<Vec<String>, ObjectError> {
    let status = &workload.data["status"];
    let is_known = status["observedGeneration"].as_i64() >= workload.metadata.generation;
    // A Deployment has no such thing, and no need of this.
    let (true, Some(newest)) = (is_known, status["updateRevision"].as_str()) else { return Ok(Vec::new()) };
    let Some(partition) = partition(workload) else { return Ok(Vec::new()) };
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let mut replaced = Vec::new();
    for pod in found.iter().filter(|pod| is_stuck(pod, newest, partition)) {
        let name = pod.name_any();
        // This one and no other: a new pod has the same name.
        let same = Preconditions { uid: pod.uid(), resource_version: None };
        let parameters = DeleteParams { preconditions: Some(same), ..DeleteParams::default() };
        match pods.delete(&name, &parameters).await {
            Ok(_) => replaced.push(name),
            Err(kube::Error::Api(status)) if status.code == 404 || status.code == 409 => {}
            Err(error) => return Err(refused(format!("Pod {namespace}/{name}"), &error)),
        }
    }
    Ok(replaced)
}

/// From which ordinal on a StatefulSet replaces its pods by those of its newest form; none if it leaves that to people.
fn partition(workload: &DynamicObject) -> Option<u64> {
    let strategy = &workload.data["spec"]["updateStrategy"];
    let is_rolling = strategy["type"] == "RollingUpdate";
    is_rolling.then(|| strategy["rollingUpdate"]["partition"].as_u64().unwrap_or_default())
}

fn is_stuck(pod: &Pod, newest: &str, partition: u64) -> bool {
    let is_old = pod.labels().get(REVISION).is_some_and(|revision| revision != newest);
    let is_leaving = pod.metadata.deletion_timestamp.is_some();
    let name = pod.name_any();
    let ordinal = name.rsplit_once('-').and_then(|(_, ordinal)| ordinal.parse::<u64>().ok());
    let is_to_be_replaced = is_old && ordinal.is_some_and(|ordinal| ordinal >= partition);
    let can_start = servers::is_ready(pod) || obstacles_of(pod).is_empty();
    is_to_be_replaced && !is_leaving && !can_start && !has_running_server(pod)
}

/// Whether MySQL runs in it. What stands beside it, such as somebody's exporter, may keep the pod from being ready.
fn has_running_server(pod: &Pod) -> bool {
    let containers = pod.status.iter().flat_map(|status| status.container_statuses.iter().flatten());
    let is_running = |state: &ContainerState| state.running.is_some();
    containers.into_iter().any(|container| container.name == NAME && container.state.as_ref().is_some_and(is_running))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{is_stuck, partition};

    #[test]
    fn only_what_is_old_and_cannot_start_is_replaced() {
        let waits = |reason: &str| {
            json!([{
                "name": "mysql", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                "state": { "waiting": { "reason": reason } },
            }])
        };
        let runs = || {
            json!([{
                "name": "mysql", "image": "", "imageID": "", "ready": false, "restartCount": 0, "state": { "running": {} },
            }])
        };
        let beside = |mut server: Value| {
            let mut exporter = waits("ImagePullBackOff")[0].clone();
            exporter["name"] = json!("exporter");
            server.as_array_mut().unwrap().insert(0, exporter);
            server
        };
        let pod = |revision: &str, ready: &str, containers: Value| {
            json!({
                "metadata": { "name": "mysql-1", "labels": { "controller-revision-hash": revision } },
                "status": { "conditions": [{ "type": "Ready", "status": ready }], "containerStatuses": containers },
            })
        };
        for (pod, partition, is) in [
            (pod("old", "False", waits("ImagePullBackOff")), 0, true),
            (pod("old", "False", waits("CrashLoopBackOff")), 0, true),
            (pod("old", "False", beside(waits("ImagePullBackOff"))), 0, true),
            (pod("new", "False", waits("ImagePullBackOff")), 0, false),
            (pod("old", "True", waits("ImagePullBackOff")), 0, false),
            (pod("old", "False", waits("PodInitializing")), 0, false),
            (pod("old", "False", runs()), 0, false),
            // The server serves; only somebody's exporter cannot start.
            (pod("old", "False", beside(runs())), 0, false),
            // Held back by a partition: the pod is mysql-1.
            (pod("old", "False", waits("ImagePullBackOff")), 1, true),
            (pod("old", "False", waits("ImagePullBackOff")), 2, false),
        ] {
            let stuck = is_stuck(&serde_json::from_value(pod.clone()).unwrap(), "new", partition);
            assert_eq!(stuck, is, "{partition} {pod}");
        }
    }

    #[test]
    fn whoever_replaces_pods_by_hand_is_left_to_it() {
        for (strategy, from) in [
            (json!({ "type": "RollingUpdate" }), Some(0)),
            (json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } }), Some(0)),
            (json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 3 } }), Some(3)),
            (json!({ "type": "OnDelete" }), None),
        ] {
            let workload = json!({
                "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "mysql" },
                "spec": { "updateStrategy": strategy },
            });
            assert_eq!(partition(&serde_json::from_value(workload).unwrap()), from, "{strategy}");
        }
    }
}
