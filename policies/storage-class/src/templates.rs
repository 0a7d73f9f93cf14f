//! Judges the claim template of a StatefulSet that is about to be made.

use std::collections::BTreeMap;

use tidegate_policy::{Claim, Edit, Finding, Known, Request, Severity, Workload, cluster, pointer, raw};

use crate::view::{CLAIM, CLASS_ANNOTATION, Object, Serves, View};
use crate::{RULE, Settings, existing, named};

/// What is wrong with a template's class.
struct Problem {
    message: String,
    severity: Severity,
    help: String,
}

impl Problem {
    /// It would be refused.
    fn new(message: String) -> Self {
        Self { message, severity: Severity::High, help: String::new() }
    }

    /// It waits for something that may come.
    fn waits(message: String) -> Self {
        Self { severity: Severity::Medium, ..Self::new(message) }
    }
}

/// The finding on a claim template.
pub(crate) fn judge(
    request: &Request,
    workload: &Workload,
    claim: &Claim,
    settings: &Settings,
    view: &View,
) -> Option<Finding> {
    let annotation = class_annotation(claim);
    let problem = match annotation.as_deref().or(claim.storage_class.as_deref()) {
        Some(class) => of_named(class, claim, settings, view),
        None => of_absent(claim, settings, view),
    }?;
    let finding = Finding::new(&RULE, &claim.at, problem.message).severity(problem.severity);
    if claims_are_there(request, workload, claim) {
        return Some(finding.severity(Severity::Medium).help(format!(
            "The volumes are there already and stay as they are; a further replica would not get one. Write another \
             storageClassName in the claim template {}",
            claim.name
        )));
    }
    let default = settings.default.as_str();
    let is_there = || matches!(view.serves(default), Serves::Yes | Serves::Unknown);
    if !default.is_empty() && annotation.is_none() && is_there() {
        return Some(finding.fix([Edit::set(pointer::join(&claim.at, ["spec", "storageClassName"]), default)]));
    }
    let mut help = if annotation.is_some() {
        format!("Remove the annotation {CLASS_ANNOTATION} from the claim template {} and write", claim.name)
    } else {
        format!("In the claim template {} write", claim.name)
    };
    help.push_str(" the name of another class in storageClassName");
    help.push_str(&problem.help);
    if !default.is_empty() && annotation.is_none() {
        help.push_str(&format!("; the class {default}, which tidegate is set to write there, does not exist either"));
    }
    Some(finding.help(help))
}

fn of_named(class: &str, claim: &Claim, settings: &Settings, view: &View) -> Option<Problem> {
    let name = &claim.name;
    if !settings.allows(class) {
        return Some(Problem::new(format!(
            "{} is not allowed for the database's volume {name}; allowed: {}",
            named(class),
            allowed(settings, view)
        )));
    }
    // No class, on purpose: volumes made by hand.
    if class.is_empty() {
        return None;
    }
    let problem = match view.serves(class) {
        Serves::Yes | Serves::Unknown => return None,
        Serves::No => Problem::new,
        Serves::OnlyByHand => Problem::waits,
    };
    let existing = existing(view).unwrap_or_default();
    Some(Problem {
        help: ", or make this one first: until then the Pod stays Pending".to_owned(),
        ..problem(format!("StorageClass {class} of the database's volume {name} does not exist; {existing}"))
    })
}

/// No class is written: the claim gets the cluster's default one, now or when there is one.
fn of_absent(claim: &Claim, settings: &Settings, view: &View) -> Option<Problem> {
    let name = &claim.name;
    let defaults = view.defaults();
    if let Some(defaults) = &defaults
        && defaults.iter().any(|class| settings.allows(class))
    {
        return None;
    }
    match defaults.as_deref() {
        Some([class, ..]) => Some(Problem::new(format!(
            "the database's volume {name} names no StorageClass, and the cluster's default, {class}, is not allowed; \
             allowed: {}",
            allowed(settings, view)
        ))),
        // A volume without a class may have been made by hand for it.
        Some([]) if view.serves("") == Serves::Yes && settings.allowed.is_empty() => None,
        Some([]) => Some(Problem {
            help: ", or mark one as the cluster's default: until then the Pod stays Pending".to_owned(),
            ..Problem::waits(format!(
                "the database's volume {name} names no StorageClass, and the cluster has no default one; {}",
                existing(view).unwrap_or_default()
            ))
        }),
        None if settings.allowed.is_empty() || settings.default.is_empty() => None,
        None => Some(Problem::new(format!(
            "the database's volume {name} names no StorageClass, and would get whichever is the cluster's default; \
             allowed: {}",
            allowed(settings, view)
        ))),
    }
}

/// The allowed classes, those that are known to be missing left out.
fn allowed(settings: &Settings, view: &View) -> String {
    let mut allowed: Vec<_> = settings
        .allowed
        .iter()
        .filter_map(|class| match class.as_str() {
            "" => Some("no class"),
            class => (view.serves(class) != Serves::No).then_some(class),
        })
        .collect();
    allowed.sort_unstable();
    if allowed.is_empty() { "none that exists".to_owned() } else { allowed.join(", ") }
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
