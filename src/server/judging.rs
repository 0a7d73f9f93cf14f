//! By which set of policies a review is judged: by that in force, and just after a swap perhaps by the one before.
//!
//! An object is judged in two phases, and policies may be replaced between them. What a new policy would have repaired
//! in the first, it only finds in the second, and the object would be refused that passes a moment later. So it gets in
//! if a set lets it in that was in force when its admission may have begun. What cannot be repaired is refused by the
//! set in force at once: nobody hears of a policy that denies in the first phase.

use std::sync::Arc;

use crate::engine::{Evaluation, evaluate};
use crate::lookup::Lookup;
use crate::policy::{Action, CurrentPolicies};
use crate::request::{Phase, Request};
use crate::workload::Misfit;

/// Judges an object. It computes, and may wait for the cluster.
///
/// # Errors
/// As [`evaluate`].
pub(super) fn judge(
    request: &Request,
    policies: &CurrentPolicies,
    lookup: &Arc<dyn Lookup>,
) -> Result<Evaluation, Misfit> {
    let evaluation = evaluate(request, &policies.get(), lookup)?;
    if request.phase == Phase::Validate && lacks_only_repairs(&evaluation) {
        for before in policies.before() {
            let earlier = evaluate(request, &before, lookup)?;
            if earlier.is_allowed() {
                return Ok(earlier);
            }
        }
    }
    Ok(evaluation)
}

/// Whether the object is kept out, and would not be if each repair that policies offer had been made.
fn lacks_only_repairs(evaluation: &Evaluation) -> bool {
    let mut denying = evaluation.findings.iter().filter(|judged| judged.denies());
    !evaluation.is_allowed()
        && !evaluation.failures.iter().any(|failure| failure.denies)
        && denying.all(|judged| judged.action == Action::Fix && !judged.finding.fix.is_empty())
}
