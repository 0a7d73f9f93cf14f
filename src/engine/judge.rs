//! One policy's turn: it judges the object as it is now, and its repairs are made.

use super::chain::Chain;
use super::edit::{self, FixError, touches};
use super::evaluation::{Judged, PolicyFailure};
use super::exceptions::Exception;
use super::secret_move::MoveRefused;
use crate::finding::Finding;
use crate::policy::{Action, InstalledPolicy, OnError, ReviewContext, ReviewError};
use crate::request::Phase;
use crate::workload::Misfit;

/// Why a repair of the pods is not made.
const FROZEN: &str = "this change leaves the pods as they are, and the repair would replace them";

impl Chain<'_> {
    /// Lets a policy judge the object as it is now, and makes its repairs. Whether it made any.
    pub(super) fn judge(&mut self, policy: &InstalledPolicy) -> Result<bool, Misfit> {
        let found = match self.ask(policy) {
            Ok(found) => found,
            Err(error) => {
                self.fail(policy, error);
                return Ok(false);
            }
        };
        let (steps, findings, entries) = (self.draft.steps(), self.findings.len(), self.entries.len());
        for finding in found {
            if let Err(error) = self.take(policy, finding) {
                // What it says after a mistake is worth no more, and a thousand mistakes would be a thousand lines.
                self.fail(policy, error);
                break;
            }
        }
        if self.draft.steps() == steps {
            self.tell_what_is_not_cured(&policy.name, findings);
        } else if let Err(misfit) = self.read_workload() {
            // Its repairs made something that Kubernetes would refuse: none of them is kept.
            self.draft.undo_to(steps, &self.request.object);
            for judged in &mut self.findings[findings..] {
                (judged.fixed, judged.steps) = (false, 0..0);
            }
            self.entries.truncate(entries);
            self.fail(policy, ReviewError::BadAnswer(format!("its repair does not fit the kind: {misfit}")));
            self.read_workload()?;
        }
        Ok(self.draft.steps() > steps)
    }

    /// Repairs that left the object as it is cure nothing: the findings since `first` that have one are not fixed, nor
    /// are those of before that are found again. Whoever repaired something is asked once more in the next round, so
    /// that this comes to light there too.
    fn tell_what_is_not_cured(&mut self, policy: &str, first: usize) {
        let mut now = self.findings.split_off(first);
        for judged in now.iter_mut().filter(|judged| judged.fixed) {
            judged.fixed = false;
            judged.obstacle = Some(format!("the repair that the policy {policy} offers does not cure it"));
            let is_same = |before: &Judged| {
                before.policy == policy
                    && (&before.finding.rule, &before.finding.at) == (&judged.finding.rule, &judged.finding.at)
            };
            self.findings.retain(|before| !is_same(before));
        }
        self.findings.extend(now);
    }

    /// Lets a policy on probation judge the object as it is now, and keeps what it says apart.
    pub(super) fn judge_in_shadow(&mut self, policy: &InstalledPolicy) {
        match self.ask(policy) {
            Ok(found) => {
                let selection = &self.request.selection;
                let wanted = found.into_iter().filter(|finding| selection.wants(&finding.rule, finding.severity));
                let judged = wanted.map(|finding| {
                    let exception = self.exceptions.exception(&finding.rule, finding.severity, policy.exceptions);
                    Judged { exception, ..Judged::new(&policy.name, policy.action, finding) }
                });
                self.shadow.findings.extend(judged);
            }
            Err(error) => {
                self.shadow.failures.push(PolicyFailure { policy: policy.name.clone(), error, denies: false });
            }
        }
    }

    fn ask(&self, policy: &InstalledPolicy) -> Result<Vec<Finding>, ReviewError> {
        let context = ReviewContext {
            request: self.request,
            object: self.draft.shown(),
            old_object: self.old_object.as_ref(),
            workload: self.workload.as_ref(),
            secret_name: self.secret_name.as_ref(),
            unknown_rules: &self.unknown_rules,
            lookup: self.lookup,
            prepared: &self.prepared,
        };
        policy.module.review(&context, &policy.settings, policy.timeout)
    }

    /// Records a finding and makes its repair, if repairs are made. An error is the policy's fault.
    fn take(&mut self, policy: &InstalledPolicy, finding: Finding) -> Result<(), ReviewError> {
        if !self.is_within(&finding.at) {
            let problem = format!("{} points at {}, which the object does not have", finding.rule, finding.at);
            return Err(ReviewError::BadAnswer(problem));
        }
        let selection = &self.request.selection;
        if !selection.wants(&finding.rule, finding.severity) {
            return Ok(());
        }
        let exception = self.exceptions.exception(&finding.rule, finding.severity, policy.exceptions);
        let repairs = policy.action == Action::Fix
            && self.request.phase != Phase::Validate
            && !finding.fix.is_empty()
            && !matches!(exception, Some(Exception::Granted { .. }))
            && !selection.declines(&finding.rule, &finding.at);
        let is_frozen = self.frozen.is_some_and(|frozen| finding.fix.iter().any(|edit| touches(edit, frozen)));
        let mut judged = Judged { exception, ..Judged::new(&policy.name, policy.action, finding) };
        if repairs && is_frozen {
            judged.obstacle = Some(FROZEN.to_owned());
            self.findings.push(judged);
            return Ok(());
        }
        let mut fault = None;
        if repairs {
            let before = self.draft.steps();
            match edit::apply(&mut self.draft, self.request, &judged.finding.fix) {
                Ok(entries) => {
                    judged.fixed = true;
                    judged.steps = before..self.draft.steps();
                    self.entries.extend(entries);
                }
                Err(error) => {
                    self.draft.undo_to(before, &self.request.object);
                    match error {
                        FixError::Move(refused) => {
                            judged.cannot_be_stored =
                                matches!(refused, MoveRefused::NotStorable(_) | MoveRefused::NotStorableWithData(_));
                            judged.obstacle = Some(refused.to_string());
                        }
                        FixError::Edit(error) => {
                            let problem = format!("the repair of {}: {error}", judged.finding.rule);
                            fault = Some(ReviewError::BadAnswer(problem));
                        }
                    }
                }
            }
        }
        self.findings.push(judged);
        fault.map_or(Ok(()), Err)
    }

    fn is_within(&self, pointer: &str) -> bool {
        self.draft.object().pointer(pointer).is_some() || self.request.object.pointer(pointer).is_some()
    }

    fn fail(&mut self, policy: &InstalledPolicy, error: ReviewError) {
        let denies = policy.on_error == OnError::Deny && matches!(policy.action, Action::Fix | Action::Deny);
        self.failures.push(PolicyFailure { policy: policy.name.clone(), error, denies });
    }
}
