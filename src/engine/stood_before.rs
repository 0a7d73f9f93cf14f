//! The ratchet: what the stored object was found for already keeps no change out.

use super::chain::{Chain, evaluate_in};
use super::evaluation::Judged;
use super::named_place::named_place;
use crate::finding::Finding;
use crate::policy::PolicySet;
use crate::request::{Operation, Phase, Request};
use crate::workload::Misfit;

impl Chain<'_> {
    /// Marks what would keep an update out although the stored object was found for it already, and
    /// could not be repaired: whoever changes something else must not be stopped by it.
    pub(super) fn find_what_stood_before(&mut self, policies: &PolicySet) -> Result<(), Misfit> {
        let Some(old) = &self.request.old_object else { return Ok(()) };
        if !self.findings.iter().any(Judged::denies) {
            return Ok(());
        }
        let before = Request {
            operation: Operation::Create,
            phase: Phase::Audit,
            object: old.clone(),
            old_object: None,
            ..self.request.clone()
        };
        let stored = evaluate_in(self.namespace, &before, policies, self.lookup)?;
        let stood: Vec<(&Finding, String)> = stored
            .findings
            .iter()
            // What could be repaired was, before the object came to be validated, unless it must stay.
            .filter(|judged| !judged.fixed || self.request.phase == Phase::Validate || self.frozen.is_some())
            .map(|judged| (&judged.finding, named_place(&stored.object, &judged.finding.at)))
            .collect();
        for judged in self.findings.iter_mut().filter(|judged| judged.denies()) {
            let new = &judged.finding;
            let place = named_place(self.draft.object(), &new.at);
            judged.stood_before =
                stood.iter().any(|(old, at)| old.rule == new.rule && *at == place && old.severity >= new.severity);
        }
        Ok(())
    }
}
