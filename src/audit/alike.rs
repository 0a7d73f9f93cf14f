//! Copies of an object are judged once: repositories have the same manifests in many folders.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::asked::{Asked, AskedLookup};
use crate::engine::{Evaluation, evaluate};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::Misfit;

/// So many evaluations are kept; the oldest goes first. The manifests of a large repository's one folder fit.
const MOST_KEPT: usize = 512;

/// The evaluations of objects that were met more than once.
///
/// All requests must be of one audit: alike but for their objects.
#[derive(Default)]
pub(super) struct Alike {
    hashes: RandomState,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Of every object that was judged; only a second one is worth being kept.
    met: HashSet<u64>,
    kept: HashMap<u64, Arc<Kept>>,
    order: VecDeque<u64>,
}

struct Kept {
    object: Value,
    /// What else the evaluation follows from.
    asked: Asked,
    evaluation: Evaluation,
}

impl Alike {
    /// What the engine says of an object, or said of one that is the same, and about which the same was known.
    pub(super) fn evaluate(
        &self,
        request: &Request,
        policies: &PolicySet,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Evaluation, Misfit> {
        let hash = self.hashes.hash_one(&request.object);
        let (is_first, kept) = {
            let mut known = self.known();
            (known.met.insert(hash), known.kept.get(&hash).cloned())
        };
        if is_first {
            return evaluate(request, policies, lookup);
        }
        if let Some(kept) = kept.filter(|kept| kept.object == request.object)
            && kept.asked.is_answered_alike(lookup.as_ref())
        {
            return Ok(kept.evaluation.clone());
        }
        let asking = Arc::new(AskedLookup::new(Arc::clone(lookup)));
        let evaluation = evaluate(request, policies, &(Arc::clone(&asking) as Arc<dyn Lookup>))?;
        // A policy that failed may have lacked time: another try may go better.
        if evaluation.failures.is_empty() {
            let kept = Kept { object: request.object.clone(), asked: asking.asked(), evaluation: evaluation.clone() };
            self.known().keep(hash, kept);
        }
        Ok(evaluation)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn keep(&mut self, hash: u64, kept: Kept) {
        if self.kept.insert(hash, Arc::new(kept)).is_none() {
            self.order.push_back(hash);
        }
        if self.order.len() > MOST_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }
}
