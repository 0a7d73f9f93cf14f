//! What the API server sends to the gate: the webhook configurations, as the policies in force need them.
//!
//! The files of `webhook-deploy/` are the templates. [`derive`] keeps of them what policies on MySQL judge, and adds
//! webhooks for policies that judge everything of a kind; it knows no cluster. [`Keeper`] brings the configurations
//! of a cluster to that and keeps them there. Nothing here decides about an object: conditions may be looser than
//! what the engine does, and never tighter.

mod cel;
mod changes;
mod conditions;
mod derive;
mod gap;
mod general;
mod keeper;
mod matched;
mod merge;
mod problem;
mod sent;
mod template;
mod trial;
mod widen;

pub use derive::{Derived, derive};
pub use gap::Gap;
pub use keeper::{Choice, InForce, Keeper};
pub use merge::{MergeError, merge};
pub use problem::Problem;
pub use template::{Phase, TemplateError, Templates};
pub use trial::{TRIAL, end_trial, without_trial};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
