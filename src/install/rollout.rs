//! Waits for what was applied: kinds that are established, a gate that answers; says meanwhile what is in the way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::{ContainerState, Pod};
use kube::api::{Api, DynamicObject, ListParams};
use serde_json::Value;

use super::plan::Stage;
use super::run::Progress;
use super::{InstallError, Plan, checks};
use crate::objects::{ObjectError, Objects, obstacles_of, title};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// A definition is established within a moment.
const ESTABLISHED: Duration = Duration::from_secs(30);

/// Waits until the kinds can be used.
pub(super) async fn kinds(objects: &Objects, plan: &Plan) -> Result<(), InstallError> {
    for object in plan.of(Stage::Kinds) {
        let begun = Instant::now();
        while !objects.get(object).await?.is_some_and(|found| is_established(&found)) {
            if begun.elapsed() > ESTABLISHED {
                let what = format!("{} is not established after {ESTABLISHED:?}", title(object));
                let way_out = "kubectl describe says why".to_owned();
                return Err(InstallError::TookTooLong { what, way_out });
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

fn is_established(definition: &DynamicObject) -> bool {
    let conditions = definition.data["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|one| one["type"] == "Established" && one["status"] == "True")
}

/// Waits until every replica of the gate, in its newest form, answers.
pub(super) async fn gate(
    objects: &Objects,
    plan: &Plan,
    timeout: Duration,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), InstallError> {
    let begun = Instant::now();
    let mut told = BTreeSet::new();
    loop {
        let deployment = match objects.get(plan.gate()).await {
            // An API server that restarts comes back.
            Err(ObjectError::Unreachable(_)) if begun.elapsed() < timeout => {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            other => other?,
        };
        let Some(deployment) = deployment else {
            let what = "the gate's Deployment was deleted while it was waited for".to_owned();
            return Err(InstallError::TookTooLong { what, way_out: "install again".to_owned() });
        };
        let (ready, wanted) = replicas(&deployment);
        if ready == Some(wanted) {
            return Ok(());
        }
        let pods = pods(objects, plan).await;
        let mut obstacles: BTreeSet<String> = pods.iter().flat_map(obstacles_of).chain(refusal(&deployment)).collect();
        for obstacle in obstacles.iter().filter(|obstacle| !told.contains(*obstacle)) {
            tell(Progress::Obstacle(obstacle.clone()));
        }
        told.extend(obstacles.iter().cloned());
        if begun.elapsed() > timeout {
            // A pod that has only just begun is not ready either, which is nothing to tell before.
            obstacles.extend(pods.iter().filter_map(unready));
            let known = if obstacles.is_empty() {
                "nothing more is known of it".to_owned()
            } else {
                obstacles.into_iter().collect::<Vec<_>>().join("; ")
            };
            return Err(InstallError::TookTooLong {
                what: format!("the gate does not answer after {} s: {known}", timeout.as_secs()),
                way_out: if checks::are_webhooks_in_force(objects, plan).await {
                    "the webhooks of an earlier installation are in force, so MySQL workloads can be neither created nor \
                     changed until it does; tidegate uninstall takes them away"
                } else {
                    "no webhook was registered, so nobody is held up; mend it and install again"
                }
                .to_owned(),
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How many replicas answer, once the controller has seen the newest form and only that is left; how many there are to
/// be.
fn replicas(deployment: &DynamicObject) -> (Option<u64>, u64) {
    let status = &deployment.data["status"];
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let wanted = deployment.data["spec"]["replicas"].as_u64().unwrap_or(1);
    let is_seen = status["observedGeneration"].as_i64() >= deployment.metadata.generation;
    let is_new = number(&status["updatedReplicas"]) == wanted && number(&status["replicas"]) == wanted;
    ((is_seen && is_new).then(|| number(&status["availableReplicas"])), wanted)
}

/// The gate's pods. Who may not look at them waits without being told.
async fn pods(objects: &Objects, plan: &Plan) -> Vec<Pod> {
    let gate = plan.gate();
    let namespace = gate["metadata"]["namespace"].as_str().unwrap_or_default();
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let labels = gate["spec"]["selector"]["matchLabels"].as_object();
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
        .collect();
    let found = pods.list(&ListParams::default().labels(&selector.join(","))).await;
    found.map(|pods| pods.items).unwrap_or_default()
}

/// Who lets no pods of it in, a quota, the namespace's PodSecurity or another webhook, as the controller was told.
fn refusal(deployment: &DynamicObject) -> Option<String> {
    let mut conditions = deployment.data["status"]["conditions"].as_array()?.iter();
    let failure = conditions.find(|one| one["type"] == "ReplicaFailure" && one["status"] == "True")?;
    Some(format!("its pods are not let in: {}", failure["message"].as_str().unwrap_or_default()))
}

/// A pod that runs and does not answer says why in its log.
fn unready(pod: &Pod) -> Option<String> {
    if pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let mut containers = pod.status.as_ref()?.container_statuses.iter().flatten();
    let runs = |state: &ContainerState| state.running.is_some();
    containers.find(|container| !container.ready && container.state.as_ref().is_some_and(runs))?;
    let (name, namespace) = (pod.metadata.name.as_deref()?, pod.metadata.namespace.as_deref()?);
    Some(format!("a pod runs and is not ready; kubectl logs --namespace {namespace} {name} says why"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use kube::core::ObjectMeta;
    use serde_json::json;

    use super::*;

    #[test]
    fn who_lets_no_pods_in_is_told() {
        for (kind, status, expected) in [
            ("ReplicaFailure", "True", Some("its pods are not let in: exceeded quota: small")),
            ("ReplicaFailure", "False", None),
            ("Progressing", "True", None),
        ] {
            let condition = json!({ "type": kind, "status": status, "message": "exceeded quota: small" });
            let data = json!({ "status": { "conditions": [condition] } });
            let deployment = DynamicObject { types: None, metadata: ObjectMeta::default(), data };
            assert_eq!(refusal(&deployment).as_deref(), expected);
        }
    }

    #[test]
    fn of_a_pod_that_runs_and_does_not_answer_the_log_is_named() {
        let running = json!({ "running": {} });
        let waiting = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        let named = Some("a pod runs and is not ready; kubectl logs --namespace gate one says why");
        for (is_ready, state, expected) in
            [(false, &running, named), (true, &running, None), (false, &waiting, None), (false, &json!({}), None)]
        {
            let container = json!({
                "name": "tidegate", "image": "a", "imageID": "a", "restartCount": 0, "ready": is_ready, "state": state,
            });
            let pod = json!({
                "metadata": { "name": "one", "namespace": "gate" }, "status": { "containerStatuses": [container] },
            });
            let pod: Pod = serde_json::from_value(pod).unwrap();
            assert_eq!(unready(&pod).as_deref(), expected);
        }
    }
}
