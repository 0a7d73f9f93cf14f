//! What a policy may ask of the host: the raw object, and other objects that it declared to read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde_json::Value;
use wasmtime::{ResourceLimiter, UpdateDeadline};

use super::bindings::tidegate::policy::{cluster, raw, types};
use super::convert;
use super::deadline::TICK;
use super::memory::{MemorySteps, ReviewMemory};
use crate::lookup::{Lookup, NoLookup, ResourceType, Unavailable};
use crate::workload::{option_files, withheld};

/// How many questions one review may ask about other objects; a policy needs a few.
const MOST_LOOKUPS: u32 = 100;
/// How often it is looked at how long a policy computes.
const LOOK: Duration = Duration::from_millis(5);
/// What counts at most from one look to the next. A virtual machine that stands still for a moment, because its host
/// is busy, counts that moment as computing; the policy is not to blame for it.
const MOST_AT_ONCE: Duration = Duration::from_millis(10);
/// How long all of them together may take; the API server gives a webhook 10 s by default.
const LOOKUP_TIME: Duration = Duration::from_secs(3);

/// The state of one instance.
pub(super) struct HostState {
    object: Arc<Value>,
    old_object: Option<Arc<Value>>,
    namespace: Option<String>,
    reads: Arc<[ResourceType]>,
    lookup: Arc<dyn Lookup>,
    lookups: u32,
    /// How long the questions took.
    lookup_time: Duration,
    /// What the thread computed for them since the last look: it is not the policy's own time.
    lookup_computing: Duration,
    /// What the policy computed so far, as far as it was looked at.
    own: Duration,
    /// When that was, by the thread's own clock: on a busy machine, or in a container whose CPU is limited, a policy
    /// that waits for its turn is not slow.
    looked: Duration,
    timeout: Duration,
    memory: ReviewMemory,
}

/// The policy ran longer than it may.
#[derive(Debug, thiserror::Error)]
#[error("longer than {} ms", .0.as_millis())]
pub(super) struct DeadlineExceeded(pub(super) Duration);

impl HostState {
    /// The state for a call that concerns no object, such as `describe`.
    pub(super) fn without_object(timeout: Duration, memory: &MemorySteps) -> Self {
        Self::new(Arc::new(Value::Null), None, None, Arc::from([]), Arc::new(NoLookup), timeout, memory)
    }

    pub(super) fn new(
        object: Arc<Value>,
        old_object: Option<Arc<Value>>,
        namespace: Option<String>,
        reads: Arc<[ResourceType]>,
        lookup: Arc<dyn Lookup>,
        timeout: Duration,
        memory: &MemorySteps,
    ) -> Self {
        Self {
            object,
            old_object,
            namespace,
            reads,
            lookup,
            lookups: 0,
            lookup_time: Duration::ZERO,
            lookup_computing: Duration::ZERO,
            own: Duration::ZERO,
            looked: Duration::ZERO,
            timeout,
            memory: ReviewMemory::new(memory.clone()),
        }
    }

    /// The linear memory that the instance has, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.memory.bytes()
    }

    /// The review begins now: what it waited for before, a place for instance, is not its own time.
    pub(super) fn begin(&mut self) {
        self.looked = computed();
    }

    /// After how many ticks it is looked at first.
    pub(super) fn first_look(&self) -> u64 {
        ticks(self.timeout.min(LOOK))
    }

    /// What happens at a look: what the policy waited, for the cluster or for a processor, is not its own time, and it
    /// gets it back.
    pub(super) fn look(&mut self) -> wasmtime::Result<UpdateDeadline> {
        let now = computed();
        let since = now.saturating_sub(self.looked).saturating_sub(self.lookup_computing);
        (self.looked, self.lookup_computing) = (now, Duration::ZERO);
        self.own += since.min(MOST_AT_ONCE);
        match self.timeout.checked_sub(self.own) {
            Some(left) if !left.is_zero() => Ok(UpdateDeadline::Continue(ticks(left.min(LOOK)))),
            _ => Err(DeadlineExceeded(self.timeout).into()),
        }
    }

    /// Asks, and makes the answer what the policy is told: both take time that is bounded.
    fn ask<T>(
        &mut self,
        api_version: String,
        kind: String,
        question: impl FnOnce(&dyn Lookup, &ResourceType, Option<&str>) -> Result<T, Unavailable>,
    ) -> Result<T, cluster::LookupError> {
        let kind = ResourceType { api_version, kind };
        if !self.reads.contains(&kind) {
            return Err(cluster::LookupError::NotDeclared);
        }
        // An object of a file that names no namespace is in one all the same, but for these.
        if self.namespace.is_none() && kind.is_surely_namespaced() && type_of(&self.object).is_cluster_scoped() {
            let Unavailable { reason } = Unavailable::without_namespace(&kind);
            return Err(cluster::LookupError::Unavailable(reason));
        }
        if self.lookups >= MOST_LOOKUPS || self.lookup_time >= LOOKUP_TIME {
            return Err(cluster::LookupError::Unavailable("this review has asked too much already".to_owned()));
        }
        self.lookups += 1;
        let (asked, computing) = (Instant::now(), computed());
        let namespace = if kind.is_cluster_scoped() { None } else { self.namespace.as_deref() };
        let answer = question(self.lookup.as_ref(), &kind, namespace);
        self.lookup_time += asked.elapsed();
        self.lookup_computing += computed().saturating_sub(computing);
        answer.map_err(|unavailable| cluster::LookupError::Unavailable(unavailable.reason))
    }
}

