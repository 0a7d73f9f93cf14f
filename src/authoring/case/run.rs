//! Runs one case on the gate's own engine.

use std::sync::Arc;
use std::time::Instant;

use super::actual::actual;
use super::always::hold_always;
use super::format::{Case, Expectation};
use super::read::CaseFile;
use super::report::{CaseReport, Failure, Outcome};
use super::written;
use crate::authoring::Subject;
use crate::engine::{Evaluation, evaluate};
use crate::lookup::{KnownObjects, Lookup, NoLookup};
use crate::policy::PolicySet;
use crate::request::{Operation, Request};

/// A case that the engine has judged, and what it judged it with.
pub struct Judgement {
    /// What was asked.
    pub request: Request,
    /// The policy, installed as the case wants it.
    pub policies: PolicySet,
    /// The other objects.
    pub lookup: Arc<dyn Lookup>,
    /// What came of it.
    pub evaluation: Evaluation,
}

/// Judges a case, with nothing but its policy in force.
///
/// # Errors
/// What is said of settings that are refused, or of an object that does not fit its kind.
pub fn judge(case: &Case, subject: &Subject) -> Result<Judgement, String> {
    let policies = PolicySet::new(vec![subject.installed(case)?]);
    let lookup = lookup(case);
    let request = request(case);
    let evaluation = evaluate(&request, &policies, &lookup).map_err(|misfit| misfit.to_string())?;
    Ok(Judgement { request, policies, lookup, evaluation })
}

/// What the client asks.
pub(in crate::authoring) fn request(case: &Case) -> Request {
    let mut request = Request::audit(case.object.clone());
    request.phase = case.phase;
    request.dry_run = case.dry_run;
    request.user = case.user.clone();
    let usual = if case.old_object.is_some() { Operation::Update } else { Operation::Create };
    request.operation = case.operation.unwrap_or(usual);
    request.old_object = case.old_object.clone();
    request
}

/// Where the policy's questions are answered.
pub(in crate::authoring) fn lookup(case: &Case) -> Arc<dyn Lookup> {
    match &case.cluster {
        Some(objects) => Arc::new(KnownObjects::new(objects.clone())),
        None => Arc::new(NoLookup),
    }
}

/// Runs a case and compares.
pub fn run(file: &CaseFile, subject: &Subject) -> CaseReport {
    run_and_tell(file, subject).0
}

/// Runs a case and compares; tells too what came out, in the words of a case.
pub(super) fn run_and_tell(file: &CaseFile, subject: &Subject) -> (CaseReport, Expectation, Option<Judgement>) {
    let begun = Instant::now();
    let outcome = judge(&file.case, subject);
    let actual = actual(&outcome, file.case.expect.as_ref());
    let mut problems = Vec::new();
    if let Ok(judgement) = &outcome {
        hold_always(judgement, &mut problems);
    }
    let failure = match &file.case.expect {
        Some(expected) if *expected == actual && problems.is_empty() => None,
        Some(expected) if *expected == actual => Some(Failure { problems, ..Failure::default() }),
        Some(expected) => {
            problems.extend(outcome.as_ref().ok().and_then(why_not_asked));
            Some(Failure { expected: written::lines(expected), actual: written::lines(&actual), problems })
        }
        None => {
            problems.insert(0, "it expects nothing yet; `tidegate policy test --update` fills it in".to_owned());
            Some(Failure { expected: Vec::new(), actual: written::lines(&actual), problems })
        }
    };
    let report = CaseReport {
        name: file.name.clone(),
        file: file.file.display().to_string(),
        about: file.case.about.clone(),
        outcome: failure.map_or(Outcome::Passed, Outcome::Failed),
        took: begun.elapsed(),
    };
    (report, actual, outcome.ok())
}

/// Why nothing could be found.
fn why_not_asked(judgement: &Judgement) -> Option<String> {
    let evaluation = &judgement.evaluation;
    if let Some(why) = evaluation.left_alone {
        return Some(format!("the policy was not asked: {}", why.reason()));
    }
    if !evaluation.asked.is_empty() {
        return None;
    }
    let kinds: Vec<String> = judgement
        .policies
        .iter()
        .flat_map(|policy| policy.module.description().kinds.iter().map(ToString::to_string))
        .collect();
    let kinds = kinds.join(", ");
    Some(format!("the policy was not asked: it judges {kinds}, within the match of its document"))
}
