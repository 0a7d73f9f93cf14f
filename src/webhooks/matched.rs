//! What the `match` of a policy says, in CEL.

use super::cel::{all, any, list, not, patterns, text};
use crate::policy::{InstalledPolicy, JudgedKind, LabelOperator, LabelRequirement, LabelSelector};

/// The namespace as `match` sees it: that of a cluster's own objects is empty. The request of a Namespace says that it
/// is in itself, the object does not.
const NAMESPACE: &str = "object.metadata.?namespace.orValue('')";
/// Empty as long as the API server has yet to make it.
const NAME: &str = "request.?name.orValue('')";

/// Whether a policy judges an object, as far as the API server can tell: labels of namespaces it cannot.
pub(super) fn matched(policy: &InstalledPolicy) -> String {
    let spec = policy.matcher.spec();
    let named = |kinds: &[String]| -> Vec<JudgedKind> { kinds.iter().map(|kind| JudgedKind::parse(kind)).collect() };
    let mut parts = Vec::new();
    parts.extend(kinds(&policy.module.description().kinds));
    parts.extend(kinds(&named(&spec.kinds)));
    if !spec.exclude.kinds.is_empty() {
        parts.push(kinds(&named(&spec.exclude.kinds)).map_or_else(|| "false".to_owned(), |kinds| not(&kinds)));
    }
    parts.extend(patterns(NAMESPACE, &spec.namespaces));
    if !spec.exclude.namespaces.is_empty() {
        let excluded = patterns(NAMESPACE, &spec.exclude.namespaces);
        parts.push(excluded.map_or_else(|| "false".to_owned(), |excluded| not(&excluded)));
    }
    if !spec.exclude.names.is_empty() {
        // What has no name yet is not excluded.
        let excluded = patterns(NAME, &spec.exclude.names).map(|excluded| not(&excluded));
        parts.push(any([format!("{NAME} == ''")].into_iter().chain(excluded).collect()).unwrap_or_default());
    }
    parts.extend(spec.object_selector.iter().flat_map(labels));
    parts.dedup();
    all(parts).unwrap_or_else(|| "true".to_owned())
}

/// Whether an object is of one of these kinds; none if any is.
fn kinds(kinds: &[JudgedKind]) -> Option<String> {
    let mut parts = Vec::new();
    let anywhere: Vec<&str> = kinds.iter().filter(|kind| kind.group.is_none()).map(|kind| kind.kind.as_str()).collect();
    if anywhere.contains(&"*") {
        return None;
    }
    if !anywhere.is_empty() {
        parts.push(format!("request.kind.kind in {}", list(anywhere)));
    }
    for JudgedKind { kind, group } in kinds {
        let Some(group) = group else { continue };
        let is_of_group = format!("request.kind.group == {}", text(group));
        parts.push(match kind.as_str() {
            "*" => is_of_group,
            kind => format!("({is_of_group} && request.kind.kind == {})", text(kind)),
        });
    }
    any(parts)
}

/// What a selector asks of an object's labels.
fn labels(selector: &LabelSelector) -> Vec<String> {
    let has = |key: &str| format!("{} in object.metadata.?labels.orValue({{}})", text(key));
    let value = |key: &str| format!("object.metadata.?labels[?{}].orValue('')", text(key));
    let listed = |key: &str, values: &[String]| {
        let is_listed = format!("{} in {}", value(key), list(values.iter().map(String::as_str)));
        // A label may be there and empty.
        if values.iter().any(String::is_empty) { format!("({} && {is_listed})", has(key)) } else { is_listed }
    };
    let exact = selector.match_labels.iter().map(|(key, value)| listed(key, std::slice::from_ref(value)));
    let required = selector.match_expressions.iter().map(|LabelRequirement { key, operator, values }| match operator {
        LabelOperator::In => listed(key, values),
        LabelOperator::NotIn => not(&listed(key, values)),
        LabelOperator::Exists => has(key),
        LabelOperator::DoesNotExist => not(&has(key)),
    });
    exact.chain(required).collect()
}
