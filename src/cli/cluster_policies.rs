//! The policies and exceptions that are objects of an audited cluster, put in force as its gate does it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use kube::Resource;
use serde_json::Value;
use tokio::time::timeout;

use super::live::{Connection, Unheard};
use super::policies::{self, PolicyArguments};
use super::progress::Patience;
use crate::cluster::{Extent, Listing, TypeError, Types, Unlisted, Wanted};
use crate::controller::{self, ClusterPolicy, ClusterPolicyStatus};
use crate::lookup::ResourceType;
use crate::policy::{
    CLUSTER, InstalledPolicy, PolicyDocument, PolicyException, PolicySet, exception_of_object, pinned,
    policy_of_object, resolved_digest,
};

/// How long it may take to hear whether there are such kinds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Loads at one time: each takes a processor, and memory while it compiles.
const LOADS: usize = 4;
/// What becomes of a policy whose object cannot be used.
const BENEATH: &str = "the policy of this name in a file or in the program counts instead, if there is one; the gate's own \
                       word on it is in the object's status";
/// What becomes of an exception that cannot be used.
const NO_EXCEPTION: &str = "it excepts nothing, at the gate neither";

/// Whether they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ClusterPolicies {
    /// As the gate of the cluster judges by them.
    Use,
    /// Only the policies of files and of the program count.
    Ignore,
}

/// The policies in force for an audit of a cluster, with those that are its objects if they count; and what of them
/// could not be had.
pub(super) fn load(
    choice: ClusterPolicies,
    connection: &Connection,
    namespaces: &[String],
    arguments: &PolicyArguments,
) -> anyhow::Result<(Arc<PolicySet>, Vec<Unheard>)> {
    let (loader, beneath) = policies::load_beside(arguments, connection.threads(), Some(connection.client()))?;
    if choice == ClusterPolicies::Ignore {
        return Ok((beneath, Vec::new()));
    }
    let (stored, mut unheard) = Stored::read(connection, namespaces);
    let _patience = Patience::with("fetching and compiling the cluster's policies, which are kept for the next time");
    let load = |document: &PolicyDocument| loader.install(CLUSTER, document).map_err(|error| error.to_string());
    let (policies, problems) = stored.above(&beneath, load, Timestamp::now());
    unheard.extend(problems);
    Ok((Arc::new(policies), unheard))
}

/// The objects, as the API server has them.
#[derive(Default)]
struct Stored {
    policies: Vec<Value>,
    exceptions: Vec<Value>,
}

impl Stored {
    /// Reads them; where there are no such kinds, there are none. Exceptions only of these namespaces, if some are named:
    /// they hold for nothing outside of their own.
    fn read(connection: &Connection, namespaces: &[String]) -> (Self, Vec<Unheard>) {
        let mut stored = Self::default();
        let (policy, exception) = (kind_of::<ClusterPolicy>(), kind_of::<controller::PolicyException>());
        let types = Types::new(connection.client());
        let wanted: Vec<Wanted> = [policy.clone(), exception]
            .into_iter()
            .filter(|kind| is_served(connection, &types, kind))
            .map(|kind| Wanted { kind, fields: None })
            .collect();
        if wanted.is_empty() {
            return (stored, Vec::new());
        }
        let extent = Extent { namespaces: namespaces.to_vec(), labels: None };
        let listing = Listing::new(connection.client(), connection.threads().clone(), extent, || false);
        let unlisted = listing.read(&wanted, &mut |object| {
            let is_policy = text(&object, "/kind") == policy.kind;
            let of_its_kind = if is_policy { &mut stored.policies } else { &mut stored.exceptions };
            of_its_kind.push(object);
            ControlFlow::Continue(())
        });
        (stored, unlisted.into_iter().map(unheard).collect())
    }

