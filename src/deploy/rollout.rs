//! Waits until every server is ready, and says meanwhile what each does and what keeps it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kube::ResourceExt;
use kube::api::DynamicObject;

use super::claims::{last_events, pending};
use super::{DeployError, Options, Plan, Progress, servers};
use crate::objects::{ObjectError, Objects};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A volume that is not there by then is worth a word, and so is a server that is not ready; what makes either takes
/// seconds.
const USUAL: Duration = Duration::from_secs(15);

/// What was told last of each pod and volume.
type Told = BTreeMap<String, String>;

/// Waits.
///
/// # Errors
/// [`DeployError::TookTooLong`] with what is known of what is missing.
pub(super) async fn wait(
    objects: &Objects,
    plan: &Plan,
    options: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), DeployError> {
    let begun = Instant::now();
    let (mut pods, mut volumes) = (Told::new(), Told::new());
    loop {
        match look(objects, plan, options, begun.elapsed() > USUAL).await {
            Ok(seen) => {
                tell_new(&seen.pods, &mut pods, &mut |text| tell(Progress::Pod(text)));
                tell_new(&seen.volumes, &mut volumes, &mut |text| tell(Progress::Volume(text)));
                if seen.is_ready {
                    return Ok(());
                }
                volumes = seen.volumes;
                pods.retain(|pod, _| seen.pods.contains_key(pod));
            }
            // An API server that restarts comes back.
            Err(ObjectError::Unreachable(_)) => {}
            Err(other) => return Err(other.into()),
        }
        if begun.elapsed() > options.timeout {
            let waiting = pods.iter().filter(|(_, doing)| *doing != "ready").chain(&volumes);
            let known = waiting.map(|(name, doing)| format!("{name}: {doing}")).collect();
            return Err(DeployError::TookTooLong { seconds: options.timeout.as_secs(), known });
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn tell_new(seen: &Told, told: &mut Told, tell: &mut dyn FnMut(String)) {
    for (name, doing) in seen {
        if told.insert(name.clone(), doing.clone()).as_ref() != Some(doing) {
            tell(format!("{name}: {doing}"));
        }
    }
}

struct Seen {
    is_ready: bool,
    pods: Told,
    volumes: Told,
}

async fn look(objects: &Objects, plan: &Plan, options: &Options, is_late: bool) -> Result<Seen, ObjectError> {
    let workload = objects.get(plan.workload()).await?;
    let is_ready = workload.is_some_and(|workload| is_rolled_out(&workload, plan.replicas()));
    let found = servers::list(objects, options.kind, &options.namespace).await?;
    let mut pods: Told = found.iter().map(|pod| (pod.name_any(), servers::doing(pod))).collect();
    let mut volumes = Told::new();
    if is_late && !is_ready {
        volumes = pending(objects, &options.namespace).await;
        volumes.retain(|_, said| !is_waiting_for_its_pod(said));
        let said = last_events(objects, &options.namespace, "involvedObject.kind=Pod,type=Warning").await;
        for (name, doing) in pods.iter_mut().filter(|(_, doing)| doing.contains("not ready")) {
            if let Some(said) = said.get(name) {
                *doing = format!("{doing} ({said})");
            }
        }
    }
    Ok(Seen { is_ready, pods, volumes })
}

/// Backups have no pod until the night: that their volume waits for one is as it should be.
fn is_waiting_for_its_pod(said: &str) -> bool {
    said.contains("waiting for first consumer")
}

/// Whether the controller has seen the newest form, and every server is of it and ready.
fn is_rolled_out(workload: &DynamicObject, wanted: u32) -> bool {
    let status = &workload.data["status"];
    let has = |field: &str| status[field].as_u64().unwrap_or_default() == u64::from(wanted);
    status["observedGeneration"].as_i64() >= workload.metadata.generation
        && has("replicas")
        && has("updatedReplicas")
        && has("availableReplicas")
}
