//! The webhooks for policies that judge everything of a kind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::conditions::{self, not_sent_by};
use super::template::{self, Phase};
use crate::policy::{FailurePolicy, InstalledPolicy};
use crate::resources::Resource;

/// The webhook for policies whose objects pass while no gate answers, and the one for those whose objects wait.
pub(super) const NAMES: [&str; 2] = ["general.tidegate.dev", "general-required.tidegate.dev"];

/// A policy, and which resources it judges.
pub(super) type Asking<'a> = (&'a InstalledPolicy, Vec<&'a Resource>);

/// The webhooks that these policies need, beside those of MySQL that are there.
pub(super) fn webhooks(policies: &[Asking<'_>], model: &Value, others: &[Value], phase: Phase) -> Vec<Value> {
    let (required, ignored) = (of_those(policies, true), of_those(policies, false));
    // Where objects pass while no gate answers, nobody waits who should.
    let others_required: Vec<&Value> =
        others.iter().filter(|webhook| template::text(webhook, "failurePolicy") == "Fail").collect();
    let required = webhook(NAMES[1], "Fail", &required, model, &others_required, phase);
    let before: Vec<&Value> = others.iter().chain(&required).collect();
    let ignored = webhook(NAMES[0], "Ignore", &ignored, model, &before, phase);
    ignored.into_iter().chain(required).collect()
}

/// The policies with those of their resources whose objects wait for a gate that does not answer, or with the others.
fn of_those<'a>(policies: &[Asking<'a>], waiting: bool) -> Vec<Asking<'a>> {
    let mut all = policies.to_vec();
    for (policy, resources) in &mut all {
        let waits = policy.failure_policy == FailurePolicy::Fail;
        resources.retain(|resource| (waits && resource.may_wait()) == waiting);
    }
    all
}

fn webhook(
    name: &str,
    failure_policy: &str,
    policies: &[Asking<'_>],
    model: &Value,
    others: &[&Value],
    phase: Phase,
) -> Option<Value> {
    let resources: BTreeMap<(&str, &str), &Resource> = policies
        .iter()
        .flat_map(|(_, resources)| resources)
        .map(|resource| ((resource.group.as_str(), resource.plural.as_str()), *resource))
        .collect();
    if resources.is_empty() {
        return None;
    }
    let asking: Vec<&InstalledPolicy> =
        policies.iter().filter(|(_, resources)| !resources.is_empty()).map(|(policy, _)| *policy).collect();
    let mut conditions = conditions::general(&conditions::of_policies(&asking), model);
    for other in others {
        let sent = sent_by(other);
        let shared: Vec<_> = resources.keys().filter(|key| sent.contains(*key)).copied().collect();
        conditions.extend(not_sent_by(other, &shared));
    }
    let mut webhook = json!({
        "name": name,
        "clientConfig": model["clientConfig"],
        "admissionReviewVersions": ["v1"],
        "failurePolicy": failure_policy,
        "sideEffects": "NoneOnDryRun",
        "timeoutSeconds": model["timeoutSeconds"],
        "matchPolicy": "Equivalent",
        "namespaceSelector": model["namespaceSelector"],
        "rules": rules(resources.into_values()),
        "matchConditions": conditions,
    });
    if phase == Phase::Mutating {
        webhook["reinvocationPolicy"] = "IfNeeded".into();
    }
    Some(webhook)
}

/// One rule for all resources of a group, a version and a scope.
fn rules<'a>(resources: impl Iterator<Item = &'a Resource>) -> Vec<Value> {
    let mut together: BTreeMap<(&str, &str, bool), Vec<&str>> = BTreeMap::new();
    for resource in resources {
        let key = (resource.group.as_str(), resource.version.as_str(), resource.is_namespaced);
        together.entry(key).or_default().push(&resource.plural);
    }
    let rule = |((group, version, is_namespaced), resources): ((&str, &str, bool), Vec<&str>)| {
        json!({
            "apiGroups": [group],
            "apiVersions": [version],
            "resources": resources,
            "operations": ["CREATE", "UPDATE"],
            "scope": if is_namespaced { "Namespaced" } else { "Cluster" },
        })
    };
    together.into_iter().map(rule).collect()
}

/// The resources that a webhook asks for: group and plural.
fn sent_by(webhook: &Value) -> BTreeSet<(&str, &str)> {
    let texts = |rule, field| template::list(rule, field).iter().filter_map(Value::as_str);
    let rules = template::list(webhook, "rules").iter();
    rules
        .flat_map(|rule| {
            texts(rule, "apiGroups").flat_map(move |group| texts(rule, "resources").map(move |plural| (group, plural)))
        })
        .collect()
}
