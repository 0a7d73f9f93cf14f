//! The webhook configurations that a set of policies needs. No cluster is asked.

use std::collections::BTreeSet;

use serde_json::Value;

use super::gap::Gap;
use super::general::{self, Asking};
use super::template::{self, Phase, Templates};
use crate::policy::{Action, InstalledPolicy, JudgedKind, PolicySet};
use crate::resources::{Resource, Resources};

/// What a set of policies needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// For repairs.
    pub mutating: Value,
    /// For judgements.
    pub validating: Value,
    /// What policies would judge and are not asked about.
    pub gaps: Vec<Gap>,
}

impl Derived {
    /// That of a phase.
    pub fn of(&self, phase: Phase) -> &Value {
        match phase {
            Phase::Mutating => &self.mutating,
            Phase::Validating => &self.validating,
        }
    }
}

/// Makes of the templates what the policies need, where there are these resources.
pub fn derive(templates: &Templates, policies: &PolicySet, resources: &Resources) -> Derived {
    let mut gaps = BTreeSet::new();
    let general: Vec<Asking<'_>> = policies
        .iter()
        .filter(|policy| policy.is_general())
        .map(|policy| (policy, asked(policy, resources, &mut gaps)))
        .collect();
    let mysql: Vec<&InstalledPolicy> = policies.iter().filter(|policy| !policy.is_general()).collect();
    let known = Resources::of_kubernetes();
    let configuration = |phase: Phase| {
        let wants = |policy: &InstalledPolicy| phase == Phase::Validating || policy.action == Action::Fix;
        let mysql: Vec<_> = mysql.iter().copied().filter(|policy| wants(policy)).collect();
        let general: Vec<_> = general.iter().filter(|(policy, _)| wants(policy)).cloned().collect();
        let mut configuration = templates.of(phase).clone();
        let all = template::webhooks(templates.of(phase));
        let mut webhooks: Vec<Value> = all.iter().filter_map(|webhook| narrowed(webhook, &mysql, &known)).collect();
        if let Some(model) = all.first() {
            webhooks.extend(general::webhooks(&general, model, &webhooks, phase));
        }
        configuration["webhooks"] = webhooks.into();
        configuration
    };
    Derived {
        mutating: configuration(Phase::Mutating),
        validating: configuration(Phase::Validating),
        gaps: gaps.into_iter().collect(),
    }
}

/// The resources that a policy on everything judges; what is missing becomes a gap.
fn asked<'a>(policy: &InstalledPolicy, resources: &'a Resources, gaps: &mut BTreeSet<Gap>) -> Vec<&'a Resource> {
    let wanted: Vec<JudgedKind> = policy.matcher.spec().kinds.iter().map(|kind| JudgedKind::parse(kind)).collect();
    let described = &policy.module.description().kinds;
    let name = || policy.name.clone();
    if wanted.is_empty() && described.iter().any(|kind| kind.kind == "*") {
        gaps.insert(Gap::NoKinds { policy: name() });
    }
    let is_named = |kind: &&JudgedKind| kind.kind != "*" || kind.group.is_some();
    for kind in if wanted.is_empty() { described } else { &wanted }.iter().filter(is_named) {
        let found: Vec<&Resource> =
            resources.iter().filter(|resource| kind.holds(&resource.api_version(), &resource.kind)).collect();
        if found.is_empty() {
            gaps.insert(Gap::Unknown { policy: name(), kind: kind.to_string() });
        } else if !found.iter().any(|resource| resource.is_sent()) {
            gaps.insert(Gap::NeverSent { policy: name(), kind: kind.to_string() });
        }
    }
    policy.asked_of(resources)
}

/// A webhook of the templates with those of its resources that a policy judges; none if there are none.
fn narrowed(webhook: &Value, policies: &[&InstalledPolicy], known: &Resources) -> Option<Value> {
    let is_judged = |group: &str, plural: &str| {
        known.get(group, plural).is_none_or(|resource| {
            policies.iter().any(|policy| policy.judges_kind(&resource.api_version(), &resource.kind))
        })
    };
    let rules: Vec<Value> = template::list(webhook, "rules")
        .iter()
        .filter_map(|rule| {
            let groups = template::list(rule, "apiGroups");
            let group = groups.first().and_then(Value::as_str).unwrap_or_default();
            let all = template::list(rule, "resources").iter();
            let kept: Vec<Value> =
                all.filter(|plural| is_judged(group, plural.as_str().unwrap_or_default())).cloned().collect();
            let mut rule = rule.clone();
            rule["resources"] = kept.clone().into();
            (!kept.is_empty()).then_some(rule)
        })
        .collect();
    let mut webhook = webhook.clone();
    webhook["rules"] = rules.clone().into();
    (!rules.is_empty()).then_some(webhook)
}
