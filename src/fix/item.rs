//! One object on its way to being repaired, and the rounds that it takes.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::consent::{Consent, Key};
use super::destination::{Destination, DestinationError};
use super::known::{Known, Now};
use super::report::FindingRow;
use crate::audit::objects::SourceObject;
use crate::audit::{InputError, InputProblem, parallel};
use crate::engine::{Evaluation, Judged, Misfit, evaluate};
use crate::policy::PolicySet;
use crate::request::{Request, Selection};

/// A repair may let a policy see something that it could not judge before. Two are the most that were ever seen.
pub(super) const MOST_ROUNDS: usize = 5;

/// An object, and what becomes of it.
pub(super) struct Item {
    pub(super) source: SourceObject,
    /// The folder of its file, as it was named.
    pub(super) folder: Arc<str>,
    /// As it is repaired so far.
    pub(super) value: Value,
    pub(super) done: Vec<Judged>,
    pub(super) left: Vec<Judged>,
    /// Policies that could not judge it.
    pub(super) failures: Vec<String>,
    /// The evaluations that moved a password.
    pub(super) moves: Vec<Evaluation>,
    /// Why it cannot be judged.
    pub(super) misfit: Option<Misfit>,
    /// What was said about its repairs; none if nobody is asked.
    pub(super) consent: Option<Consent>,
    /// Why its passwords have to stay.
    pub(super) no_secret: Option<String>,
    /// Why none of its repairs can be written down.
    pub(super) stuck: Option<String>,
}

impl Item {
    pub(super) fn new(source: SourceObject, folder: &Arc<str>) -> Self {
        Self {
            folder: Arc::clone(folder),
            value: source.value.clone(),
            source,
            done: Vec::new(),
            left: Vec::new(),
            failures: Vec::new(),
            moves: Vec::new(),
            misfit: None,
            consent: None,
            no_secret: None,
            stuck: None,
        }
    }

    /// Whether something of it changes.
    pub(super) fn changes(&self) -> bool {
        !self.done.is_empty()
    }

    /// As it was at first.
    pub(super) fn reset(&mut self) {
        self.value.clone_from(&self.source.value);
        self.done.clear();
        self.left.clear();
        self.failures.clear();
        self.moves.clear();
        self.misfit = None;
    }

    /// Takes all repairs back, since they cannot be written down.
    pub(super) fn take_back(&mut self, why: &str) {
        self.value.clone_from(&self.source.value);
        self.moves.clear();
        let mut undone = std::mem::take(&mut self.done);
        for judged in &mut undone {
            judged.fixed = false;
            judged.obstacle = Some(why.to_owned());
        }
        undone.append(&mut self.left);
        self.left = undone;
        self.stuck = Some(why.to_owned());
    }

    /// Everything that was found of it.
    pub(super) fn found(&self) -> Vec<Judged> {
        self.done.iter().chain(&self.left).cloned().collect()
    }

    /// What people call it.
    pub(super) fn title(&self) -> String {
        Request::audit(self.source.value.clone()).title()
    }

    /// What is told of a finding, which stands on this line.
    pub(super) fn row(&self, judged: &Judged, line: usize) -> FindingRow {
        FindingRow {
            rule: judged.finding.rule.clone(),
            severity: judged.finding.severity,
            object: self.title(),
            line,
            message: judged.finding.message.clone(),
            help: judged.finding.help.clone(),
            obstacle: judged.obstacle.clone(),
        }
    }

    /// Has its passwords taken, and refers to the keys that they got.
    ///
    /// # Errors
    /// [`DestinationError`] if they have to stay.
    pub(super) fn hand_over(
        &mut self,
        folder: Option<&Path>,
        destination: &mut dyn Destination,
    ) -> Result<(), DestinationError> {
        for evaluation in &mut self.moves {
            let Some(secret) = evaluation.secret.clone() else { continue };
            let applied = destination.take(&secret, folder)?;
            if !applied.keys.is_empty() {
                evaluation.object.clone_from(&self.value);
                evaluation.use_keys(&secret, &applied.keys)?;
                self.value.clone_from(&evaluation.object);
            }
        }
        Ok(())
    }

