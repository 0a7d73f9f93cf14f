//! How what the controllers keep is cleared without harm.

use std::collections::HashMap;

use serde_json::Value;

use super::kept::Holder;

/// The objects of the cluster by their uid, to see what belongs to what.
pub(in crate::audit) struct Owners<'a>(HashMap<&'a str, &'a Value>);

/// The object that controls another one.
pub(super) struct Controller<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
}

impl<'a> Owners<'a> {
    pub(in crate::audit) fn new(objects: impl IntoIterator<Item = &'a Value>) -> Self {
        Self(objects.into_iter().filter_map(|object| Some((text(object, "/metadata/uid")?, object))).collect())
    }

    /// How a controlled object is rid of what it holds.
    pub(super) fn clear(&self, object: &Value) -> String {
        let holder = Holder::of(object);
        let Some(controller) = controller(object) else { return "Its manifest is to be mended first.".to_owned() };
        match (holder.kind.as_str(), controller.kind) {
            ("ReplicaSet", "Deployment") if self.is_current(object, &controller) => in_use(&holder, &controller),
            ("ReplicaSet", "Deployment") => old(&holder, &controller),
            ("Job", "CronJob") => self.of_job(object, &holder, &controller),
            ("Pod", _) => self.of_pod(object, &holder, &controller),
            _ => format!("{} {} controls it: change that first.", controller.kind, controller.name),
        }
    }

    /// How a revision of a StatefulSet or DaemonSet is rid of what it holds; `newest`: no other is younger.
    pub(super) fn clear_revision(&self, revision: &Value, controller: &Controller<'_>, newest: bool) -> String {
        let holder = Holder::of(revision);
        let owner = self.0.get(controller.uid);
        let status = |field: &str| owner.and_then(|owner| text(owner, &format!("/status/{field}")));
        let runs = [status("currentRevision"), status("updateRevision")].contains(&Some(holder.name.as_str()));
        if runs || newest { in_use(&holder, controller) } else { old(&holder, controller) }
    }

    fn is_current(&self, replica_set: &Value, controller: &Controller<'_>) -> bool {
        const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";
        let number = |pointer: &str| replica_set.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
        let newest = self.0.get(controller.uid).and_then(|deployment| text(deployment, REVISION));
        number("/spec/replicas") > 0
            || number("/status/replicas") > 0
            || newest.is_some_and(|newest| text(replica_set, REVISION) == Some(newest))
    }

    fn of_job(&self, job: &Value, holder: &Holder, controller: &Controller<'_>) -> String {
        let name = controller.name;
        let first = format!("Take the password from a Secret in CronJob {name} first.");
        match ended_job(job) {
            true => format!(
                "It has ended, and is kept for its log: {}, or lower spec.successfulJobsHistoryLimit and \
                 spec.failedJobsHistoryLimit of CronJob {name}. {first}",
                holder.delete()
            ),
            false => format!("{first} This one still runs: it can be deleted once it has ended."),
        }
    }

    fn of_pod(&self, pod: &Value, holder: &Holder, controller: &Controller<'_>) -> String {
        if has_ended(pod) {
            return format!("It has ended, and is kept for its log: {}.", holder.delete());
        }
        // People know the Deployment, not its ReplicaSet.
        let above = self.0.get(controller.uid).and_then(|owner| self::controller(owner));
        let (kind, name) = above.map_or((controller.kind, controller.name), |above| (above.kind, above.name));
        format!(
            "Take the password from a Secret in {kind} {name}: this Pod goes when {kind} {name} replaces its Pods. Deleted \
             before, it would come back with the same password."
        )
    }
}

/// How an object that was made by hand and has ended is rid of what it holds; none of any other.
pub(in crate::audit) fn of_ended(object: &Value) -> Option<String> {
    let ended = match object.get("kind").and_then(Value::as_str) {
        Some("Job") => ended_job(object),
        Some("Pod") => has_ended(object),
        _ => false,
    };
    let holder = Holder::of(object);
    ended.then(|| {
        format!(
            "It has ended, and is kept for its log: {}. Then change the password: whoever could read this may have it.",
            holder.delete()
        )
    })
}

/// Who controls an object.
pub(super) fn controller(object: &Value) -> Option<Controller<'_>> {
    let owners = object.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners.iter().find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))?;
    Some(Controller {
        api_version: text(owner, "/apiVersion")?,
        kind: text(owner, "/kind")?,
        name: text(owner, "/name")?,
        uid: text(owner, "/uid")?,
    })
}

fn in_use(holder: &Holder, controller: &Controller<'_>) -> String {
    let Controller { kind, name, .. } = controller;
    format!(
        "{kind} {name} runs this revision. Take the password from a Secret in {kind} {name} first; once all its Pods are \
         replaced nobody runs this one any more: {}.",
        holder.delete()
    )
}

fn old(holder: &Holder, controller: &Controller<'_>) -> String {
    let Controller { kind, name, .. } = controller;
    format!(
        "Nobody runs this revision: it is kept for kubectl rollout undo. If nobody wants to go back to it: {}, or lower \
         spec.revisionHistoryLimit of {kind} {name}.",
        holder.delete()
    )
}

fn ended_job(job: &Value) -> bool {
    let conditions = job.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    conditions.into_iter().any(|condition| {
        matches!(text(condition, "/type"), Some("Complete" | "Failed")) && text(condition, "/status") == Some("True")
    })
}

fn has_ended(pod: &Value) -> bool {
    matches!(text(pod, "/status/phase"), Some("Succeeded" | "Failed"))
}

fn text<'a>(object: &'a Value, pointer: &str) -> Option<&'a str> {
    object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}
