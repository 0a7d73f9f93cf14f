//! What in files differs from what runs in a cluster.
//!
//! A [`Drift`] knows what runs. Each object of a file is compared with its counterpart as soon as it is judged, as
//! the gate would store it (`compare`): only what the file sets counts. [`Met`] then tells what runs and is in no
//! file.

mod compare;
mod findings;
mod identity;
mod items;
mod met;
mod quantity;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use self::compare::differences;
pub(super) use self::findings::Drifted;
use self::identity::{Identity, resource_type};
pub use self::met::{Met, join};
use super::report::AuditReport;
use crate::engine::Evaluation;
use crate::lookup::Lookup;
use crate::workload::withheld;

/// Which objects of files are compared, and what they are in if they do not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// Those that the audit is about; all, if none is named.
    pub named: Vec<String>,
    /// That of objects which name none.
    pub default: String,
}

/// What runs, for files to be compared with.
///
/// It is not `Debug`: objects may hold passwords.
pub struct Drift<'a> {
    running: HashMap<Identity, &'a Value>,
    /// Tells what was not listed: of other labels, say.
    lookup: Arc<dyn Lookup>,
    namespaces: Namespaces,
    met: Mutex<Met>,
}

impl<'a> Drift<'a> {
    /// Compares with these objects; what is not among them is asked for.
    pub(super) fn new(
        objects: impl Iterator<Item = &'a Value>,
        lookup: Arc<dyn Lookup>,
        namespaces: Namespaces,
    ) -> Self {
        let running = objects.filter_map(|object| Some((Identity::of(object, "")?, object))).collect();
        Self { running, lookup, namespaces, met: Mutex::default() }
    }

    /// What differs between an object of a file, as the gate would store it, and what runs.
    pub(super) fn of(&self, object: &Value, evaluation: &Evaluation) -> Vec<Drifted> {
        let Some(identity) = Identity::of(object, &self.namespaces.default) else { return Vec::new() };
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        met.objects.insert(identity.clone());
        if evaluation.left_alone.is_some() || !self.is_asked_for(&identity) {
            return Vec::new();
        }
        met.namespaces.extend(identity.namespace.clone());
        drop(met);
        let found;
        let running = match self.running.get(&identity) {
            Some(running) => *running,
            None => match self.lookup.get(&resource_type(&identity), identity.namespace.as_deref(), &identity.name) {
                Ok(None) => return vec![Drifted::nowhere(&identity)],
                Ok(Some(other)) => {
                    found = other;
                    &found
                }
                Err(unavailable) => {
                    let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
                    met.unknown(&identity, unavailable.reason);
                    return Vec::new();
                }
            },
        };
        let stored = &evaluation.object;
        // Where the cluster has what the file says, only the gate has not come by yet.
        let as_written = differences(object, running);
        let shown = (withheld(stored), withheld(running));
        differences(stored, running)
            .into_iter()
            .filter(|difference| as_written.iter().any(|written| overlap(&written.at, &difference.at)))
            .map(|difference| {
                let here = Seen { value: stored.pointer(&difference.at), shown: shown.0.pointer(&difference.at) };
                let there = difference.there.as_deref();
                let there = Seen {
                    value: there.and_then(|at| running.pointer(at)),
                    shown: there.and_then(|at| shown.1.pointer(at)),
                };
                Drifted::differs(difference, &here, &there)
            })
            .collect()
    }

    /// What was met in files, once they are judged; `is_whole` is false if somebody stopped that.
    pub fn met(self, files: &AuditReport, is_whole: bool) -> Met {
        let mut met = self.met.into_inner().unwrap_or_else(PoisonError::into_inner);
        met.add_claims(self.running.values().copied());
        met.is_whole = is_whole;
        met.has_unread = !files.problems.is_empty();
        met
    }

    fn is_asked_for(&self, identity: &Identity) -> bool {
        let named = &self.namespaces.named;
        named.is_empty() || identity.namespace.as_ref().is_none_or(|namespace| named.contains(namespace))
    }
}

/// A part of an object, and what may be shown of it.
struct Seen<'a> {
    value: Option<&'a Value>,
    shown: Option<&'a Value>,
}

/// Whether one place is in the other.
fn overlap(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
