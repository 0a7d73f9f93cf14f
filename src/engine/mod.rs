//! The engine: one object through the chain of policies, to one evaluation.
//!
//! It is pure and synchronous: it performs no effect, knows no client, no HTTP and no Wasm.

mod before;
mod chain;
mod draft;
mod edit;
mod effect;
mod evaluation;
mod exceptions;
mod judge;
mod last_applied;
mod left_alone;
mod named_place;
mod owner;
mod rounds;
mod secret_move;
mod secret_name;
mod stood_before;

pub use chain::evaluate;
pub use draft::EditError;
pub use effect::{Before, Data, Owner, SecretEntry, WorkloadSecret};
pub use evaluation::{Decision, Evaluation, Judged, PolicyFailure, Shadow};
pub use exceptions::{ANNOTATION as EXCEPTIONS_ANNOTATION, Exception, excepted};
pub use left_alone::{LeftAlone, is_left_to_its_owner};
pub use named_place::named_place;
pub use owner::stored_owner;
pub use secret_move::MoveRefused;

pub use crate::workload::Misfit;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
