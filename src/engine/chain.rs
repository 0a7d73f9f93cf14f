//! The chain: each policy judges the object as the ones before it left it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::draft::Draft;
use super::effect::{SecretEntry, WorkloadSecret};
use super::evaluation::{Decision, Evaluation, Judged, PolicyFailure, Shadow};
use super::exceptions::Exceptions;
use super::last_applied;
use super::left_alone::{LeftAlone, standing};
use super::owner::owner;
use super::secret_name::{owner_name, secret_name};
use crate::lookup::{Lookup, ResourceType};
use crate::policy::{InstalledPolicy, PolicySet, RequestNamespace, ReviewError, UnknownRule};
use crate::prepared::Prepared;
use crate::request::{Operation, Request};
use crate::workload::{Misfit, Workload, withheld};

/// Judges an object by all policies that apply to it.
///
/// # Errors
/// [`Misfit`] if a field of the object has a type that its kind does not have: such an object
/// cannot be judged, and the API server would refuse it as well.
pub fn evaluate(request: &Request, policies: &PolicySet, lookup: &Arc<dyn Lookup>) -> Result<Evaluation, Misfit> {
    evaluate_in(&RequestNamespace::of(request, lookup.as_ref()), request, policies, lookup)
}

/// The same, where something may be known of the request's namespace already.
pub(super) fn evaluate_in(
    namespace: &RequestNamespace<'_>,
    request: &Request,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
) -> Result<Evaluation, Misfit> {
    let standing = match standing(request, policies) {
        Ok(standing) => standing,
        Err(why) => return Ok(Evaluation::untouched(request.object.clone(), why)),
    };
    let mut chain = Chain {
        request,
        namespace,
        lookup,
        frozen: standing.frozen,
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
        shadow: Shadow::default(),
        entries: Vec::new(),
    };
    chain.exceptions = Exceptions::of(chain.draft.shown());
    chain.exceptions.add(policies, request);
    chain.unknown_rules = chain.exceptions.unknown(policies);
    chain.read_workload()?;
    let reaching: Vec<&InstalledPolicy> = policies
        .iter()
        .filter(|policy| if policy.is_general() { standing.general } else { standing.mysql })
        .filter(|policy| policy.reaches(request))
        .collect();
    let somebody_judged = chain.judge_all(&reaching)?;
    if !somebody_judged && !standing.mysql {
        return Ok(Evaluation::untouched(request.object.clone(), LeftAlone::NoMySql));
    }
    chain.find_what_stood_before(policies)?;
    Ok(chain.finish())
}

/// An object on its way through the policies.
pub(super) struct Chain<'a> {
    pub(super) request: &'a Request,
    /// That of the request, for policies that select by its labels.
    pub(super) namespace: &'a RequestNamespace<'a>,
    pub(super) lookup: &'a Arc<dyn Lookup>,
    /// What no repair may touch.
    pub(super) frozen: Option<&'static str>,
    pub(super) old_object: Option<Arc<Value>>,
    pub(super) draft: Draft,
    pub(super) exceptions: Exceptions,
    pub(super) unknown_rules: Vec<UnknownRule>,
    pub(super) secret_name: Option<String>,
    /// ConfigMaps that were asked for already: the object is read again after each repair.
    config_maps: RefCell<BTreeMap<String, Option<Value>>>,
    pub(super) workload: Option<Workload>,
    pub(super) prepared: Prepared,
    pub(super) asked: Vec<String>,
    pub(super) findings: Vec<Judged>,
    pub(super) failures: Vec<PolicyFailure>,
    pub(super) shadow: Shadow,
    pub(super) entries: Vec<SecretEntry>,
}

impl Chain<'_> {
    /// Reads the typed model anew.
    pub(super) fn read_workload(&mut self) -> Result<(), Misfit> {
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
            shadow: self.shadow,
            patch,
            object,
            secret,
        }
    }
}