fn type_of(object: &Value) -> ResourceType {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    ResourceType::new(text("apiVersion"), text("kind"))
}

/// What this thread has computed so far. A review stays on one thread.
fn computed() -> Duration {
    ThreadTime::now().as_duration()
}

/// A duration in ticks of the deadline's clock, at least one.
fn ticks(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(u64::MAX).max(1)
}

impl raw::Host for HostState {
    fn object(&mut self) -> String {
        self.object.to_string()
    }

    fn old_object(&mut self) -> Option<String> {
        self.old_object.as_ref().map(|object| object.to_string())
    }

    fn at(&mut self, path: String) -> Option<String> {
        self.object.pointer(&path).map(Value::to_string)
    }

    fn option_files(&mut self) -> Vec<types::OptionFile> {
        option_files(&self.object).into_iter().map(convert::option_file).collect()
    }
}

impl cluster::Host for HostState {
    fn get(&mut self, api_version: String, kind: String, name: String) -> Result<Option<String>, cluster::LookupError> {
        self.ask(api_version, kind, |lookup, kind, namespace| {
            Ok(lookup.get(kind, namespace, &name)?.map(|object| withheld(&object).to_string()))
        })
    }

    fn find(&mut self, api_version: String, kind: String) -> Result<Vec<String>, cluster::LookupError> {
        self.ask(api_version, kind, |lookup, kind, namespace| {
            Ok(lookup.find(kind, namespace)?.iter().map(|object| withheld(object).to_string()).collect())
        })
    }

    fn exists(&mut self, api_version: String, kind: String, name: String) -> Result<bool, cluster::LookupError> {
        self.ask(api_version, kind, |lookup, kind, namespace| lookup.exists(kind, namespace, &name))
    }

    fn seen(&mut self, api_version: String, kind: String) -> Result<Vec<String>, cluster::LookupError> {
        self.ask(api_version, kind, |lookup, kind, namespace| {
            Ok(lookup.seen(kind, namespace).iter().map(|seen| convert::shown(seen)).collect())
        })
    }

    fn workloads(
        &mut self,
        api_version: String,
        kind: String,
    ) -> Result<Vec<types::SeenWorkload>, cluster::LookupError> {
        self.ask(api_version, kind, |lookup, kind, namespace| {
            Ok(lookup.seen(kind, namespace).iter().filter_map(|seen| convert::seen_workload(seen)).collect())
        })
    }
}

impl types::Host for HostState {}

impl ResourceLimiter for HostState {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // An error, unlike a refusal, reaches the author in words, whatever the language.
        self.memory.grow(current, desired)?;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.memory.grow_table(current, desired))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cluster::Host as _;
    use super::*;
    use crate::lookup::KnownObjects;

    #[test]
    fn of_a_namespace_an_object_without_one_is_told_nothing() {
        let service =
            json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "namespace": "shop", "name": "a" } });
        let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "a" } });
        let lookup: Arc<dyn Lookup> = Arc::new(KnownObjects::new(vec![service.clone(), class.clone()]));
        let reads: Arc<[ResourceType]> =
            Arc::from([ResourceType::new("v1", "Service"), ResourceType::new("storage.k8s.io/v1", "StorageClass")]);
        // A file's Service may name no namespace, and is in one; a StorageClass is in none.
        for (object, is_told) in [(service, true), (class, false)] {
            let (reads, lookup) = (Arc::clone(&reads), Arc::clone(&lookup));
            let memory = MemorySteps::new();
            let mut state =
                HostState::new(Arc::new(object), None, None, reads, lookup, Duration::from_secs(1), &memory);
            let found = state.find("v1".to_owned(), "Service".to_owned());
            assert_eq!(found.is_ok(), is_told);
            assert_eq!(state.exists("v1".to_owned(), "Service".to_owned(), "a".to_owned()).is_ok(), is_told);
            assert_eq!(state.workloads("v1".to_owned(), "Service".to_owned()).is_ok(), is_told);
            let classes = state.find("storage.k8s.io/v1".to_owned(), "StorageClass".to_owned());
            assert_eq!(classes.map(|found| found.len()).ok(), Some(1));
            if let Err(cluster::LookupError::Unavailable(reason)) = found {
                assert_eq!(
                    reason,
                    "Service objects are asked for in the request's namespace, and this object is in none"
                );
            }
        }
    }

    /// Computes for so long.
    fn compute(milliseconds: u64) {
        let end = computed() + Duration::from_millis(milliseconds);
        while computed() < end {}
    }

    #[test]
    fn a_machine_that_stands_still_costs_a_policy_little() {
        let mut state = HostState::without_object(Duration::from_millis(100), &MemorySteps::new());
        state.begin();
        // To the thread's clock it is the same whether it computed, or its machine stood still.
        compute(150);
        assert!(state.look().is_ok());
        let mut looks = 0;
        while state.look().is_ok() {
            compute(5);
            looks += 1;
        }
        assert!((9..=18).contains(&looks), "{looks} looks, 5 ms apart, for the 90 ms that were left");
    }
}
