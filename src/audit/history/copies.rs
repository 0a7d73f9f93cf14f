//! What Kubernetes itself keeps of manifests: what controllers made of them, their revisions, and what `kubectl`
//! last applied.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::kept::{Holder, Kept};
use super::since;
use super::ways_out::{Controller, Owners, controller};

/// The annotation in which `kubectl apply` keeps the manifest that it last sent.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const LAST_APPLIED_AT: &str = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";

/// A ReplicaSet, Pod or Job that something else controls.
pub(in crate::audit) fn controlled(object: Value, owners: &Owners<'_>) -> Kept {
    Kept {
        holder: Holder::of(&object),
        within: None,
        at: "",
        since: since::created(&object),
        clear: owners.clear(&object),
        told: Vec::new(),
        manifest: object,
    }
}

/// The manifest that `kubectl apply` keeps of an object of which some findings are told already.
pub(in crate::audit) fn last_applied(object: &Value, told: Vec<(String, String)>) -> Option<Kept> {
    let text = object.pointer(LAST_APPLIED_AT)?.as_str()?;
    // What is no JSON was not written by kubectl.
    let mut manifest: Value = serde_json::from_str(text).ok()?;
    let holder = Holder::of(object);
    let fields = manifest.as_object_mut()?;
    // Which policies judge it is a matter of the object that it is kept in.
    fields.insert("apiVersion".to_owned(), Value::from(holder.api_version.as_str()));
    fields.insert("kind".to_owned(), Value::from(holder.kind.as_str()));
    if let (Some(metadata), Some(namespace)) =
        (fields.get_mut("metadata").and_then(Value::as_object_mut), &holder.namespace)
    {
        metadata.insert("namespace".to_owned(), Value::from(namespace.as_str()));
    }
    let clear = format!(
        "It is what kubectl apply last sent. kubectl apply of a manifest that takes the password from a Secret replaces \
         it; so does kubectl apply set-last-applied -f FILE, which changes nothing else of {}.",
        holder.words()
    );
    Some(Kept {
        within: Some(format!("annotation {LAST_APPLIED}")),
        at: "",
        since: since::written(object, LAST_APPLIED_AT),
        clear,
        told,
        manifest,
        holder,
    })
}

/// The revisions of StatefulSets and DaemonSets. Others who keep revisions have forms of their own.
pub(in crate::audit) fn revisions(objects: &[Value], owners: &Owners<'_>) -> Vec<Kept> {
    let mut newest: HashMap<&str, u64> = HashMap::new();
    for (controller, number) in objects.iter().filter_map(|object| Some((controller(object)?, number(object)))) {
        let known = newest.entry(controller.uid).or_default();
        *known = number.max(*known);
    }
    let kept = objects.iter().filter_map(|object| {
        let controller = controller(object)?;
        let manifest = template_of(object, &controller)?;
        let number = number(object);
        let is_newest = newest.get(controller.uid) == Some(&number);
        Some(Kept {
            holder: Holder::of(object),
            within: Some(format!("revision {number} of {} {}", controller.kind, controller.name)),
            at: "/data",
            since: since::created(object),
            clear: owners.clear_revision(object, &controller, is_newest),
            told: Vec::new(),
            manifest,
        })
    });
    kept.collect()
}

/// The object that a revision would bring back, as far as the revision tells.
pub(in crate::audit) fn manifest_of(revision: &Value) -> Option<Value> {
    template_of(revision, &controller(revision)?)
}

fn template_of(revision: &Value, controller: &Controller<'_>) -> Option<Value> {
    let known = controller.api_version == "apps/v1" && matches!(controller.kind, "StatefulSet" | "DaemonSet");
    let template = revision.pointer("/data/spec/template").filter(|_| known)?;
    Some(json!({
        "apiVersion": controller.api_version,
        "kind": controller.kind,
        "metadata": { "name": controller.name, "namespace": revision.pointer("/metadata/namespace") },
        "spec": { "template": template },
    }))
}

fn number(revision: &Value) -> u64 {
    revision.get("revision").and_then(Value::as_u64).unwrap_or_default()
}
