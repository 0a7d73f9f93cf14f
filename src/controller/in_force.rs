//! What this replica has in force, and what became of each object: what the others, and the status, are told.

use std::collections::BTreeMap;

use super::standing::Standing;
use super::watched::Key;

/// What this replica has in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InForceHere {
    /// The revision of the set.
    pub(super) revision: String,
    /// What became of each policy's object.
    pub(super) policies: BTreeMap<String, Standing>,
    /// What became of each exception's object, by namespace and name.
    pub(super) exceptions: BTreeMap<Key, ExceptionStanding>,
}

/// What became of an exception's object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExceptionStanding {
    pub(super) generation: i64,
    /// Whether it holds.
    pub(super) is_active: bool,
    pub(super) reason: &'static str,
    pub(super) message: String,
}
