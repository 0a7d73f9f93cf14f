//! All policies that judge an object, until none repairs any more.
//!
//! Policies judge in the order of their names, each the object as the ones before it left it. Those that are part of
//! this program come to rest in one pass, which their cases show. Of others nobody knows: whoever judged before a
//! repair was made judges again, in rounds; and if that does not end, they work against each other.

use super::chain::Chain;
use super::edit::overlap;
use super::evaluation::Judged;
use crate::finding::Finding;
use crate::own_rules::{FIGHT, FINDER};
use crate::policy::{Action, InstalledPolicy, Presence};
use crate::workload::Misfit;

/// How often policies get to judge an object. One may follow from another, and that from a third; more is no order
/// that anybody meant.
const ROUNDS: usize = 5;

impl Chain<'_> {
    /// Asks the policies, in their order.
    pub(super) fn judge_all(&mut self, policies: &[&InstalledPolicy]) -> Result<(), Misfit> {
        let namespace = self.request.namespace.as_deref();
        let acting: Vec<&InstalledPolicy> =
            policies.iter().copied().filter(|policy| policy.presence(namespace) == Presence::Acts).collect();
        self.asked = acting.iter().map(|policy| policy.name.clone()).collect();
        let mut last = self.round(&acting, acting.len())?;
        if acting.iter().any(|policy| !policy.is_builtin) {
            let first = (self.draft.steps(), self.findings.clone(), self.failures.clone(), self.entries.len());
            let mut rounds = 1;
            while let Some(until) = last.take() {
                if rounds == ROUNDS {
                    let fight = self.fight(&acting, first.0);
                    let (steps, findings, failures, entries) = first;
                    self.draft.undo_to(steps, &self.request.object);
                    (self.findings, self.failures) = (findings, failures);
                    self.entries.truncate(entries);
                    self.findings.push(fight);
                    self.read_workload()?;
                    break;
                }
                last = self.round(&acting, until + 1)?;
                rounds += 1;
            }
            let order = |judged: &Judged| acting.iter().position(|policy| policy.name == judged.policy);
            self.findings.sort_by_key(|judged| order(judged).unwrap_or(usize::MAX));
        }
        for policy in policies.iter().filter(|policy| policy.presence(namespace) == Presence::Shadow) {
            self.judge_in_shadow(policy);
        }
        Ok(())
    }

    /// Lets the first `until` policies judge; gives the last of them that repaired something.
    fn round(&mut self, policies: &[&InstalledPolicy], until: usize) -> Result<Option<usize>, Misfit> {
        let mut last = None;
        for (index, policy) in policies.iter().take(until).enumerate() {
            // Who failed does not get another try: what it would say of another's repair makes nothing good.
            if self.failures.iter().any(|failure| failure.policy == policy.name) {
                continue;
            }
            // What it repaired stays told; the rest it says anew.
            self.findings.retain(|judged| judged.fixed || judged.policy != policy.name);
            if self.judge(policy)? {
                last = Some(index);
            }
        }
        Ok(last)
    }

    /// Who works against whom, and where: what was repaired by steps from `after` on, when all had judged once.
    fn fight(&self, policies: &[&InstalledPolicy], after: usize) -> Judged {
        let places = |policy: &InstalledPolicy| -> Vec<String> {
            let own = self.findings.iter().filter(|judged| judged.fixed && judged.policy == policy.name);
            let steps = own.flat_map(|judged| judged.steps.clone()).filter(|step| *step >= after);
            steps.filter_map(|step| self.draft.step(step)).collect()
        };
        let changed: Vec<(&InstalledPolicy, Vec<String>)> =
            policies.iter().map(|policy| (*policy, places(policy))).filter(|(_, places)| !places.is_empty()).collect();
        let meet = changed.iter().enumerate().find_map(|(index, (first, places))| {
            changed.iter().skip(index + 1).find_map(|(second, others)| {
                let place = places.iter().find(|place| others.iter().any(|other| overlap(place, other)))?;
                Some((vec![first.name.as_str(), second.name.as_str()], place.clone()))
            })
        });
        let (names, place) = meet.unwrap_or_else(|| {
            let names = changed.iter().map(|(policy, _)| policy.name.as_str()).collect();
            (names, changed.iter().flat_map(|(_, places)| places.last().cloned()).next_back().unwrap_or_default())
        });
        let message = match names.as_slice() {
            [one] => format!("the policy {one} repairs {place} again and again, each time what it has made itself"),
            names => format!("the policies {} repair {place} against each other", names.join(" and ")),
        };
        // The place may be gone again; what is around it is there.
        let mut at = place.as_str();
        while self.request.object.pointer(at).is_none() {
            at = at.rsplit_once('/').map_or("", |(around, _)| around);
        }
        let help = "This is no fault of the object: ask those who install the policies to let one of them go, or to \
                    set it to warn";
        let finding = Finding {
            rule: FIGHT.id.to_owned(),
            severity: FIGHT.severity,
            at: at.to_owned(),
            message,
            help: Some(help.to_owned()),
            fix: Vec::new(),
        };
        Judged::new(FINDER, Action::Deny, finding)
    }
}
