//! Databases get their volumes from a storage class that exists and is allowed (MY010).

mod templates;
mod view;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Finding, Known, Policy, Request, ResourceType, Rule, Severity, Workload, cluster};

use crate::view::{CLAIM, Object, STORAGE_CLASS, Serves, VOLUME, View};

/// The policy.
struct StorageClass;

const RULE: Rule = Rule::new("MY010", "the database's storage class does not exist or is not allowed", Severity::High);

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
}

impl Settings {
    fn allows(&self, class: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed == class)
    }
}

impl Policy for StorageClass {
    type Settings = Settings;
    const NAME: &str = "storage-class";
    const TITLE: &str = "Databases get their volumes from a class that exists and is allowed";
    const RULES: &[Rule] = &[RULE];
    const READS: &[ResourceType] = &[STORAGE_CLASS, VOLUME, CLAIM];

    fn check(settings: &Settings) -> Result<(), String> {
        if settings.default.is_empty() || settings.allows(&settings.default) {
            return Ok(());
        }
        Err(format!("default: {} is not among allowed ({})", settings.default, settings.allowed.join(", ")))
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        let view = View::default();
        let volumes: BTreeSet<_> = workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter_map(|(_, server)| server.data_volume.as_ref())
            .map(|mount| mount.volume.as_str())
            .collect();
        volumes
            .into_iter()
            .filter_map(|name| match workload.claim(name) {
                _ if settings.ignore_claims.iter().any(|ignored| ignored == name) => None,
                // They cannot be changed any more: what was wrong before may stay.
                Some(_) if request.is_update() => None,
                Some(claim) => templates::judge(request, workload, claim, settings, &view),
                None => judge_claim(workload, name, settings, &view),
            })
            .collect()
    }
}

tidegate_policy::export!(StorageClass);

/// A claim that is there already, or perhaps is made later: that is another rule's matter.
fn judge_claim(workload: &Workload, volume: &str, settings: &Settings, view: &View) -> Option<Finding> {
    let volume = workload.volume(volume).filter(|volume| volume.kind == "persistentVolumeClaim")?;
    let name = volume.source.as_deref().filter(|name| !settings.ignore_claims.iter().any(|ignored| ignored == name))?;
    let Known::Yes(claim) = cluster::get::<Object>(&CLAIM, name) else { return None };
    let class = claim.class()?;
    let message = if !settings.allows(class) {
        format!("the claim {name} has {}, which is not allowed for databases", named(class))
    } else if !class.is_empty() && !claim.is_bound() && view.serves(class) == Serves::No {
        format!(
            "the claim {name} waits for StorageClass {class}, which does not exist; {}",
            existing(view).unwrap_or_default()
        )
    } else {
        return None;
    };
    let help = if claim.is_bound() {
        "A claim's class cannot be changed: make a new claim of an allowed class, copy the data while the server is \
         stopped, and mount the new one"
    } else {
        "A claim's class cannot be changed: delete the claim, which holds no data yet, and make it anew"
    };
    Some(Finding::new(&RULE, &volume.at, message).severity(Severity::Medium).help(help))
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
