//! Reads, judges and reports: the audit itself.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::fingerprint::set_fingerprints;
use super::formats::Detail;
use super::lookup::DocumentsLookup;
use super::objects::{FileObjects, SourceObject, read_objects};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::report::{
    AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, Origin, Region, RuleReport, Scope,
    SourceLine, Suppression,
};
use super::snippet::{Hidden, Snippet};
use super::sources::Sources;
use crate::engine::{Evaluation, Exception, Judged, evaluate, named_place};
use crate::finding::Rule;
use crate::lookup::Lookup;
use crate::policy::{InstalledPolicy, PolicySet};
use crate::request::{Request, Selection};

/// What whoever asks for an audit wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Which findings.
    pub selection: Selection,
    /// What the form of the report needs beyond findings.
    pub detail: Detail,
}

/// Audits all manifests that the paths lead to; `-` is standard input.
pub fn audit(paths: &[PathBuf], options: &Options, policies: &PolicySet) -> AuditReport {
    let Sources { sources, mut problems, .. } = Sources::find(paths);
    let files = sources.len();
    let mut objects = Vec::new();
    for FileObjects { objects: of_file, problems: in_file, .. } in parallel::map(&sources, read_objects) {
        objects.extend(of_file);
        problems.extend(in_file);
    }
    if objects.is_empty() && problems.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        problems.push(InputProblem::of_file(names.join(", "), InputError::NoObjects));
    }
    let lookup: Arc<dyn Lookup> = Arc::new(DocumentsLookup::new(objects.iter().map(|object| &object.value)));
    let mut report = AuditReport {
        objects: Vec::with_capacity(objects.len()),
        problems,
        scope: Scope::Files(files),
        rules: rules(policies),
    };
    for judged in parallel::map(&objects, |object| judge(object, options, policies, &lookup)) {
        match judged {
            Ok(object) => report.objects.push(object),
            Err(problem) => report.problems.push(problem),
        }
    }
    report
}

/// The rules of the policies in force.
pub(super) fn rules(policies: &PolicySet) -> Vec<RuleReport> {
    let rules = |policy: &InstalledPolicy| {
        let name = policy.name.clone();
        let report = move |rule: &Rule| RuleReport {
            policy: name.clone(),
            id: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
        };
        policy.module.description().rules.iter().map(report).collect::<Vec<_>>()
    };
    policies.iter().flat_map(rules).collect()
}

fn judge(
    object: &SourceObject,
    options: &Options,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
) -> Result<ObjectReport, InputProblem> {
    let request = Request { selection: options.selection.clone(), ..Request::audit(object.value.clone()) };
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
    let seen = |at: &str| {
        let region = Region::of(&object.file.text, &object.place(at));
        (Some(hidden.snippet(object, at)), Some(region))
    };
    Ok(object_report(request, evaluation, Origin::File(line), seen))
}

/// What the gate would say of an object; `seen` shows the line of a place, and where it is.
pub(super) fn object_report(
    request: Request,
    evaluation: Evaluation,
    source: Origin,
    seen: impl Fn(&str) -> (Option<Snippet>, Option<Region>),
) -> ObjectReport {
    let mut report = ObjectReport {
        api_version: request.api_version().to_owned(),
        kind: request.kind().to_owned(),
        title: request.title(),
        source,
        decision: evaluation.decision,
        findings: evaluation
            .findings
            .into_iter()
            .map(|judged| finding_report(&request.object, seen(&judged.finding.at), judged))
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
        manifest: None,
        namespace: request.namespace,
        name: request.name,
    };
    set_fingerprints(&mut report);
    report
}

fn finding_report(object: &Value, seen: (Option<Snippet>, Option<Region>), judged: Judged) -> FindingReport {
    let (snippet, region) = seen;
    let (suppression, exception_refused) = match &judged.exception {
        None => (None, None),
        Some(Exception::Granted { reason }) => (Some(Suppression::Exception { reason: reason.clone() }), None),
        Some(Exception::NotAllowed { up_to }) => {
            let allowed = match up_to {
                Some(severity) => format!("allows exceptions up to {severity}"),
                None => "allows no exceptions".to_owned(),
            };
            (None, Some(format!("policy {} {allowed}: its document's spec.exceptions says so", judged.policy)))
        }
    };
    FindingReport {
        consequence: Consequence::of(&judged),
        place: named_place(object, &judged.finding.at),
        policy: judged.policy,
        rule: judged.finding.rule,
        severity: judged.finding.severity,
        at: judged.finding.at,
        message: judged.finding.message,
        help: judged.finding.help,
        obstacle: judged.obstacle,
        since: None,
        snippet,
        region,
        fingerprint: String::new(),
        fix: None,
        suppression,
        exception_refused,
    }
}
