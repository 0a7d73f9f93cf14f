//! What came of a case, in the words in which it is expected.

use super::format::{Expectation, ExpectedFinding, ExpectedSecret};
use super::run::Judgement;
use crate::engine::{Evaluation, Judged};

/// What came of a case. Only what is expected is told; of a case that expects nothing yet, what is worth expecting.
pub(super) fn actual(outcome: &Result<Judgement, String>, expected: Option<&Expectation>) -> Expectation {
    let evaluation = match outcome {
        Ok(judgement) => &judgement.evaluation,
        Err(error) => return Expectation { error: Some(part(error, expected)), ..Expectation::default() },
    };
    let error = failures(evaluation).map(|error| part(&error, expected));
    // Where a failure is expected, the rest need not be.
    let wants = |is_there: fn(&Expectation) -> bool| error.is_none() || expected.is_none_or(is_there);
    let known = expected.and_then(|expected| expected.findings.as_deref()).unwrap_or_default();
    let findings = || evaluation.findings.iter().map(|found| finding(found, known)).collect();
    let patch = serde_json::to_value(&evaluation.patch).unwrap_or_default();
    let secrets = secrets(evaluation);
    let tells_patch = expected.map_or(!evaluation.patch.0.is_empty(), |expected| expected.patch.is_some());
    let tells_secrets = expected.map_or(!secrets.is_empty(), |expected| expected.secrets.is_some());
    Expectation {
        decision: wants(|expected| expected.decision.is_some()).then_some(evaluation.decision),
        findings: wants(|expected| expected.findings.is_some()).then(findings),
        patch: tells_patch.then_some(patch),
        object: expected.and_then(|expected| expected.object.as_ref()).map(|_| evaluation.object.clone()),
        secrets: tells_secrets.then_some(secrets),
        error,
    }
}

/// What the policy failed at.
fn failures(evaluation: &Evaluation) -> Option<String> {
    let all: Vec<String> = evaluation.failures.iter().map(|failure| failure.error.to_string()).collect();
    if all.is_empty() { None } else { Some(all.join("; ")) }
}

/// An error's text, or the part of it that is expected.
fn part(error: &str, expected: Option<&Expectation>) -> String {
    let wanted = expected.and_then(|expected| expected.error.as_deref());
    wanted.filter(|wanted| error.contains(wanted)).unwrap_or(error).to_owned()
}

fn finding(found: &Judged, known: &[ExpectedFinding]) -> ExpectedFinding {
    let is = &found.finding;
    let text = format!("{} {}", is.message, is.help.as_deref().unwrap_or_default());
    let meant = |expected: &&ExpectedFinding| {
        expected.rule == is.rule
            && expected.at == is.at
            && expected.message.as_ref().is_none_or(|part| text.contains(part.as_str()))
    };
    ExpectedFinding {
        rule: is.rule.clone(),
        severity: is.severity,
        at: is.at.clone(),
        fixed: found.fixed,
        message: match known.iter().find(meant) {
            Some(expected) => expected.message.clone(),
            None => Some(is.message.clone()),
        },
    }
}

fn secrets(evaluation: &Evaluation) -> Vec<ExpectedSecret> {
    let entries = evaluation.secret.iter().flat_map(|secret| secret.entries.iter().map(move |entry| (secret, entry)));
    entries.map(|(secret, entry)| ExpectedSecret { name: secret.name.clone(), key: entry.key.clone() }).collect()
}
