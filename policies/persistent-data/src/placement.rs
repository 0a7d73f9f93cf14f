//! Whether the pods of a workload always run on the same node.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Workload, raw};

/// The label that every node has with its own name, more or less.
const HOST_NAME: &str = "kubernetes.io/hostname";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Term {
    match_expressions: Option<Vec<Condition>>,
    match_fields: Option<Vec<Condition>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Condition {
    key: String,
    operator: String,
    values: Option<Vec<String>>,
}

/// True if the pods can run on one node only, whose name is written.
pub(crate) fn is_on_one_node(workload: &Workload) -> bool {
    let at = |steps: &[&str]| workload.pod_spec_path(steps.iter().copied());
    raw::at::<String>(&at(&["nodeName"])).is_some_and(|node| !node.is_empty())
        || raw::at::<BTreeMap<String, String>>(&at(&["nodeSelector"]))
            .is_some_and(|labels| labels.contains_key(HOST_NAME))
        || raw::at::<Vec<Term>>(&at(&[
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        ]))
        .is_some_and(|terms| names_one_node(&terms))
}

/// Terms are alternatives, the conditions of one must all hold.
fn names_one_node(terms: &[Term]) -> bool {
    let is_one = |condition: &Condition, key: &str| {
        condition.key == key
            && condition.operator == "In"
            && condition.values.as_ref().is_some_and(|values| values.len() == 1)
    };
    let [term] = terms else { return false };
    term.match_expressions.iter().flatten().any(|condition| is_one(condition, HOST_NAME))
        || term.match_fields.iter().flatten().any(|condition| is_one(condition, "metadata.name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::json;

    #[test]
    fn one_node_is_named() {
        let host = |values: tidegate_policy::Value| json!({ "matchExpressions": [{ "key": HOST_NAME, "operator": "In", "values": values }] });
        for (terms, expected) in [
            (json!([host(json!(["node-1"]))]), true),
            (json!([host(json!(["node-1", "node-2"]))]), false),
            (json!([host(json!(["node-1"])), host(json!(["node-2"]))]), false),
            (json!([{ "matchFields": [{ "key": "metadata.name", "operator": "In", "values": ["node-1"] }] }]), true),
            (json!([{ "matchExpressions": [{ "key": "disk", "operator": "Exists" }] }]), false),
            (json!([]), false),
        ] {
            let text = terms.to_string();
            assert_eq!(names_one_node(&Vec::<Term>::deserialize(terms).unwrap()), expected, "{text}");
        }
    }
}
