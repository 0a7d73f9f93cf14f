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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::finding::{Edit, Finding, Severity};
    use crate::lookup::{Lookup, NoLookup};
    use crate::policy::PolicySet;
    use crate::policy::scripted::{description, scripted};

    const PASSWORD: &str = "correct horse battery";
    const VARIABLE: &str = "/spec/containers/0/env/0";

    /// What a policy says in a phase.
    type Review = fn(Phase) -> Finding;

    fn judgement(review: Review) -> Judgement {
        let policies = PolicySet::new(vec![scripted(description("told", "X1"), move |context| {
            let literal = context.object.pointer(VARIABLE).is_some_and(|variable| variable.get("value").is_some());
            Ok(if literal { vec![review(context.request.phase)] } else { Vec::new() })
        })]);
        let mut request = Request::audit(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "mysql", "namespace": "shop" },
            "spec": { "containers": [
                { "name": "mysql", "image": "mysql:8.4", "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": PASSWORD }] },
            ] },
        }));
        (request.phase, request.dry_run) = (Phase::Mutate, false);
        let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
        let evaluation = evaluate(&request, &policies, &lookup).unwrap();
        Judgement { request, policies, lookup, evaluation }
    }

    fn problems(judgement: &Judgement) -> Vec<String> {
        let mut problems = Vec::new();
        hold_always(judgement, &mut problems);
        problems
    }

    fn found(message: &str, fix: Vec<Edit>) -> Finding {
        let (rule, at, message) = ("X1".to_owned(), VARIABLE.to_owned(), message.to_owned());
        Finding { rule, severity: Severity::Low, at, message, help: None, fix }
    }

    #[test]
    fn what_does_not_hold_is_told() {
        let good: Review = |_| found("in plain text", vec![Edit::MoveToSecret(VARIABLE.to_owned())]);
        assert_eq!(problems(&judgement(good)), Vec::<String>::new());
        for (review, problem) in [
            (
                (|_| found("again", vec![Edit::Append("/spec/containers/0/args".to_owned(), json!("--x"))])) as Review,
                "a second pass repairs again: ",
            ),
            (|phase| found(phase.as_str(), Vec::new()), "an audit finds something else: X1 low at "),
            (
                |_| found(&format!("it is {PASSWORD}"), vec![Edit::MoveToSecret(VARIABLE.to_owned())]),
                "the value of MYSQL_ROOT_PASSWORD is in a text or in the patch",
            ),
        ] {
            let told = problems(&judgement(review));
            assert!(told.len() == 1 && told.iter().all(|told| told.starts_with(problem)), "{problem}: {told:?}");
        }
    }

    #[test]
    fn a_patch_has_to_lead_to_the_repaired_object() {
        let mut other = judgement(|_| found("as it is", Vec::new()));
        other.evaluation.object["metadata"]["labels"] = json!({ "a": "b" });
        assert_eq!(problems(&other), ["the patch does not lead to the repaired object"]);
        other.evaluation.patch = serde_json::from_value(json!([{ "op": "remove", "path": "/nowhere" }])).unwrap();
        let told = problems(&other);
        assert!(told.first().is_some_and(|told| told.starts_with("the patch does not fit the object: ")), "{told:?}");
    }
}
