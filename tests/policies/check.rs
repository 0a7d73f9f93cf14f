//! Runs one case and compares.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use secrecy::ExposeSecret as _;
use tidegate::engine::{Evaluation, Judged, evaluate};
use tidegate::lookup::{KnownObjects, Lookup, NoLookup};
use tidegate::policy::{PolicyDocument, PolicySet};
use tidegate::request::{Operation, Phase, Request};
use tidegate::wasm::{Loader, LocalCode, Runtime, builtin_names};

use super::case::{Case, ExpectedFinding, ExpectedSecret};

static RUNTIME: LazyLock<Arc<Runtime>> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    Arc::new(Runtime::new(Some(&cache)).unwrap())
});

/// Runs the case of a file.
///
/// # Errors
/// A readable list of all that is not as the case expects.
pub(crate) fn check(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let case: Case = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
    let policy = file.ancestors().nth(2).unwrap().file_name().unwrap().to_string_lossy().into_owned();
    let policies = only(&policy, &case)?;
    let lookup: Arc<dyn Lookup> = match &case.cluster {
        Some(objects) => Arc::new(KnownObjects::new(objects.clone())),
        None => Arc::new(NoLookup),
    };
    let request = request(&case);
    let evaluation = evaluate(&request, &policies, &lookup).map_err(|misfit| misfit.to_string())?;

    let mut problems = String::new();
    compare(&case, &evaluation, &mut problems);
    hold_always(&request, &evaluation, &policies, &lookup, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(format!("{}\n{problems}", case.about)) }
}

/// A set of just this policy, as the case wants it. Its component is read from where it was built, so
/// that a policy can be tried without building the gate anew.
fn only(policy: &str, case: &Case) -> Result<PolicySet, String> {
    let mut documents: Vec<_> = builtin_names()
        .filter(|name| *name != policy)
        .map(|name| {
            let mut document = PolicyDocument::builtin(name);
            document.spec.enabled = false;
            ("case".to_owned(), document)
        })
        .collect();
    let mut document = PolicyDocument::builtin(policy);
    let component = super::policies().join("target/components").join(policy).with_extension("wasm");
    document.spec.module = format!("file://{}", component.display());
    document.spec.settings = case.settings.clone();
    document.spec.action = case.action;
    documents.push(("case".to_owned(), document));
    Loader::new(Arc::clone(&RUNTIME), Arc::new(LocalCode))
        .granting_reads()
        .load(documents)
        .map_err(|error| error.to_string())
}

fn request(case: &Case) -> Request {
    let mut request = Request::audit(case.object.clone());
    request.phase = Phase::Mutate;
    request.dry_run = false;
    request.operation = match case.operation.as_str() {
        "CREATE" => Operation::Create,
        "UPDATE" => Operation::Update,
        other => panic!("operation {other}: write CREATE or UPDATE"),
    };
    request.old_object = case.old_object.clone();
    request
}

fn compare(case: &Case, evaluation: &Evaluation, problems: &mut String) {
    let expected = &case.expect;
    for failure in &evaluation.failures {
        writeln!(problems, "policy {} failed: {}", failure.policy, failure.error).unwrap();
    }
    if evaluation.decision != expected.decision {
        writeln!(problems, "decision: {:?}, expected {:?}", evaluation.decision, expected.decision).unwrap();
    }
    let found = &evaluation.findings;
    if found.len() != expected.findings.len()
        || !found.iter().zip(&expected.findings).all(|(found, expected)| is_as_expected(found, expected))
    {
        writeln!(problems, "findings:").unwrap();
        found.iter().for_each(|found| writeln!(problems, "  {}", line(found)).unwrap());
        writeln!(problems, "expected:").unwrap();
        expected.findings.iter().for_each(|expected| writeln!(problems, "  {expected:?}").unwrap());
    }
    if let Some(patch) = &expected.patch {
        let made = serde_json::to_value(&evaluation.patch).unwrap();
        if made != *patch {
            writeln!(problems, "patch:    {made}\nexpected: {patch}").unwrap();
        }
    }
    if let Some(secrets) = &expected.secrets {
        let made: Vec<_> = evaluation
            .secret
            .iter()
            .flat_map(|secret| secret.entries.iter().map(|entry| (secret.name.clone(), entry.key.clone())))
            .map(|(name, key)| ExpectedSecret { name, key })
            .collect();
        if made != *secrets {
            writeln!(problems, "secrets:  {made:?}\nexpected: {secrets:?}").unwrap();
        }
    }
}

fn is_as_expected(found: &Judged, expected: &ExpectedFinding) -> bool {
    let text = format!("{} {}", found.finding.message, found.finding.help.as_deref().unwrap_or_default());
    found.finding.rule == expected.rule
        && found.finding.severity == expected.severity
        && found.finding.at == expected.at
        && found.fixed == expected.fixed
        && expected.message.as_ref().is_none_or(|part| text.contains(part))
}

fn line(found: &Judged) -> String {
    let finding = &found.finding;
    format!(
        "{} {} at {} fixed: {} — {} ({}){}",
        finding.rule,
        finding.severity,
        finding.at,
        found.fixed,
        finding.message,
        finding.help.as_deref().unwrap_or("no help"),
        found.obstacle.as_deref().map(|why| format!(" obstacle: {why}")).unwrap_or_default(),
    )
}

/// What holds for every object, whatever the case is about.
fn hold_always(
    request: &Request,
    evaluation: &Evaluation,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
    problems: &mut String,
) {
    let mut patched = request.object.clone();
    json_patch::patch(&mut patched, &evaluation.patch).unwrap();
    if patched != evaluation.object {
        writeln!(problems, "the patch does not lead to the repaired object").unwrap();
    }
    let mut again = request.clone();
    again.object = evaluation.object.clone();
    let second = evaluate(&again, policies, lookup).unwrap();
    if !second.patch.0.is_empty() {
        writeln!(problems, "a second pass repairs again: {}", serde_json::to_string(&second.patch).unwrap()).unwrap();
    }
    let mut audit = request.clone();
    audit.phase = Phase::Audit;
    audit.dry_run = true;
    let audited = evaluate(&audit, policies, lookup).unwrap();
    let lines = |evaluation: &Evaluation| evaluation.findings.iter().map(line).collect::<Vec<_>>();
    if lines(&audited) != lines(evaluation) {
        writeln!(problems, "an audit finds something else: {:?}", lines(&audited)).unwrap();
    }
    // Short or common values, such as "password", also occur in what a text says about them.
    for entry in evaluation.moved().iter().filter(|entry| entry.value.expose_secret().len() >= 12) {
        let said = format!("{:?}{}", lines(evaluation), serde_json::to_string(&evaluation.patch).unwrap());
        if said.contains(entry.value.expose_secret()) {
            writeln!(problems, "the value of {} is in a text or in the patch", entry.variable).unwrap();
        }
    }
}
