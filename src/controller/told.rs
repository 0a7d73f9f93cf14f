//! What the log and the metrics are told of the policies' objects: what is new, once.

use std::collections::BTreeMap;

use super::standing::{Reason, Standing};
use crate::metrics::PolicyMetrics;
use crate::policy::PolicySet;

/// What was told last: of each object, and of each policy in force.
#[derive(Default)]
pub(super) struct ToldPolicies(BTreeMap<String, Option<(Reason, String)>>);

impl ToldPolicies {
    /// Tells what is new. Names and reasons are told, no settings.
    pub(super) fn tell(&mut self, standings: &BTreeMap<String, Standing>, set: &PolicySet, metrics: &PolicyMetrics) {
        let before = std::mem::take(&mut self.0);
        for policy in set.iter().filter(|policy| !standings.contains_key(&policy.name)) {
            metrics.set_ready(&policy.name, true);
            self.0.insert(policy.name.clone(), None);
        }
        for (name, standing) in standings {
            let Standing { reason, summary, generation, .. } = standing;
            let was = before.get(name).cloned().flatten();
            if reason.is_failure() && was.as_ref().is_none_or(|was| *was != (*reason, summary.clone())) {
                tracing::warn!(
                    policy = name,
                    generation,
                    reason = reason.word(),
                    "a policy's object cannot be put in force; {}: {summary}",
                    standing.still.unwrap_or_default()
                );
                // Loads are counted one by one; a document that cannot be read is not loaded.
                if *reason == Reason::DocumentInvalid {
                    metrics.load_failed(name, reason.word());
                }
            } else if *reason == Reason::RightsMissing && was.as_ref().is_none_or(|(was, _)| was != reason) {
                tracing::warn!(policy = name, generation, "{summary}");
            } else if reason.is_ready() && was.as_ref().is_some_and(|(was, _)| was.is_failure()) {
                tracing::info!(policy = name, generation, "a policy's object is in force again");
            }
            if *reason == Reason::Disabled {
                metrics.forget(name);
            } else {
                metrics.set_ready(name, reason.is_ready());
            }
            self.0.insert(name.clone(), Some((*reason, summary.clone())));
        }
        for gone in before.keys().filter(|name| !self.0.contains_key(*name)) {
            metrics.forget(gone);
        }
    }
}