    /// Why it cannot be judged, as audits say it.
    pub(super) fn problem(&self) -> Option<InputProblem> {
        let misfit = self.misfit.clone()?;
        let place = self.source.place(&misfit.at);
        Some(InputProblem {
            file: self.source.file.name.clone(),
            line: Some(place.line),
            column: Some(place.column),
            in_cluster: false,
            error: InputError::Misfit { object: self.title(), misfit: Box::new(misfit) },
        })
    }

    /// Whether another round may find more.
    fn take(&mut self, result: Result<Evaluation, Misfit>) -> bool {
        let mut evaluation = match result {
            Ok(evaluation) => evaluation,
            Err(misfit) => {
                self.misfit = Some(misfit);
                return false;
            }
        };
        let failure = |failure: &crate::engine::PolicyFailure| {
            format!("policy {} could not judge it: {}", failure.policy, failure.error)
        };
        self.failures = evaluation.failures.iter().map(failure).collect();
        let (done, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut evaluation.findings).into_iter().partition(|judged| judged.fixed);
        self.left = left.into_iter().filter(|judged| !judged.is_excepted()).collect();
        if done.is_empty() || evaluation.object == self.value {
            return false;
        }
        self.done.extend(done);
        self.value.clone_from(&evaluation.object);
        if evaluation.secret.is_some() {
            self.moves.push(evaluation);
        }
        true
    }
}

/// Judges by what.
pub(super) struct Judge<'a> {
    pub(super) policies: &'a PolicySet,
    pub(super) selection: &'a Selection,
    /// Why no password can be moved, if nobody said where to.
    pub(super) no_secret: Option<&'a str>,
}

impl Judge<'_> {
    /// What an object comes to, with these findings declined.
    pub(super) fn evaluate(&self, item: &Item, declined: &[Key], now: &Now) -> Result<Evaluation, Misfit> {
        let mut selection = self.selection.clone();
        selection.declined.extend_from_slice(declined);
        let no_secret = item.no_secret.clone().or_else(|| self.no_secret.map(str::to_owned));
        let request = Request { selection, no_secret, ..Request::audit(item.value.clone()) };
        evaluate(&request, self.policies, &now.near(item))
    }

    /// Repairs objects until nothing is repaired any more; each may ask for all others.
    pub(super) fn repair(&self, items: &mut [Item], known: &Known) {
        for _ in 0..MOST_ROUNDS {
            if !self.repair_once(items, &known.now(items)) {
                break;
            }
        }
    }

    /// Repairs objects by what is found of them now. Whether another round may find more.
    pub(super) fn repair_once(&self, items: &mut [Item], now: &Now) -> bool {
        let judged = parallel::map(items, |item| {
            let declined = item.consent.as_ref().map(|consent| consent.declined.as_slice()).unwrap_or_default();
            self.evaluate(item, declined, now)
        });
        let mut changed = false;
        for (item, result) in items.iter_mut().zip(judged) {
            changed |= item.take(result);
        }
        changed
    }

    /// Repairs one object anew, beside the others as they are now.
    pub(super) fn repair_anew(&self, item: &mut Item, now: &Now) {
        item.reset();
        for _ in 0..MOST_ROUNDS {
            let judged = self.evaluate_wanted(item, now);
            if !item.take(judged) {
                break;
            }
        }
    }

    /// What an object comes to; where somebody was asked, only with the repairs that they want.
    fn evaluate_wanted(&self, item: &Item, now: &Now) -> Result<Evaluation, Misfit> {
        let mut declined = Vec::new();
        loop {
            let evaluation = self.evaluate(item, &declined, now)?;
            let unwanted = item.consent.as_ref().map(|consent| consent.unwanted(&evaluation)).unwrap_or_default();
            if unwanted.is_empty() {
                return Ok(evaluation);
            }
            declined.extend(unwanted);
        }
    }
}
