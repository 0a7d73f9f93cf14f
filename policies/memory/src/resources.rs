//! How much memory a container gets, by its own resources or its Pod's.

use serde::Deserialize;
use tidegate_policy::{Container, Value, Workload, quantity, raw};

/// The memory that a container may use.
pub(crate) struct Memory {
    /// A request or limit makes the Pod no BestEffort one: a limit alone is the request too.
    pub(crate) has_request: bool,
    /// Something is written for a limit.
    pub(crate) has_limit: bool,
    /// The limit that holds for the container. None: there is none, or it cannot be read.
    pub(crate) limit: Option<Limit>,
}

/// A limit that can be read.
pub(crate) struct Limit {
    pub(crate) bytes: f64,
    /// As the author wrote it.
    pub(crate) written: String,
    /// It is `spec.resources` of the Pod, which all of its containers share (Kubernetes 1.34).
    pub(crate) is_of_pod: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resources {
    requests: Option<Amounts>,
    limits: Option<Amounts>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Amounts {
    memory: Option<Value>,
}

impl Memory {
    /// What is written for a container and its Pod. The smaller limit holds.
    pub(crate) fn of(workload: &Workload, container: &Container) -> Self {
        let own: Resources = raw::at(&container.path(["resources"])).unwrap_or_default();
        let pod: Resources = raw::at(&workload.pod_spec_path(["resources"])).unwrap_or_default();
        let is_written = |amounts: &Option<Amounts>| amounts.as_ref().is_some_and(|amounts| amounts.memory.is_some());
        let has_limit = is_written(&own.limits) || is_written(&pod.limits);
        let has_request = has_limit || is_written(&own.requests) || is_written(&pod.requests);
        let limits = [limit(own.limits, false), limit(pod.limits, true)];
        let smallest = limits.into_iter().flatten().min_by(|one, other| one.bytes.total_cmp(&other.bytes));
        Self { has_request, has_limit, limit: smallest }
    }
}

fn limit(amounts: Option<Amounts>, is_of_pod: bool) -> Option<Limit> {
    // A quantity may be a text or a number.
    let written = match amounts?.memory? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let bytes = quantity::bytes(&written).filter(|bytes| *bytes > 0.0)?;
    Some(Limit { bytes, written, is_of_pod })
}

/// Where a finding on a container's resources stands.
pub(crate) fn place(container: &Container) -> String {
    let resources = container.path(["resources"]);
    if raw::at::<Value>(&resources).is_some_and(|found| !found.is_null()) { resources } else { container.at.clone() }
}

/// A size as Kubernetes would write it, rounded up.
pub(crate) fn in_words(bytes: f64) -> String {
    const MEBI: f64 = 1_048_576.0;
    let mebi = (bytes / MEBI).ceil();
    if mebi >= 1024.0 && mebi % 1024.0 == 0.0 { format!("{}Gi", mebi / 1024.0) } else { format!("{mebi}Mi") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        for (bytes, words) in
            [(1_073_741_824.0, "1Gi"), (134_217_728.0, "128Mi"), (1_431_655_765.4, "1366Mi"), (1.0, "1Mi")]
        {
            assert_eq!(in_words(bytes), words);
        }
    }
}
