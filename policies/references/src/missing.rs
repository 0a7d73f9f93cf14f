//! MY032: what is named is surely not there; MY034: nor is the namespace.
//!
//! It may arrive later, so it is never more than a warning.

use tidegate_policy::{Finding, Request, Severity, Workload, cluster, raw};

use crate::reference::{self, CLAIM, NAMESPACE, Reference};
use crate::service::SERVICE;
use crate::{MISSING, NOWHERE, Settings};

pub(crate) fn judge(request: &Request, workload: &Workload, settings: &Settings) -> Vec<Finding> {
    let own_secret = workload.secret_name();
    let missing: Vec<Reference> = reference::all(workload, settings)
        .into_iter()
        // The gate makes that one itself.
        .filter(|reference| reference.kind != reference::SECRET || own_secret.as_ref() != Some(&reference.name))
        .filter(|reference| !settings.ignore_references.contains(&reference.name))
        .filter(|reference| cluster::exists(&reference.kind, &reference.name).is_no())
        .collect();
    if missing.is_empty() {
        return vec![];
    }
    let namespace = request.object.namespace.as_deref();
    // Asked only if something is missing, which it would explain.
    let nowhere = namespace.filter(|namespace| cluster::exists(&NAMESPACE, namespace).is_no());
    let nowhere = nowhere.map(|namespace| {
        let message = format!("the Namespace {namespace} does not exist, and nothing that is meant for it is there");
        // What the request says, the object need not.
        let at = if raw::at::<String>("/metadata/namespace").is_some() { "/metadata/namespace" } else { "" };
        Finding::new(&NOWHERE, at, message).help(format!(
            "kubectl create namespace {namespace}, and write namespace: {namespace} into every object that belongs to it"
        ))
    });
    let in_namespace = namespace.map_or_else(|| "in its namespace".to_owned(), |name| format!("in namespace {name}"));
    missing.iter().map(|reference| of(reference, workload, &in_namespace)).chain(nowhere).collect()
}

fn of(reference: &Reference, workload: &Workload, in_namespace: &str) -> Finding {
    let Reference { kind, name, at } = reference;
    let what = kind.kind;
    if *kind == SERVICE {
        let message = format!("the Service {name} does not exist {in_namespace}: the pods get no names below it");
        return Finding::new(&MISSING, at, message).severity(Severity::Low).help(format!(
            "Make a headless Service {name} (clusterIP: None) with the pods' labels as its selector; is it in another \
             namespace?"
        ));
    }
    let what = if *kind == CLAIM { "claim" } else { what };
    let waits = match (workload.template.is_empty(), *kind == CLAIM) {
        (true, true) => "the Pod stays Pending",
        (true, false) => "the Pod does not start",
        (false, true) => "its Pods stay Pending",
        (false, false) => "its Pods do not start",
    };
    Finding::new(&MISSING, at, format!("the {what} {name} does not exist {in_namespace}: {waits} until it does"))
        .help(format!("Apply it too; is the name right, or is {name} in another namespace? Pods see only their own"))
}
