//! All policies that judge an object, until none repairs any more.
//!
//! Policies judge in the order of their names, each the object as the ones before it left it. Those that are part of
//! this program come to rest in one pass, which their cases show. Of others nobody knows, nor of one that is installed
//! twice with other settings: they are asked on in turn until everybody has been asked since the last repair; and if
//! that does not end, they work against each other.

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
    /// Asks the policies, in their order. Whether any was asked: it may be that none selects such labels.
    pub(super) fn judge_all(&mut self, policies: &[&InstalledPolicy]) -> Result<bool, Misfit> {
        let namespace = self.request.namespace.as_deref();
        let acting: Vec<&InstalledPolicy> =
            policies.iter().copied().filter(|policy| policy.presence(namespace) == Presence::Acts).collect();
        let mut last = None;
        for (index, policy) in acting.iter().enumerate() {
            if self.turn(policy)? {
                last = Some(index);
            }
        }
        if let Some(last) = last.filter(|_| !rest_after_one_pass(&acting)) {
            self.come_to_rest(&acting, last)?;
        }
        let mut was_asked = !self.asked.is_empty();
        for policy in policies.iter().filter(|policy| policy.presence(namespace) == Presence::Shadow) {
            if policy.matcher.selects(self.draft.object(), self.namespace) {
                was_asked = true;
                self.judge_in_shadow(policy);
            }
        }
        Ok(was_asked)
    }

    /// Asks on in turn after a first pass, in which `last` made the last repair, until everybody has been asked since
    /// the last one.
    fn come_to_rest(&mut self, acting: &[&InstalledPolicy], last: usize) -> Result<(), Misfit> {
        let first =
            (self.draft.steps(), self.findings.clone(), self.failures.clone(), self.entries.len(), self.asked.len());
        let mut turns = acting.iter().cycle().take((ROUNDS - 1) * acting.len());
        let mut since_repair = acting.len() - 1 - last;
        while since_repair < acting.len() {
            let Some(policy) = turns.next() else {
                let fight = self.fight(acting, first.0);
                let (steps, findings, failures, entries, asked) = first;
                self.draft.undo_to(steps, &self.request.object);
                (self.findings, self.failures) = (findings, failures);
                self.entries.truncate(entries);
                self.asked.truncate(asked);
                self.findings.push(fight);
                self.read_workload()?;
                break;
            };
            since_repair = if self.turn(policy)? { 0 } else { since_repair + 1 };
        }
        let order = |name: &str| acting.iter().position(|policy| policy.name == name).unwrap_or(usize::MAX);
        self.findings.sort_by_key(|judged| order(&judged.policy));
        self.asked.sort_by_key(|name| order(name.as_str()));
        Ok(())
    }

    /// Lets a policy judge, unless it has failed or selects other labels. Whether it repaired something.
    fn turn(&mut self, policy: &InstalledPolicy) -> Result<bool, Misfit> {
        // Who failed does not get another try: what it would say of another's repair makes nothing good.
        if self.failures.iter().any(|failure| failure.policy == policy.name) {
            return Ok(false);
        }
        // What it repaired stays told; the rest it says anew, or no more if a repair took the object out of its reach.
        self.findings.retain(|judged| judged.fixed || judged.policy != policy.name);
        if !policy.matcher.selects(self.draft.object(), self.namespace) {
            return Ok(false);
        }
        if !self.asked.contains(&policy.name) {
            self.asked.push(policy.name.clone());
        }
        self.judge(policy)
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

/// Whether nothing is left to repair once each of these has judged: all are part of this program, and none of them acts
/// twice.
fn rest_after_one_pass(acting: &[&InstalledPolicy]) -> bool {
    let digests = || acting.iter().map(|policy| policy.digest.as_str()).filter(|digest| !digest.is_empty());
    let acts_twice = || digests().enumerate().any(|(index, digest)| digests().take(index).any(|other| other == digest));
    acting.iter().all(|policy| policy.is_builtin) && !acts_twice()
}
