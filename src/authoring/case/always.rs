//! What holds of every object, whatever a case is about.

use secrecy::ExposeSecret as _;

use super::run::Judgement;
use crate::engine::{Evaluation, Judged, evaluate};
use crate::request::{Phase, Request};

/// From this length on a value is looked for in texts: shorter ones, such as "password", also occur in what a text
/// says about them.
const LEAST_TELLING: usize = 12;

/// Tells what does not hold: the patch leads to the repaired object, a second pass repairs nothing, an audit finds the
/// same as the gate, and neither a text nor the patch holds a credential.
pub(super) fn hold_always(judgement: &Judgement, problems: &mut Vec<String>) {
    let Judgement { request, evaluation, .. } = judgement;
    let mut patched = request.object.clone();
    match json_patch::patch(&mut patched, &evaluation.patch) {
        Ok(()) if patched == evaluation.object => {}
        Ok(()) => problems.push("the patch does not lead to the repaired object".to_owned()),
        Err(error) => problems.push(format!("the patch does not fit the object: {error}")),
    }
    let again = Request { object: evaluation.object.clone(), ..request.clone() };
    match once_more(&again, judgement) {
        Ok(second) if second.patch.0.is_empty() => {}
        Ok(second) => problems.push(format!("a second pass repairs again: {}", json(&second))),
        Err(problem) => problems.push(format!("the repaired object cannot be judged: {problem}")),
    }
    // Where nothing can be repaired any more, more is left over.
    if request.phase == Phase::Mutate {
        let audit = Request { phase: Phase::Audit, dry_run: true, ..request.clone() };
        match once_more(&audit, judgement) {
            Ok(audited) if lines(&audited) == lines(evaluation) => {}
            Ok(audited) => problems.push(format!("an audit finds something else: {}", lines(&audited).join("; "))),
            Err(problem) => problems.push(format!("an audit cannot judge it: {problem}")),
        }
    }
    let said = format!("{}{}", lines(evaluation).join("\n"), json(evaluation));
    for entry in evaluation.moved().iter().filter(|entry| entry.value.expose_secret().len() >= LEAST_TELLING) {
        if said.contains(entry.value.expose_secret()) {
            problems.push(format!("the value of {} is in a text or in the patch", entry.variable));
        }
    }
}

fn once_more(request: &Request, judgement: &Judgement) -> Result<Evaluation, String> {
    evaluate(request, &judgement.policies, &judgement.lookup).map_err(|misfit| misfit.to_string())
}

fn json(evaluation: &Evaluation) -> String {
    serde_json::to_string(&evaluation.patch).unwrap_or_default()
}

/// All that is said of an object.
fn lines(evaluation: &Evaluation) -> Vec<String> {
    evaluation.findings.iter().map(line).collect()
}

fn line(found: &Judged) -> String {
    let finding = &found.finding;
    format!(
        "{} {} at {} fixed: {}: {} ({}){}",
        finding.rule,
        finding.severity,
        finding.at,
        found.fixed,
        finding.message,
        finding.help.as_deref().unwrap_or("no help"),
        found.obstacle.as_deref().map(|why| format!(" obstacle: {why}")).unwrap_or_default(),
    )
}
