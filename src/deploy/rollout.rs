//! Waits until every server is ready, and says meanwhile what each does and what keeps it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kube::ResourceExt;
use kube::api::DynamicObject;

use super::claims::{last_events, pending};
use super::servers::READY;
use super::{DeployError, Kind, Options, Plan, Progress, servers, stuck};
use crate::objects::{ObjectError, Objects};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A volume that is not there by then is worth a word, and so is a server that is not ready; what makes either takes
/// seconds.
const USUAL: Duration = Duration::from_secs(15);

/// An API server that does not answer one look is asked by another connection.
const ANSWER: Duration = Duration::from_secs(30);

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
    let (mut pods, mut others) = (Told::new(), Told::new());
    loop {
        let looked = look(objects, plan, options, begun.elapsed() > USUAL);
        let problem = match tokio::time::timeout(ANSWER, looked).await {
            Ok(Ok(seen)) => {
                tell_new(&seen.pods, &mut pods, &mut |text| tell(Progress::Pod(text)));
                tell_new(&seen.others, &mut others, &mut |text| tell(Progress::Other(text)));
                if seen.is_ready {
                    return Ok(());
                }
                others = seen.others;
                pods.retain(|pod, _| seen.pods.contains_key(pod));
                None
            }
            // An API server that restarts comes back.
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the API server does not answer".to_owned()),
        };
        if begun.elapsed() > options.timeout {
            let waiting = pods.iter().filter(|(_, doing)| *doing != READY).chain(&others);
            let known = waiting.map(|(name, doing)| format!("{name}: {doing}")).chain(problem).collect();
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
    /// Volumes, and what makes pods.
    others: Told,
}

async fn look(objects: &Objects, plan: &Plan, options: &Options, is_late: bool) -> Result<Seen, ObjectError> {
    let Options { kind, namespace, .. } = options;
    let workload = objects.get(plan.workload()).await?;
    let found = servers::list(objects, *kind, namespace).await?;
    let mut pods: Told = found.iter().map(|pod| (pod.name_any(), servers::doing(pod))).collect();
    if let Some(workload) = &workload {
        for name in stuck::replace(objects, workload, &found, namespace).await? {
            pods.insert(name, "cannot start as it is, and is made anew".to_owned());
        }
    }
    let is_ready = workload.is_some_and(|workload| is_rolled_out(&workload, plan.replicas()));
    // Told of, and no more: the server is tried from its own pod.
    if *kind == Kind::Single
        && let Ok(Some(client)) = servers::client(objects, namespace).await
    {
        pods.insert(client.name_any(), servers::doing_for_people(&client));
    }
    let mut others = Told::new();
    if is_late && !is_ready {
        let pending = pending(objects, namespace).await;
        others.extend(pending.into_iter().filter(|(_, said)| !is_waiting_for_its_pod(said)));
        let said = last_events(objects, namespace, "involvedObject.kind=Pod,type=Warning").await;
        for (name, doing) in pods.iter_mut().filter(|(_, doing)| *doing != READY) {
            if let Some(said) = said.get(name) {
                *doing = format!("{doing} ({said})");
            }
        }
        if found.len() < plan.replicas() as usize {
            for kind in ["StatefulSet", "ReplicaSet"] {
                let fields = format!("involvedObject.kind={kind},type=Warning");
                others.extend(last_events(objects, namespace, &fields).await);
            }
        }
    }
    Ok(Seen { is_ready, pods, others })
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
