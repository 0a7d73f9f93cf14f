//! Whether an object may have to do with MySQL at all: a look that costs next to nothing, because
//! most objects have not.
//!
//! What is false here is not judged. The conditions of `webhook-deploy/` say the same in CEL, for the
//! API server to ask before it asks the gate; `tests/webhook_conditions/` holds the two together.

use serde_json::Value;

use super::credential::{is_generic_evidence, is_generic_password};
use super::location::Location;

/// What occurs in the names of MySQL's images, and in what people call their databases.
const NAMES: &[&str] = &["mysql", "maria", "percona", "xtrabackup", "galera", "mydumper"];
/// Ports of MySQL: the protocol's, the X protocol's and the administrative one.
const PORTS: &[u64] = &[3306, 33060, 33062];
/// Variables that are credentials of MySQL's programs without saying so in their name.
const VARIABLES: &[&str] =
    &["DATA_SOURCE_NAME", "PMA_PASSWORD", "WORDPRESS_DB_PASSWORD", "WSREP_SST_PASSWORD", "XTRABACKUP_PASSWORD"];
/// How far into a value its scheme can be.
const SCHEME: usize = 32;

/// The kinds that are judged beside those that run pods.
pub const RELATED_KINDS: &[(&str, &str)] =
    &[("v1", "ConfigMap"), ("v1", "PersistentVolumeClaim"), ("v1", "Service"), ("storage.k8s.io/v1", "StorageClass")];

/// Whether an object may have to do with MySQL.
pub fn may_concern_mysql(object: &Value) -> bool {
    if let Some(location) = Location::of(object) {
        let pod = object.pointer(location.pod_spec);
        return ["containers", "initContainers", "ephemeralContainers"].iter().any(|list| {
            pod.and_then(|pod| pod.get(list)).is_some_and(|list| match list {
                Value::Array(containers) => containers.iter().any(container),
                Value::Null => false,
                // It does not fit the kind, and that is to be said.
                _ => true,
            })
        }) || pod.is_some_and(|pod| !pod.is_object() && !pod.is_null());
    }
    match kind(object) {
        Some("Service") => service(object),
        Some("ConfigMap") => config_map(object),
        Some("PersistentVolumeClaim" | "StorageClass") => is_named_so(object),
        _ => false,
    }
}

/// The part of an object without pods that is judged: an update that leaves it as it is passes. None
/// for kinds that are not judged.
pub fn judged_part(object: &Value) -> Option<&'static [&'static str]> {
    Some(match kind(object)? {
        "ConfigMap" => &["/data", "/binaryData"],
        "StorageClass" => &["/reclaimPolicy", "/allowVolumeExpansion", "/volumeBindingMode"],
        // An annotation may say to whom a load balancer opens it.
        "Service" => &["/spec", "/metadata/annotations"],
        _ => &["/spec"],
    })
}

fn kind(object: &Value) -> Option<&str> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let (api_version, kind) = (text("apiVersion")?, text("kind")?);
    RELATED_KINDS.contains(&(api_version, kind)).then_some(kind)
}

fn container(container: &Value) -> bool {
    let Some(fields) = container.as_object() else { return !container.is_null() };
    let list = |key: &str| fields.get(key).and_then(Value::as_array).into_iter().flatten();
    is_named(fields.get("name"))
        || fields.get("image").and_then(Value::as_str).is_some_and(|image| image.len() > 1000 || names_mysql(image))
        || list("ports").any(|port| is_port(port.get("containerPort")))
        || list("volumeMounts").any(|mount| {
            mount
                .get("mountPath")
                .and_then(Value::as_str)
                .is_some_and(|path| path.starts_with("/var/lib/mysql") || path.starts_with("/bitnami"))
        })
        || variables(fields.get("env"))
}

fn variables(env: Option<&Value>) -> bool {
    let Some(env) = env.and_then(Value::as_array) else { return false };
    let mut generic = false;
    let mut evidence = false;
    for variable in env {
        let text = |key: &str| variable.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, value) = (text("name"), text("value"));
        if name.contains("MYSQL") || name.contains("MARIADB") || VARIABLES.contains(&name) {
            return true;
        }
        if value.contains("://") && is_address(value) {
            return true;
        }
        generic |= !generic && is_generic_password(name);
        evidence |= is_generic_evidence(value);
    }
    generic && evidence
}

/// The address of a MySQL server: its scheme is at the start, behind at most a few spaces.
fn is_address(value: &str) -> bool {
    let mut end = value.len().min(SCHEME);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let start = &value[..end];
    is_in(start, &["mysql", "maria"])
        || start.bytes().take(9).filter(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').count() == 9
}

fn service(object: &Value) -> bool {
    let ports = object.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten();
    let selector = object.pointer("/spec/selector").and_then(Value::as_object).into_iter().flatten();
    ports
        .into_iter()
        .any(|port| is_port(port.get("port")) || is_port(port.get("targetPort")) || is_named(port.get("targetPort")))
        || selector.into_iter().any(|(_, value)| is_named(Some(value)))
        || is_named_so(object)
}

/// Entries of a ConfigMap are option files, SQL or scripts by what they hold, whatever their names.
fn config_map(object: &Value) -> bool {
    let entries = object.get("data").and_then(Value::as_object).into_iter().flatten();
    entries.into_iter().any(|(key, value)| {
        key.ends_with(".cnf")
            || names_mysql(key)
            || value.as_str().is_some_and(|text| {
                ["mysql", "maria", "IDENTIFIED BY", "identified by"].iter().any(|word| text.contains(word))
            })
    }) || object
        .get("binaryData")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .any(|(key, _)| key.ends_with(".cnf"))
}

fn is_named_so(object: &Value) -> bool {
    is_named(object.pointer("/metadata/name"))
}

fn is_named(value: Option<&Value>) -> bool {
    value.and_then(Value::as_str).is_some_and(names_mysql)
}

fn is_port(value: Option<&Value>) -> bool {
    value.and_then(Value::as_u64).is_some_and(|port| PORTS.contains(&port))
}

/// Whether a text names MySQL or one of its relatives, in any case.
pub fn names_mysql(text: &str) -> bool {
    is_in(text, NAMES)
}

fn is_in(text: &str, names: &[&str]) -> bool {
    let text = text.as_bytes();
    names.iter().any(|name| text.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes())))
}
