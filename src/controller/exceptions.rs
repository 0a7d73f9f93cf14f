//! The exceptions' objects: which of them hold now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::in_force::ExceptionStanding;
use super::stored::exception;
use super::watched::{Key, Known};
use crate::policy::PolicyException;

/// The exceptions that there are, and what became of each object.
pub(super) fn exceptions(known: &Known, now: Timestamp) -> (Vec<PolicyException>, BTreeMap<Key, ExceptionStanding>) {
    let (mut usable, mut standings) = (Vec::new(), BTreeMap::new());
    for (key, object) in known.objects() {
        let generation = object.metadata.generation.unwrap_or_default();
        let standing = |is_active, reason, message| ExceptionStanding { generation, is_active, reason, message };
        let standing = match exception(object) {
            Ok(exception) => {
                let standing = if exception.has_ended(now) {
                    standing(false, "Ended", format!("it ended at {}; delete it", exception.expires))
                } else {
                    standing(true, "Holds", format!("it holds until {}", exception.expires))
                };
                usable.push(exception);
                standing
            }
            Err(problem) => standing(false, "DocumentInvalid", problem),
        };
        standings.insert(key.clone(), standing);
    }
    (usable, standings)
}
