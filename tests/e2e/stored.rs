//! What to look at in a stored workload.

use serde_json::{Value, json};

/// The annotation in which client-side apply keeps what was applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// `metadata.generation`.
pub(crate) fn generation(object: &Value) -> u64 {
    object["metadata"]["generation"].as_u64().unwrap_or_else(|| panic!("no generation"))
}

/// The text of the annotation in which client-side apply keeps what was applied; empty if it is
/// not there.
pub(crate) fn last_applied(object: &Value) -> &str {
    object["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap_or_default()
}

/// The pod spec of a workload.
pub(crate) fn pod_spec(object: &Value) -> &Value {
    let places = ["/spec/jobTemplate/spec/template/spec", "/spec/template/spec", "/template/spec", "/spec"];
    places.iter().find_map(|place| object.pointer(place)).unwrap_or_else(|| panic!("no pod spec"))
}

/// A container, init containers included, by its name.
#[track_caller]
pub(crate) fn container<'a>(object: &'a Value, name: &str) -> &'a Value {
    let pod = pod_spec(object);
    let mut all = ["initContainers", "containers"].into_iter().filter_map(|list| pod[list].as_array()).flatten();
    all.find(|container| container["name"] == name).unwrap_or_else(|| panic!("no container {name}"))
}

/// A variable of a container, whole.
#[track_caller]
pub(crate) fn variable<'a>(object: &'a Value, of: &str, name: &str) -> &'a Value {
    let variables = container(object, of)["env"].as_array().unwrap_or_else(|| panic!("no variables"));
    variables.iter().find(|variable| variable["name"] == name).unwrap_or_else(|| panic!("no variable {name}"))
}

/// A variable that takes its value from a key of a Secret.
pub(crate) fn from_secret(variable: &str, secret: &str, key: &str) -> Value {
    json!({"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}})
}

/// The words of a list, for instance of `args`.
pub(crate) fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether a probe asks the server by its TCP address: by `tcpSocket`, or by a client that is told
/// `-h127.0.0.1`. `localhost` would be the socket.
pub(crate) fn asks_by_tcp(probe: &Value) -> bool {
    probe["tcpSocket"].is_object() || words(&probe["exec"]["command"]).contains(&"-h127.0.0.1")
}

/// What a Secret holds under a key, as text.
#[track_caller]
pub(crate) fn secret_value(secret: &Value, key: &str) -> String {
    use base64::Engine as _;
    let encoded = secret["data"][key].as_str().unwrap_or_else(|| panic!("no key {key}"));
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
}
