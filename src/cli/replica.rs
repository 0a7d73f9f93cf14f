//! Who this replica is, among the others.

/// The pod's name, which differs between replicas; elsewhere the process and when it started.
pub(super) fn identity() -> String {
    let pod = std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty());
    let host = pod.unwrap_or_else(|| "tidegate".to_owned());
    format!("{host}_{}_{}", std::process::id(), jiff::Timestamp::now().as_nanosecond())
}
