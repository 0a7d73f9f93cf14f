//! Several servers are kept apart, kept up while nodes are drained, and kept to their clients (MY025).

mod means;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Finding, Policy, Request, ResourceType, Rule, Severity, Workload};

use crate::means::Means;

/// The policy.
struct Availability;

const UNPROTECTED: Rule =
    Rule::new("MY025", "servers lack a PodDisruptionBudget, anti-affinity or a NetworkPolicy", Severity::Low);

/// What can be set.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// What servers must have: PodDisruptionBudget, AntiAffinity (or topologySpreadConstraints),
    /// NetworkPolicy.
    pub(crate) require: Vec<Means>,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { require: Means::ALL.to_vec(), ignore_containers: vec![] }
    }
}

impl Policy for Availability {
    type Settings = Settings;
    const NAME: &str = "availability";
    const TITLE: &str = "Several servers are kept apart, kept up and kept to their clients";
    const RULES: &[Rule] = &[UNPROTECTED];
    const READS: &[ResourceType] = &[means::BUDGET, means::NETWORK_POLICY];
    const KINDS: &[&str] = &["StatefulSet"];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        // One server is not kept up by a budget: it would only keep its node from being drained.
        let several = |workload: &&Workload| workload.replicas.is_some_and(|replicas| replicas > 1);
        let Some(workload) = request.workload().filter(several) else { return vec![] };
        let mut servers = workload.servers().map(|(container, _)| container);
        if !servers.any(|container| {
            matches!(container.placement.as_str(), "container" | "sidecar")
                && !settings.ignore_containers.contains(&container.name)
        }) {
            return vec![];
        }
        let missing: Vec<Means> = Means::ALL
            .iter()
            .copied()
            .filter(|means| settings.require.contains(means) && means.lacks(workload))
            .collect();
        if missing.is_empty() { vec![] } else { vec![finding(workload, &missing)] }
    }
}

tidegate_policy::export!(Availability);

/// One finding for all that is missing.
fn finding(workload: &Workload, missing: &[Means]) -> Finding {
    let replicas = workload.replicas.unwrap_or(1);
    let message = match missing {
        [one] => format!("the {replicas} servers have no {}: {}", one.name(), one.consequence()),
        _ => {
            let names: Vec<_> = missing.iter().map(|means| means.name()).collect();
            let consequences: Vec<_> = missing.iter().map(|means| means.consequence()).collect();
            format!("the {replicas} servers have no {}: {}", list(&names, "or"), list(&consequences, "and"))
        }
    };
    let help: Vec<_> = missing.iter().map(|means| means.help()).collect();
    Finding::new(&UNPROTECTED, &workload.pod_spec, message).help(format!("Add {}", help.join("; ")))
}

/// `a`, `a or b`, `a, b or c`.
fn list(words: &[&str], last: &str) -> String {
    match words {
        [others @ .., end] if !others.is_empty() => format!("{} {last} {end}", others.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list(&["a"], "or"), "a");
        assert_eq!(list(&["a", "b"], "or"), "a or b");
        assert_eq!(list(&["a", "b", "c"], "and"), "a, b and c");
    }
}