    /// The set that follows: an object takes the place of what has its name in a file or in the program.
    fn above(
        &self,
        beneath: &PolicySet,
        load: impl Fn(&PolicyDocument) -> Result<InstalledPolicy, String> + Sync,
        now: Timestamp,
    ) -> (PolicySet, Vec<Unheard>) {
        let mut policies: BTreeMap<&str, InstalledPolicy> =
            beneath.iter().map(|policy| (policy.name.as_str(), policy.clone())).collect();
        let mut problems = Vec::new();
        for (name, loaded) in self.load_all(&load) {
            match loaded {
                Ok(Some(policy)) => drop(policies.insert(name, policy)),
                Ok(None) => drop(policies.remove(name)),
                Err(problem) => {
                    let reason = without_place(&problem, &format!("policy {name}"));
                    problems.push(Unheard { what: format!("ClusterPolicy {name}"), reason, way_out: Some(BENEATH) });
                }
            }
        }
        let mut exceptions: Vec<Arc<PolicyException>> =
            beneath.exceptions().iter().map(|installed| Arc::clone(&installed.exception)).collect();
        for object in &self.exceptions {
            let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
            match exception_of_object(namespace, name, spec(object)) {
                Ok(exception) => exceptions.push(Arc::new(exception)),
                Err(problem) => {
                    let (what, way_out) = (format!("PolicyException {namespace}/{name}"), Some(NO_EXCEPTION));
                    let reason = without_place(&problem, &format!("exception {name}"));
                    problems.push(Unheard { what, reason, way_out });
                }
            }
        }
        (PolicySet::new(policies.into_values().collect()).with_exceptions(exceptions, now), problems)
    }

    /// Each policy that is switched on, loaded, a few at a time; none in place of one that is switched off.
    fn load_all(
        &self,
        load: &(impl Fn(&PolicyDocument) -> Result<InstalledPolicy, String> + Sync),
    ) -> Vec<(&str, Result<Option<InstalledPolicy>, String>)> {
        let outcome = |object: &Value| -> Result<Option<InstalledPolicy>, String> {
            let document = document(object)?;
            if document.spec.enabled { load(&document).map(Some) } else { Ok(None) }
        };
        let outcome = &outcome;
        let some_at_a_time = self.policies.chunks(LOADS).flat_map(|some| {
            thread::scope(|scope| {
                let running: Vec<_> = some.iter().map(|object| scope.spawn(move || outcome(object))).collect();
                let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
                ended.map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
            })
        });
        self.policies.iter().map(|object| text(object, "/metadata/name")).zip(some_at_a_time).collect()
    }
}

/// An object's document, with the code that the gate's replicas have agreed on where it names a tag.
fn document(object: &Value) -> Result<PolicyDocument, String> {
    let document = policy_of_object(text(object, "/metadata/name"), spec(object))?;
    let status = object.get("status").cloned().unwrap_or_default();
    let status: ClusterPolicyStatus = serde_json::from_value(status).unwrap_or_default();
    let generation = object.pointer("/metadata/generation").and_then(Value::as_i64);
    let resolved = status.resolved.filter(|_| generation.is_some() && status.resolved_generation == generation);
    Ok(match resolved.as_deref().and_then(resolved_digest) {
        Some(digest) => pinned(&document, &digest),
        None => document,
    })
}

