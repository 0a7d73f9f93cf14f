//! Pods that can never start, and that nobody else replaces.
//!
//! A StatefulSet that starts its pods in order waits for one that is not ready, also if that is of an older form which
//! cannot start, such as one with a wrong image: kubernetes/kubernetes#67250. Such a pod has to be deleted.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, DynamicObject, Preconditions};

use super::servers;
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
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let mut replaced = Vec::new();
    for pod in found.iter().filter(|pod| is_stuck(pod, newest)) {
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

fn is_stuck(pod: &Pod, newest: &str) -> bool {
    let is_old = pod.labels().get(REVISION).is_some_and(|revision| revision != newest);
    let is_leaving = pod.metadata.deletion_timestamp.is_some();
    is_old && !is_leaving && !servers::is_ready(pod) && !obstacles_of(pod).is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_stuck;

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
        let pod = |revision: &str, ready: &str, containers: Value| {
            json!({
                "metadata": { "labels": { "controller-revision-hash": revision } },
                "status": { "conditions": [{ "type": "Ready", "status": ready }], "containerStatuses": containers },
            })
        };
        for (pod, is) in [
            (pod("old", "False", waits("ImagePullBackOff")), true),
            (pod("old", "False", waits("CrashLoopBackOff")), true),
            (pod("new", "False", waits("ImagePullBackOff")), false),
            (pod("old", "True", waits("ImagePullBackOff")), false),
            (pod("old", "False", waits("PodInitializing")), false),
            (pod("old", "False", runs()), false),
        ] {
            assert_eq!(is_stuck(&serde_json::from_value(pod.clone()).unwrap(), "new"), is, "{pod}");
        }
    }
}
