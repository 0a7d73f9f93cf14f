//! Databases get their volumes from a storage class that exists and is allowed (MY010), and that does
//! well by them (MY035).

mod claims;
mod class;
mod problem;
mod templates;
mod view;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity, Workload};

use crate::view::{CLAIM, STORAGE_CLASS, VOLUME, View};

/// The policy.
struct StorageClass;

const RULE: Rule = Rule::new("MY010", "the database's storage class does not exist or is not allowed", Severity::High);
const CLASS: Rule =
    Rule::new("MY035", "the database's storage class keeps no data, does not grow or binds too soon", Severity::Low);

/// What can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The classes that databases may use; the empty text is "no class, volumes made by hand".
    /// Empty: every class that exists.
    pub(crate) allowed: Vec<String>,
    /// The class to set on CREATE in place of one that is not allowed or does not exist. Empty: it
    /// is refused instead.
    pub(crate) default: String,
    /// Names of claim templates and claims that are not looked at.
    pub(crate) ignore_claims: Vec<String>,
    /// Names of StorageClasses of which it does not matter how they do by databases.
    pub(crate) ignore_classes: Vec<String>,
}

impl Settings {
    fn allows(&self, class: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed == class)
    }

    fn ignores(&self, claim: &str) -> bool {
        self.ignore_claims.iter().any(|ignored| ignored == claim)
    }
}

impl Policy for StorageClass {
    type Settings = Settings;
    const NAME: &str = "storage-class";
    const TITLE: &str = "Databases get their volumes from a class that exists and is allowed";
    const RULES: &[Rule] = &[RULE, CLASS];
    const READS: &[ResourceType] = &[STORAGE_CLASS, VOLUME, CLAIM, claims::STATEFUL_SET, claims::DEPLOYMENT];
    const KINDS: &[&str] = &[
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "PersistentVolumeClaim",
        "Pod",
        "PodTemplate",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
        "StorageClass",
    ];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        if settings.default.is_empty() || settings.allows(&settings.default) {
            return Ok(());
        }
        Err(format!("default: {} is not among allowed ({})", settings.default, settings.allowed.join(", ")))
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let view = View::default();
        match request.workload() {
            Some(workload) if workload.immutable => vec![],
            Some(workload) => judge(request, workload, settings, &view),
            None if request.kind() == "PersistentVolumeClaim" => {
                claims::judge(request, settings, &view).into_iter().collect()
            }
            None if request.kind() == "StorageClass" => class::judge(request, settings).into_iter().collect(),
            None => vec![],
        }
    }
}

tidegate_policy::export!(StorageClass);

/// The findings on the volumes that keep the data of a workload's servers.
fn judge(request: &Request, workload: &Workload, settings: &Settings, view: &View) -> Vec<Finding> {
    let volumes: BTreeSet<_> = workload
        .servers()
        .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
        .filter_map(|(_, server)| server.data_volume.as_ref())
        .map(|mount| mount.volume.as_str())
        .collect();
    volumes
        .into_iter()
        .filter_map(|name| match workload.claim(name) {
            _ if settings.ignores(name) => None,
            // They cannot be changed any more: what was wrong before may stay.
            Some(_) if request.is_update() => None,
            Some(claim) => templates::judge(request, workload, claim, settings, view),
            None => claims::of_workload(workload, name, settings, view),
        })
        .collect()
}

/// A class in a sentence.
fn named(class: &str) -> String {
    if class.is_empty() { "no StorageClass".to_owned() } else { format!("StorageClass {class}") }
}

/// Which classes there are, as a sentence's end.
fn existing(view: &View) -> Option<String> {
    let classes = view.classes()?;
    Some(if classes.is_empty() {
        "no StorageClass exists".to_owned()
    } else {
        format!("these exist: {}", classes.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(allowed: &[&str], default: &str) -> Settings {
        Settings {
            allowed: allowed.iter().map(|class| (*class).to_owned()).collect(),
            default: default.to_owned(),
            ..Settings::default()
        }
    }

    #[test]
    fn the_default_must_be_allowed() {
        assert_eq!(StorageClass::check(&settings(&[], "")), Ok(()));
        assert_eq!(StorageClass::check(&settings(&[], "fast")), Ok(()));
        assert_eq!(StorageClass::check(&settings(&["fast"], "")), Ok(()));
        assert_eq!(StorageClass::check(&settings(&["fast"], "fast")), Ok(()));
        assert_eq!(
            StorageClass::check(&settings(&["fast", "safe"], "slow")),
            Err("default: slow is not among allowed (fast, safe)".to_owned())
        );
    }

    #[test]
    fn no_class_is_allowed_only_by_name() {
        assert!(settings(&[], "").allows(""));
        assert!(!settings(&["fast"], "").allows(""));
        assert!(settings(&["fast", ""], "").allows(""));
    }
}
