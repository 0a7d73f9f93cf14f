//! The chain: each policy judges the object as the ones before it left it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::draft::Draft;
use super::edit::{self, FixError};
use super::effect::{SecretEntry, WorkloadSecret};
use super::evaluation::{Decision, Evaluation, Judged, PolicyFailure};
use super::exceptions::{Exception, Exceptions};
use super::last_applied;
use super::left_alone::why_left_alone;
use super::named_place::named_place;
use super::owner::owner;
use super::secret_move::MoveRefused;
use super::secret_name::{owner_name, secret_name};
use crate::finding::Finding;
use crate::lookup::{Lookup, ResourceType};
use crate::policy::{Action, InstalledPolicy, OnError, PolicySet, ReviewContext, ReviewError, UnknownRule};
use crate::prepared::Prepared;
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
        exceptions: Exceptions::default(),
        unknown_rules: Vec::new(),
        secret_name: secret_name(request).ok().flatten(),
        config_maps: RefCell::default(),
        workload: None,
        prepared: Prepared::default(),
        asked: Vec::new(),
        findings: Vec::new(),
        failures: Vec::new(),
        entries: Vec::new(),
    };
    chain.exceptions = Exceptions::of(chain.draft.shown());
    chain.unknown_rules = chain.exceptions.unknown(policies);
    chain.read_workload()?;
    for policy in policies.iter().filter(|policy| policy.judges(request, lookup.as_ref())) {
        chain.judge(policy)?;
    }
    chain.find_what_stood_before(policies)?;
    Ok(chain.finish())
}

struct Chain<'a> {
    request: &'a Request,
    lookup: &'a Arc<dyn Lookup>,
    old_object: Option<Arc<Value>>,
    draft: Draft,
    exceptions: Exceptions,
    unknown_rules: Vec<UnknownRule>,
    secret_name: Option<String>,
    /// ConfigMaps that were asked for already: the object is read again after each repair.
    config_maps: RefCell<BTreeMap<String, Option<Value>>>,
    workload: Option<Workload>,
    prepared: Prepared,
    asked: Vec<String>,
    findings: Vec<Judged>,
    failures: Vec<PolicyFailure>,
    entries: Vec<SecretEntry>,
}

impl Chain<'_> {
    fn read_workload(&mut self) -> Result<(), Misfit> {
        self.prepared = Prepared::default();
        let stored = self.request.operation == Operation::Update;
        self.workload = Workload::read(self.draft.object(), self.draft.shown(), stored, &|name| self.config_map(name))?;
        Ok(())
    }

    /// A ConfigMap of the namespace, credentials withheld; none if nobody can say. One that is not
    /// there keeps the pod from starting, so that nothing follows from it.
    fn config_map(&self, name: &str) -> Option<Value> {
        let mut known = self.config_maps.borrow_mut();
        let ask = || {
            let kind = ResourceType::new("v1", "ConfigMap");
            let found = self.lookup.get(&kind, self.request.namespace.as_deref(), name).ok().flatten();
            found.map(|object| withheld(&object))
        };
        known.entry(name.to_owned()).or_insert_with(ask).clone()
    }

    fn judge(&mut self, policy: &InstalledPolicy) -> Result<(), Misfit> {
        self.asked.push(policy.name.clone());
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
        let found = match policy.module.review(&context, &policy.settings, policy.timeout) {
            Ok(found) => found,
            Err(error) => {
                self.fail(policy, error);
                return Ok(());
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
        if self.draft.steps() > steps
            && let Err(misfit) = self.read_workload()
        {
            // Its repairs made something that Kubernetes would refuse: none of them is kept.
            self.draft.undo_to(steps, &self.request.object);
            for judged in &mut self.findings[findings..] {
                (judged.fixed, judged.steps) = (false, 0..0);
            }
            self.entries.truncate(entries);
            self.fail(policy, ReviewError::BadAnswer(format!("its repair does not fit the kind: {misfit}")));
            self.read_workload()?;
        }
        Ok(())
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
        let mut judged = Judged {
            policy: policy.name.clone(),
            action: policy.action,
            finding,
            fixed: false,
            obstacle: None,
            cannot_be_stored: false,
            stood_before: false,
            exception,
            steps: 0..0,
        };
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

    /// Marks what would keep an update out although the stored object was found for it already, and
    /// could not be repaired: whoever changes something else must not be stopped by it.
    fn find_what_stood_before(&mut self, policies: &PolicySet) -> Result<(), Misfit> {
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
        let stored = evaluate(&before, policies, self.lookup)?;
        let stood: Vec<(&Finding, String)> = stored
            .findings
            .iter()
            // What could be repaired was, before the object came to be validated.
            .filter(|judged| !judged.fixed || self.request.phase == Phase::Validate)
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

    /// What was moved, as the Secret that has to be there.
    fn secret(&mut self) -> Option<WorkloadSecret> {
        if self.entries.is_empty() {
            return None;
        }
        // Something can be moved only where there are pods, and a name for the Secret.
        let (workload, name) = (self.workload.as_ref()?, self.secret_name.clone()?);
        Some(WorkloadSecret {
            namespace: self.request.namespace.clone(),
            name,
            owner_kind: self.request.kind().to_owned(),
            owner_name: owner_name(self.request)?.to_owned(),
            owner: owner(self.request, workload),
            entries: std::mem::take(&mut self.entries),
        })
    }

    fn finish(mut self) -> Evaluation {
        let has_moved = !self.entries.is_empty();
        let secret = self.secret();
        if has_moved && secret.is_none() {
            // What moves a value knows the Secret's name: this cannot happen, and if it does the
            // object must not be stored without its password.
            let error = ReviewError::BadAnswer("a value was moved into a Secret without a name".to_owned());
            self.failures.push(PolicyFailure { policy: "tidegate".to_owned(), error, denies: true });
        }
        if has_moved && let Err(error) = last_applied::rewrite(&mut self.draft) {
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
            asked: self.asked,
            decision: if denied { Decision::Deny } else { Decision::Allow },
            findings: self.findings,
            failures: self.failures,
            patch,
            object,
            secret,
        }
    }
}
