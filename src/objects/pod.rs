//! What keeps a pod from running, as far as it says itself.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};

/// All that is in its way, in words for people.
pub fn obstacles_of(pod: &Pod) -> Vec<String> {
    let Some(status) = &pod.status else { return Vec::new() };
    let mut all = Vec::new();
    for condition in status.conditions.iter().flatten() {
        if condition.type_ == "PodScheduled" && condition.reason.as_deref() == Some("Unschedulable") {
            all.push(format!("a pod has no node: {}", condition.message.clone().unwrap_or_default()));
        }
    }
    let containers = status.init_container_statuses.iter().chain(&status.container_statuses).flatten();
    all.extend(containers.filter_map(of_container));
    all
}

fn of_container(container: &ContainerStatus) -> Option<String> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    Some(match waiting.reason.as_deref()? {
        "ContainerCreating" | "PodInitializing" => return None,
        "ErrImagePull" | "ImagePullBackOff" | "ErrImageNeverPull" | "InvalidImageName" => {
            format!("the image {} cannot be pulled", container.image)
        }
        "CrashLoopBackOff" => {
            format!("the container {} ends again and again; kubectl logs says why", container.name)
        }
        other => format!("the container {} waits: {other}", container.name),
    })
}
