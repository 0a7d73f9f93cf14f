//! Reads, judges and reports: the audit itself.

use std::path::PathBuf;
use std::sync::Arc;

use super::lookup::DocumentsLookup;
use super::objects::{FileObjects, SourceObject, read_objects};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::report::{AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, SourceLine};
use super::snippet::Hidden;
use super::sources::Sources;
use crate::engine::{Judged, evaluate};
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
    let mut report = AuditReport { objects: Vec::with_capacity(objects.len()), problems, files };
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
            error: InputError::Misfit { object: request.title(), misfit },
        }
    })?;
    let hidden = Hidden::of(object, &evaluation.findings);
    Ok(ObjectReport {
        api_version: request.api_version().to_owned(),
        kind: request.kind().to_owned(),
        title: request.title(),
        source: SourceLine { file: object.file.name.clone(), line: object.place("").line },
        decision: evaluation.decision,
        findings: evaluation.findings.into_iter().map(|judged| finding_report(object, &hidden, judged)).collect(),
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
    })
}

fn finding_report(object: &SourceObject, hidden: &Hidden, judged: Judged) -> FindingReport {
    FindingReport {
        consequence: Consequence::of(&judged),
        snippet: hidden.snippet(object, &judged.finding.at),
        policy: judged.policy,
        rule: judged.finding.rule,
        severity: judged.finding.severity,
        at: judged.finding.at,
        message: judged.finding.message,
        help: judged.finding.help,
        obstacle: judged.obstacle,
    }
}
