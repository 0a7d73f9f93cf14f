//! What is left when everything is repaired that can be. It is looked for anew in the repaired objects: a repair may
//! have changed it, moved it to another line or brought it about.

use super::item::{Item, Judge};
use super::known::{Known, Now};
use crate::audit::parallel;
use crate::engine::{Evaluation, Misfit, evaluate};
use crate::request::{Phase, Request};

impl Judge<'_> {
    /// Judges as they are now those objects that there is something to tell of.
    pub(super) fn look_again(&self, items: &mut [Item], known: &Known) {
        // What no repair has touched was last judged as it is.
        if !items.iter().any(|item| item.changes() || item.stuck.is_some()) {
            return;
        }
        let now = known.now(items);
        let is_told_of = |item: &Item| item.changes() || !item.left.is_empty();
        let judged = parallel::map(items, |item| is_told_of(item).then(|| self.as_it_is(item, &now)));
        for (item, judged) in items.iter_mut().zip(judged) {
            // What could be judged before can be judged after its repair: the engine takes others back.
            if let Some(Ok(evaluation)) = judged {
                item.set_left(evaluation);
            }
        }
    }

    /// What is found of an object where nothing is repaired any more.
    fn as_it_is(&self, item: &Item, now: &Now) -> Result<Evaluation, Misfit> {
        let selection = self.selection.clone();
        let request = Request { selection, phase: Phase::Validate, ..Request::audit(item.value.clone()) };
        evaluate(&request, self.policies, &now.near(item))
    }
}

impl Item {
    /// Takes over what is left; why it could not be repaired is known from when that was tried.
    fn set_left(&mut self, evaluation: Evaluation) {
        let before = std::mem::take(&mut self.left);
        for mut judged in evaluation.findings.into_iter().filter(|judged| !judged.is_excepted()) {
            let known = before
                .iter()
                .find(|other| (&other.finding.rule, &other.finding.at) == (&judged.finding.rule, &judged.finding.at));
            let stuck = || self.stuck.clone().filter(|_| !judged.finding.fix.is_empty());
            judged.obstacle = known.and_then(|known| known.obstacle.clone()).or_else(stuck);
            self.left.push(judged);
        }
    }
}
