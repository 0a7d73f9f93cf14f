//! Which item of one list is which of another: by what the API server merges lists by, not by their order.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

/// Lists whose items have keys, and these; what an item does not say has the value behind the equals sign.
///
/// Source: `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of the API server's OpenAPI document
/// (v1.36). Claim templates have no key there; a StatefulSet tells them apart by name.
const KEYS: &[(&str, &[&str])] = &[
    ("conditions", &["type"]),
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("resourceClaims", &["name"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("volumeClaimTemplates", &["metadata.name"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];

/// What each item is known by; nothing, if the list is one that is set as a whole, or if two items have the same.
pub(super) fn identities(list: &str, items: &[Value]) -> Option<Vec<String>> {
    let known: Vec<String> = items.iter().map(|item| identity(list, item)).collect::<Option<_>>()?;
    let distinct: HashSet<&String> = known.iter().collect();
    (distinct.len() == known.len()).then_some(known)
}

/// What one item of a list is known by.
fn identity(list: &str, item: &Value) -> Option<String> {
    if list == "ports" {
        // Those of containers have a containerPort, those of Services a port.
        let port = item.get("containerPort").or_else(|| item.get("port"))?;
        let protocol = item.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
        return Some(format!("{} {protocol}", text(port)?));
    }
    let (_, keys) = KEYS.iter().find(|(name, _)| *name == list)?;
    let parts: Option<Vec<String>> = keys.iter().map(|key| text(part(item, key)?)).collect();
    Some(parts?.join(" "))
}

/// For each of the first list's items the index of its partner.
pub(super) fn pairs(own: &[String], theirs: &[String]) -> Vec<Option<usize>> {
    let places: HashMap<&String, usize> = theirs.iter().enumerate().map(|(index, key)| (key, index)).collect();
    own.iter().map(|key| places.get(key).copied()).collect()
}

fn part<'a>(item: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(item, |value, name| value.get(name))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
