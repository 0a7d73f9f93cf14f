//! The conditions under which an object is sent because a policy judges everything of its kind.

use serde_json::{Value, json};

use super::cel::{all, any, list, not, text};
use super::matched::matched;
use super::template;
use crate::policy::InstalledPolicy;
use crate::workload::KINDS;

/// How the conditions begin that leave out what another webhook sends; the first label of its name follows.
pub(super) const NOT_SENT_BY: &str = "not-sent-by-";
/// The name of the condition that says what policies match.
pub(super) const MATCHED: &str = "matched";
/// What stands between that of one policy and that of the next. No text within has it: ends of lines are escaped.
const OR: &str = " ||\n";
/// More fields than this an object has only on purpose: to look through them might cost more than the API server
/// grants, so it is sent unseen.
const MOST_FIELDS: usize = 100;
/// The longest expression, in bytes. CEL takes 100,000 letters (cel-go, `ExpressionSizeLimit`), and the whole
/// configuration has to fit into an object of 1.5 MiB.
const LONGEST: usize = 90_000;
/// Conditions of the templates that say what the engine says of everything that runs pods.
const FOR_ALL_PODS: [&str; 2] = ["not-controlled", "not-operator-managed"];
/// The groups that hold the kinds that run pods.
const GROUPS_OF_PODS: [&str; 4] = ["", "apps", "batch", "extensions"];

/// Which objects policies judge.
pub(super) fn of_policies(policies: &[&InstalledPolicy]) -> String {
    together(policies.iter().map(|policy| matched(policy)).collect())
}

/// What either of two sets of policies judges, of what [`of_policies`] said of each.
pub(super) fn either(left: &str, right: &str) -> String {
    together([left, right].into_iter().flat_map(|one| one.split(OR)).map(str::to_owned).collect())
}

fn together(mut each: Vec<String>) -> String {
    each.sort();
    each.dedup();
    if each.iter().any(|expression| expression == "true") {
        return "true".to_owned();
    }
    let together = each.join(OR);
    // Then the rules alone say what is sent: more than is judged, and never less.
    if together.len() > LONGEST { "true".to_owned() } else { together }
}

/// The conditions of a webhook for policies: what they match, and what the engine leaves alone.
pub(super) fn general(matched: &str, model: &Value) -> Vec<Value> {
    let runs_pods = format!(
        "request.kind.group in {} && request.kind.kind in {}",
        list(GROUPS_OF_PODS),
        list(KINDS.iter().copied())
    );
    let of_pods = |one: &Value| {
        let (name, expression) = (template::text(one, "name"), template::text(one, "expression"));
        FOR_ALL_PODS.contains(&name).then(|| condition(name, &format!("{} || ({expression})", not(&runs_pods))))
    };
    [condition(MATCHED, matched), condition("changed", &changed())]
        .into_iter()
        .chain(template::list(model, "matchConditions").iter().filter_map(of_pods))
        .collect()
}

/// Leaves out what another webhook sends already: those of its resources that this one asks for too, if its conditions
/// hold.
pub(super) fn not_sent_by(webhook: &Value, shared: &[(&str, &str)]) -> Option<Value> {
    if shared.is_empty() {
        return None;
    }
    let of = |(group, plural): &(&str, &str)| {
        format!("(request.resource.group == {} && request.resource.resource == {})", text(group), text(plural))
    };
    let conditions = template::list(webhook, "matchConditions").iter();
    let parts = any(shared.iter().map(of).collect())
        .into_iter()
        .chain(conditions.map(|one| format!("({})", template::text(one, "expression"))))
        .collect();
    Some(condition(&not_sent_name(template::text(webhook, "name")), &not(&all(parts)?)))
}

/// The name of the condition that leaves out what a webhook sends.
pub(super) fn not_sent_name(webhook: &str) -> String {
    format!("{NOT_SENT_BY}{}", webhook.split('.').next().unwrap_or_default())
}

/// Whether an update changes what policies judge: anything but the status and what the API server keeps in `metadata`.
fn changed() -> String {
    let kept = list(["metadata", "status"]);
    [
        "request.operation != 'UPDATE'".to_owned(),
        "object.metadata.?labels != oldObject.metadata.?labels".to_owned(),
        "object.metadata.?annotations != oldObject.metadata.?annotations".to_owned(),
        format!("size(object) > {MOST_FIELDS}"),
        format!(
            "object.exists(field, !(field in {kept}) && (!(field in oldObject) || object[field] != oldObject[field]))"
        ),
        format!("oldObject.exists(field, !(field in {kept}) && !(field in object))"),
    ]
    .join(" ||\n")
}

fn condition(name: &str, expression: &str) -> Value {
    json!({ "name": name, "expression": expression })
}
