//! What becomes of a configuration while a policy is missing here that other replicas may have in force: it asks for
//! what the policies here need, and goes on asking for whatever it asks for already.

use serde_json::{Value, json};

use super::conditions::{MATCHED, NOT_SENT_BY, either};
use super::merge::names;
use super::template::{self, Phase, Templates, list, text};

/// What is wanted, with all that the configuration which is there asks for beyond that.
pub(super) fn widened(live: &Value, wanted: &Value, templates: &Templates, phase: Phase) -> Value {
    let names = names(templates, phase);
    let named = |webhooks: &[Value], name: &str| webhooks.iter().find(|webhook| text(webhook, "name") == name).cloned();
    let (before, after) = (template::webhooks(live), template::webhooks(wanted));
    let wider = after.iter().map(|webhook| match named(before, text(webhook, "name")) {
        Some(live) => wider(&live, webhook),
        None => webhook.clone(),
    });
    let kept = before.iter().filter(|webhook| {
        let name = text(webhook, "name");
        names.contains(&name) && named(after, name).is_none()
    });
    let webhooks: Vec<Value> = wider.chain(kept.cloned()).collect();
    let mut widened = wanted.clone();
    widened["webhooks"] = webhooks.into();
    widened
}

fn wider(live: &Value, wanted: &Value) -> Value {
    let mut webhook = wanted.clone();
    // What asks for nothing has nothing to lose.
    if !list(live, "rules").is_empty() {
        webhook["rules"] = rules(list(live, "rules"), list(wanted, "rules")).into();
        webhook["matchConditions"] = conditions(list(live, "matchConditions"), list(wanted, "matchConditions")).into();
    }
    webhook
}

/// The rules that are there, with what is wanted beyond them.
fn rules(live: &[Value], wanted: &[Value]) -> Vec<Value> {
    let mut rules = live.to_vec();
    for rule in wanted {
        match rules.iter_mut().find(|other| is_alike(other, rule)) {
            Some(other) => {
                let there = list(other, "resources");
                let more = list(rule, "resources").iter().filter(|resource| !there.contains(resource));
                let resources: Vec<Value> = there.iter().chain(more).cloned().collect();
                other["resources"] = resources.into();
            }
            None => rules.push(rule.clone()),
        }
    }
    rules
}

/// Whether two rules differ in their resources at most.
fn is_alike(left: &Value, right: &Value) -> bool {
    let without_resources = |rule: &Value| {
        let mut rule = rule.clone();
        rule["resources"] = Value::Null;
        rule
    };
    without_resources(left) == without_resources(right)
}

/// Conditions that leave out nothing that either would send. Only some follow from the policies; the others are the
/// same for any set.
fn conditions(live: &[Value], wanted: &[Value]) -> Vec<Value> {
    let wider = |condition: &Value| {
        let name = text(condition, "name");
        if name != MATCHED && !name.starts_with(NOT_SENT_BY) {
            return Some(condition.clone());
        }
        // What is not asked there leaves out nothing.
        let before = live.iter().find(|before| text(before, "name") == name)?;
        let (before, expression) = (text(before, "expression"), text(condition, "expression"));
        if name == MATCHED {
            Some(json!({ "name": name, "expression": either(before, expression) }))
        } else {
            (before == expression).then(|| condition.clone())
        }
    };
    wanted.iter().filter_map(wider).collect()
}