fn spec(object: &Value) -> Value {
    object.get("spec").cloned().unwrap_or_default()
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn kind_of<K: Resource<DynamicType = ()>>() -> ResourceType {
    ResourceType::new(K::api_version(&()), K::kind(&()))
}

/// Whether the API server has such objects at all. If it does not say, they are asked for, and that has no answer either.
fn is_served(connection: &Connection, types: &Types, kind: &ResourceType) -> bool {
    let found = connection.threads().block_on(async { timeout(PATIENCE, types.find(kind)).await });
    !matches!(found, Ok(Err(TypeError::NotServed { .. })))
}

fn unheard(unlisted: Unlisted) -> Unheard {
    let Unlisted { kind, what, reason, way_out } = unlisted;
    // What is about no kind is about the cluster as a whole.
    let reason = if kind.is_some() { format!("{reason}, and it is judged as if there were none") } else { reason };
    Unheard { what, reason, way_out }
}

/// What is wrong, without what the line begins with in any case.
fn without_place(problem: &str, what: &str) -> String {
    problem.strip_prefix(format!("{CLUSTER}: {what}: ").as_str()).unwrap_or(problem).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::scripted::{description, scripted};

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn installed(name: &str, rule: &str) -> InstalledPolicy {
        scripted(description(name, rule), |_| Ok(Vec::new()))
    }

    fn policy(name: &str, spec: Value) -> Value {
        json!({ "metadata": { "name": name, "generation": 2 }, "spec": spec,
            "status": { "resolved": format!("oci://other.example/x@{DIGEST}"), "resolvedGeneration": 2 } })
    }

    fn exception(name: &str, reason: &str) -> Value {
        json!({ "metadata": { "namespace": "shop", "name": name },
            "spec": { "rules": ["FILE1"], "reason": reason, "expires": "2027-01-01" } })
    }

    #[test]
    fn objects_take_the_place_of_what_is_beneath_them() {
        let names = ["broken", "failing", "off", "replaced", "untouched"];
        let beneath = PolicySet::new(names.map(|name| installed(name, "FILE1")).into());
        let stored = Stored {
            policies: vec![
                policy("added", json!({ "module": "oci://registry.example/added:1" })),
                policy("broken", json!({ "module": "builtin://probes", "actoin": "warn" })),
                policy("failing", json!({ "module": "file:///nowhere.wasm" })),
                policy("late", json!({ "module": "builtin://probes", "timeout": "9s" })),
                policy("off", json!({ "module": "builtin://probes", "enabled": false })),
                policy("replaced", json!({ "module": "builtin://probes" })),
            ],
            exceptions: vec![exception("good", "because"), exception("bad", " ")],
        };
        let load = |document: &PolicyDocument| match document.spec.module.as_str() {
            "file:///nowhere.wasm" => {
                Err(format!("{CLUSTER}: policy failing: spec.module: /nowhere.wasm: no such file"))
            }
            module => Ok(InstalledPolicy { digest: module.to_owned(), ..installed(&document.metadata.name, "OBJ1") }),
        };
        let (set, problems) = stored.above(&beneath, load, "2026-01-01T00:00:00Z".parse().unwrap());
        let in_force: Vec<_> = set.iter().map(|policy| (policy.name.as_str(), policy.digest.as_str())).collect();
        let pinned = format!("oci://registry.example/added@{DIGEST}");
        assert_eq!(
            in_force,
            [
                ("added", pinned.as_str()),
                ("broken", ""),
                ("failing", ""),
                ("replaced", "builtin://probes"),
                ("untouched", "")
            ]
        );
        let excepted: Vec<_> = set.exceptions().iter().map(|installed| installed.exception.name.as_str()).collect();
        assert_eq!(excepted, ["shop/good"]);
        let told: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.what, problem.reason)).collect();
        let wanted = [
            "ClusterPolicy broken: spec: unknown field `actoin`",
            "ClusterPolicy failing: spec.module: /nowhere.wasm: no such file",
            "ClusterPolicy late: spec.timeout: 9s is outside 1ms to 3s",
            "PolicyException shop/bad: spec.reason: say why, for those who find it later",
        ];
        assert_eq!(told.len(), wanted.len(), "{told:?}");
        assert!(told.iter().zip(wanted).all(|(told, wanted)| told.starts_with(wanted)), "{told:?}");
    }

    #[test]
    fn a_digest_of_another_version_of_the_object_pins_nothing() {
        let mut object = policy("mine", json!({ "module": "oci://registry.example/mine:1" }));
        object["metadata"]["generation"] = json!(3);
        assert_eq!(document(&object).unwrap().spec.module, "oci://registry.example/mine:1");
    }
}
