//! The chain: each policy judges the object as the ones before it left it.

use std::sync::Arc;

use serde_json::Value;

use super::draft::Draft;
use super::edit::{self, FixError};
use super::effect::SecretEntry;
use super::evaluation::{Decision, Evaluation, Judged, PolicyFailure};
use super::last_applied;
use super::left_alone::why_left_alone;
use crate::finding::Finding;
use crate::lookup::Lookup;
use crate::policy::{Action, InstalledPolicy, OnError, PolicySet, Prepared, ReviewContext, ReviewError};
use crate::request::{Operation, Phase, Request};
use crate::workload::{Misfit, Workload, withheld};

/// Judges an object by all policies that apply to it.
///
/// # Errors
/// [`Misfit`] if a field of the object has a type that its kind does not have: such an object
/// cannot be judged, and the API server would refuse it as well.
pub fn evaluate(request: &Request, policies: &PolicySet, lookup: &Arc<dyn Lookup>) -> Result<Evaluation, Misfit> {
    if let Some(why) = why_left_alone(request) {
        return Ok(Evaluation::untouched(request.object.clone(), why));
    }
    let mut chain = Chain {
        request,
        lookup,
        old_object: request.old_object.as_ref().map(|old| Arc::new(withheld(old))),
        draft: Draft::new(&request.object),
        workload: None,
        prepared: Prepared::default(),
        findings: Vec::new(),
        failures: Vec::new(),
        secrets: Vec::new(),
    };
    chain.read_workload()?;
    for policy in policies.iter().filter(|policy| policy.matcher.matches(request, lookup.as_ref())) {
        chain.judge(policy)?;
    }
    Ok(chain.finish())
}

struct Chain<'a> {
    request: &'a Request,
    lookup: &'a Arc<dyn Lookup>,
    old_object: Option<Arc<Value>>,
    draft: Draft,
    workload: Option<Workload>,
    prepared: Prepared,
    findings: Vec<Judged>,
    failures: Vec<PolicyFailure>,
    secrets: Vec<SecretEntry>,
}

impl Chain<'_> {
    fn read_workload(&mut self) -> Result<(), Misfit> {
        self.prepared = Prepared::default();
        let stored = self.request.operation == Operation::Update;
        self.workload = Workload::read(self.draft.object(), self.draft.shown(), stored)?;
        Ok(())
    }

    fn judge(&mut self, policy: &InstalledPolicy) -> Result<(), Misfit> {
        let context = ReviewContext {
            request: self.request,
            object: self.draft.shown(),
            old_object: self.old_object.as_ref(),
            workload: self.workload.as_ref(),
            lookup: self.lookup,
            prepared: &self.prepared,
        };
        let found = match policy.module.review(&context, &policy.settings, policy.timeout) {
            Ok(found) => found,
            Err(error) => {
                self.fail(policy, error);
                return Ok(());
            }
        };
        let (steps, findings, secrets) = (self.draft.steps(), self.findings.len(), self.secrets.len());
        for finding in found {
            self.take(policy, finding);
        }
        if self.draft.steps() > steps
            && let Err(misfit) = self.read_workload()
        {
            // Its repairs made something that Kubernetes would refuse: none of them is kept.
            self.draft.undo_to(steps, &self.request.object);
            self.findings[findings..].iter_mut().for_each(|judged| judged.fixed = false);
            self.secrets.truncate(secrets);
            self.fail(policy, ReviewError::BadAnswer(format!("its repair does not fit the kind: {misfit}")));
            self.read_workload()?;
        }
        Ok(())
    }

    /// Records a finding and makes its repair, if repairs are made.
    fn take(&mut self, policy: &InstalledPolicy, finding: Finding) {
        if !self.is_within(&finding.at) {
            let problem = format!("{} points at {}, which the object does not have", finding.rule, finding.at);
            self.fail(policy, ReviewError::BadAnswer(problem));
            return;
        }
        let repairs = policy.action == Action::Fix && self.request.phase != Phase::Validate && !finding.fix.is_empty();
        let mut judged =
            Judged { policy: policy.name.clone(), action: policy.action, finding, fixed: false, obstacle: None };
        if repairs {
            let before = self.draft.steps();
            match edit::apply(&mut self.draft, self.request, &judged.finding.fix) {
                Ok(secrets) => {
                    judged.fixed = true;
                    self.secrets.extend(secrets);
                }
                Err(error) => {
                    self.draft.undo_to(before, &self.request.object);
                    match error {
                        FixError::Move(refused) => judged.obstacle = Some(refused.to_string()),
                        FixError::Edit(error) => {
                            let problem = format!("the repair of {}: {error}", judged.finding.rule);
                            self.fail(policy, ReviewError::BadAnswer(problem));
                        }
                    }
                }
            }
        }
        self.findings.push(judged);
    }

    fn is_within(&self, pointer: &str) -> bool {
        self.draft.object().pointer(pointer).is_some() || self.request.object.pointer(pointer).is_some()
    }

    fn fail(&mut self, policy: &InstalledPolicy, error: ReviewError) {
        let denies = policy.on_error == OnError::Deny && matches!(policy.action, Action::Fix | Action::Deny);
        self.failures.push(PolicyFailure { policy: policy.name.clone(), error, denies });
    }

    fn finish(mut self) -> Evaluation {
        if !self.secrets.is_empty()
            && let Err(error) = last_applied::rewrite(&mut self.draft)
        {
            // The annotation is an entry of a map that is there: this cannot happen, and if it
            // does the object must not be stored with the password in it.
            self.failures.push(PolicyFailure {
                policy: "tidegate".to_owned(),
                error: ReviewError::BadAnswer(error.to_string()),
                denies: true,
            });
        }
        let denied = self.findings.iter().any(Judged::denies) || self.failures.iter().any(|failure| failure.denies);
        let (object, patch) = self.draft.finish();
        Evaluation {
            left_alone: None,
            decision: if denied { Decision::Deny } else { Decision::Allow },
            findings: self.findings,
            failures: self.failures,
            patch,
            object,
            secrets: self.secrets,
        }
    }
}
