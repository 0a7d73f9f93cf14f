//! What is counted of the policies as such: which are in force, which failed to load.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Policy {
    policy: String,
}

/// Why a policy failed to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failure {
    policy: String,
    reason: String,
}

/// A set of policies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Revision {
    revision: String,
}

/// What is counted of the policies. Clones count together.
#[derive(Clone, Default)]
pub struct PolicyMetrics {
    ready: Family<Policy, Gauge>,
    load_failures: Family<Failure, Counter>,
    revision: Family<Revision, Gauge>,
    swaps: Counter,
}

impl PolicyMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "policy_ready",
            "1 if the policy is in force as its document says; 0 if it cannot be, and what was in force before still is",
            metrics.ready.clone(),
        );
        registry.register(
            "policy_load_failures",
            "How often a policy could not be put in force, by the reason that its status has",
            metrics.load_failures.clone(),
        );
        registry.register(
            // The ending is the standard's own (OpenMetrics, Info).
            "policies_revision_info",
            "The revision of the set in force; replicas with the same one judge alike",
            metrics.revision.clone(),
        );
        registry.register("policies_swaps", "How often another set was put in force", metrics.swaps.clone());
        metrics
    }

    /// Whether a policy is in force as its document says.
    pub fn set_ready(&self, policy: &str, is_ready: bool) {
        self.ready.get_or_create(&Policy { policy: policy.to_owned() }).set(i64::from(is_ready));
    }

    /// There is no such policy any more, or it is switched off.
    pub fn forget(&self, policy: &str) {
        self.ready.remove(&Policy { policy: policy.to_owned() });
    }

    /// A policy could not be put in force.
    pub fn load_failed(&self, policy: &str, reason: &str) {
        let failure = Failure { policy: policy.to_owned(), reason: reason.to_owned() };
        self.load_failures.get_or_create(&failure).inc();
    }

    /// This set is in force.
    pub fn in_force(&self, revision: &str) {
        self.revision.clear();
        self.revision.get_or_create(&Revision { revision: revision.to_owned() }).set(1);
    }

    /// This set took the place of another.
    pub fn swapped(&self, revision: &str) {
        self.in_force(revision);
        self.swaps.inc();
    }
}
