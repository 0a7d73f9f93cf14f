//! Judges the claim template of a StatefulSet that is about to be made.

use std::collections::BTreeMap;

use tidegate_policy::{Claim, Finding, Known, Request, Severity, Workload, cluster, pointer, raw};

use crate::class;
use crate::problem::{Place, Problem};
use crate::view::{CLAIM, CLASS_ANNOTATION, Object, View};
use crate::{RULE, Settings};

/// The finding on a claim template.
pub(crate) fn judge(
    request: &Request,
    workload: &Workload,
    claim: &Claim,
    settings: &Settings,
    view: &View,
) -> Option<Finding> {
    let place = Place {
        what: format!("the claim template {}", claim.name),
        name: &claim.name,
        field: pointer::join(&claim.at, ["spec", "storageClassName"]),
        annotation: class_annotation(claim),
        class: claim.storage_class.clone(),
        may_be_replaced: true,
    };
    let Some(problem) = Problem::of(&place, settings, view) else {
        return class::of_claim(&place, &claim.at, settings, view);
    };
    let finding = Finding::new(&RULE, &claim.at, problem.message.clone()).severity(problem.severity);
    if claims_are_there(request, workload, claim) {
        return Some(finding.severity(Severity::Medium).help(format!(
            "The volumes are there already and stay as they are; a further replica would not get one. Write another \
             storageClassName in the claim template {}",
            claim.name
        )));
    }
    Some(problem.resolve(finding, &place, settings, view))
}

/// The class may still be written as an annotation, which counts before the field.
fn class_annotation(claim: &Claim) -> Option<String> {
    let annotations: BTreeMap<String, String> = raw::at(&pointer::join(&claim.at, ["metadata", "annotations"]))?;
    annotations.get(CLASS_ANNOTATION).cloned()
}

/// Whether every replica finds its claim: it was made for a StatefulSet of this name before, for
/// instance one that was deleted to be made anew with larger volumes.
fn claims_are_there(request: &Request, workload: &Workload, claim: &Claim) -> bool {
    let Some(name) = &request.object.name else { return false };
    let first: u32 = raw::at("/spec/ordinals/start").unwrap_or(0);
    let replicas = workload.replicas.unwrap_or(1);
    replicas > 0
        && (first..first.saturating_add(replicas)).all(|ordinal| {
            let name = format!("{}-{name}-{ordinal}", claim.name);
            matches!(cluster::get::<Object>(&CLAIM, &name), Known::Yes(claim) if claim.is_bound())
        })
}
