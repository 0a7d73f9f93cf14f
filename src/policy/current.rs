//! The set of policies in force, which may be replaced while objects are judged.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::set::PolicySet;

/// The set in force. Who judges takes it once for each object, so that no object is judged by parts of two sets.
#[derive(Default)]
pub struct CurrentPolicies(ArcSwap<PolicySet>);

impl CurrentPolicies {
    /// Puts a first set in force.
    pub fn new(policies: Arc<PolicySet>) -> Self {
        Self(ArcSwap::new(policies))
    }

    /// The set in force now.
    pub fn get(&self) -> Arc<PolicySet> {
        self.0.load_full()
    }

    /// Puts another set in force. Objects that are being judged are judged to the end by the earlier one.
    pub fn replace(&self, policies: Arc<PolicySet>) {
        self.0.store(policies);
    }

    /// Lets exceptions end whose time has come. Which set is in force does not matter: it may be replaced meanwhile.
    pub fn end_exceptions(&self, now: Timestamp) {
        if self.get().is_outdated(now) {
            self.0.rcu(|policies| policies.at(now));
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
