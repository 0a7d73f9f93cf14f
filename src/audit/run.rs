//! Reads, judges and reports: the audit itself.

use std::path::PathBuf;
use std::sync::Arc;

use super::lookup::DocumentsLookup;
use super::objects::{FileObjects, SourceObject, read_objects};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::report::{AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, Origin, Scope, SourceLine};
use super::snippet::{Hidden, Snippet};
use super::sources::Sources;
use crate::engine::{Evaluation, Judged, evaluate};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::Request;

/// Audits all manifests that the paths lead to; `-` is standard input.
pub fn audit(paths: &[PathBuf], policies: &PolicySet) -> AuditReport {
    let Sources { sources, mut problems, .. } = Sources::find(paths);
    let files = sources.len();
    let mut objects = Vec::new();
    for FileObjects { objects: of_file, problems: in_file } in parallel::map(&sources, read_objects) {
        objects.extend(of_file);
        problems.extend(in_file);
    }
    if objects.is_empty() && problems.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        problems.push(InputProblem::of_file(names.join(", "), InputError::NoObjects));
    }
    let lookup: Arc<dyn Lookup> = Arc::new(DocumentsLookup::new(objects.iter().map(|object| &object.value)));
    let mut report = AuditReport { objects: Vec::with_capacity(objects.len()), problems, scope: Scope::Files(files) };
    for judged in parallel::map(&objects, |object| judge(object, policies, &lookup)) {
        match judged {
            Ok(object) => report.objects.push(object),
            Err(problem) => report.problems.push(problem),
        }
    }
    report
}

fn judge(object: &SourceObject, policies: &PolicySet, lookup: &Arc<dyn Lookup>) -> Result<ObjectReport, InputProblem> {
    let request = Request::audit(object.value.clone());
    let evaluation = evaluate(&request, policies, lookup).map_err(|misfit| {
        let place = object.place(&misfit.at);
        InputProblem {
            file: object.file.name.clone(),
            line: Some(place.line),
            column: Some(place.column),
            in_cluster: false,
            error: InputError::Misfit { object: request.title(), misfit: Box::new(misfit) },
        }
    })?;
    let hidden = Hidden::of(object, &evaluation.findings);
    let line = SourceLine { file: object.file.name.clone(), line: object.place("").line };
    Ok(object_report(request, evaluation, Origin::File(line), |at| Some(hidden.snippet(object, at))))
}

/// What the gate would say of an object; `snippet` shows the line of a place.
pub(super) fn object_report(
    request: Request,
    evaluation: Evaluation,
    source: Origin,
    snippet: impl Fn(&str) -> Option<Snippet>,
) -> ObjectReport {
    ObjectReport {
        api_version: request.api_version().to_owned(),
        kind: request.kind().to_owned(),
        title: request.title(),
        source,
        decision: evaluation.decision,
        findings: evaluation
            .findings
            .into_iter()
            .map(|judged| finding_report(snippet(&judged.finding.at), judged))
            .collect(),
        failures: evaluation
            .failures
            .into_iter()
            .map(|failure| FailureReport {
                policy: failure.policy,
                message: failure.error.to_string(),
                denies: failure.denies,
            })
            .collect(),
        patch: evaluation.patch,
        namespace: request.namespace,
        name: request.name,
    }
}

fn finding_report(snippet: Option<Snippet>, judged: Judged) -> FindingReport {
    FindingReport {
        consequence: Consequence::of(&judged),
        policy: judged.policy,
        rule: judged.finding.rule,
        severity: judged.finding.severity,
        at: judged.finding.at,
        message: judged.finding.message,
        help: judged.finding.help,
        obstacle: judged.obstacle,
        since: None,
        snippet,
    }
}
