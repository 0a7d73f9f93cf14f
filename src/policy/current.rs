//! The set of policies in force, which may be replaced while objects are judged.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::set::PolicySet;

/// How long an admission may take from one phase to the other: as long as an API server waits for a webhook between
/// them (`timeoutSeconds`, at most 30).
const ADMISSION: Duration = Duration::from_secs(30);
/// How many earlier sets are kept, so that many swaps in a moment cost little.
const EARLIER: usize = 4;

/// The set in force. Who judges takes it once for each object, so that no object is judged by parts of two sets.
#[derive(Default)]
pub struct CurrentPolicies {
    now: ArcSwap<PolicySet>,
    /// Those that were replaced, the last one first, and when.
    before: Mutex<Vec<(Arc<PolicySet>, Instant)>>,
}

impl CurrentPolicies {
    /// Puts a first set in force.
    pub fn new(policies: Arc<PolicySet>) -> Self {
        Self { now: ArcSwap::new(policies), before: Mutex::default() }
    }

    /// The set in force now.
    pub fn get(&self) -> Arc<PolicySet> {
        self.now.load_full()
    }

    /// The sets that were in force when an admission may have begun that is still under way, the last one first.
    pub fn before(&self) -> Vec<Arc<PolicySet>> {
        let mut before = self.earlier();
        before.retain(|(_, replaced)| replaced.elapsed() < ADMISSION);
        before.iter().map(|(policies, _)| Arc::clone(policies)).collect()
    }

    /// Puts another set in force. Objects that are being judged are judged to the end by the earlier one.
    pub fn replace(&self, policies: Arc<PolicySet>) {
        let mut before = self.earlier();
        before.insert(0, (self.now.swap(policies), Instant::now()));
        before.truncate(EARLIER);
    }

    fn earlier(&self) -> MutexGuard<'_, Vec<(Arc<PolicySet>, Instant)>> {
        // A list cannot be left half-changed.
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets exceptions end whose time has come. Which set is in force does not matter: it may be replaced meanwhile.
    pub fn end_exceptions(&self, now: Timestamp) {
        // What nobody needs any more has memory.
        self.before();
        if self.get().is_outdated(now) {
            self.now.rcu(|policies| policies.at(now));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::PolicyException;

    #[test]
    fn the_last_sets_are_known_for_a_while() {
        let sets: Vec<Arc<PolicySet>> = (0..EARLIER + 2).map(|_| Arc::default()).collect();
        let current = CurrentPolicies::new(Arc::clone(&sets[0]));
        assert!(current.before().is_empty());
        for set in &sets[1..] {
            current.replace(Arc::clone(set));
        }
        let before = current.before();
        assert_eq!(before.len(), EARLIER);
        assert!(before.iter().zip(sets.iter().rev().skip(1)).all(|(one, other)| Arc::ptr_eq(one, other)));
        for (_, replaced) in current.earlier().iter_mut() {
            *replaced = Instant::now().checked_sub(ADMISSION).unwrap();
        }
        assert!(current.before().is_empty());
    }

    #[test]
    fn an_exception_ends_while_its_set_is_in_force() {
        let document = json!({
            "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
            "metadata": { "namespace": "shop", "name": "migration" },
            "spec": { "rules": ["X1"], "reason": "x", "expires": "2027-01-31T12:00:00Z" },
        });
        let exception = PolicyException::new("e.yaml", serde_json::from_value(document).unwrap()).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let set = PolicySet::default().with_exceptions(vec![exception], at("2027-01-01T00:00:00Z"));
        let current = CurrentPolicies::new(Arc::new(set));
        for (now, has_ended) in [("2027-01-31T11:59:59Z", false), ("2027-01-31T12:00:00Z", true)] {
            current.end_exceptions(at(now));
            assert_eq!(current.get().exceptions()[0].has_ended, has_ended, "{now}");
        }
    }
}
