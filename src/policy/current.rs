//! The set of policies in force, which may be replaced while objects are judged.

use std::sync::Arc;

use arc_swap::ArcSwap;

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
}
