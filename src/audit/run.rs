//! Reads, judges and reports: the audit itself.

use std::cell::LazyCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::alike::Alike;
use super::drift::Drift;
use super::fingerprint::set_fingerprints;
use super::formats::Detail;
use super::history::KnownPasswords;
use super::judge::Judge;
use super::lookup::{Documents, DocumentsLookup, may_be_asked_for};
use super::objects::{FileObjects, SourceObject, read_objects};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::progress::Progress;
use super::report::{
    AuditReport, Consequence, FailureReport, FindingReport, ObjectReport, Origin, Region, RuleReport, Scope,
    Suppression,
};
use super::snippet::Snippet;
use super::sources::{Source, Sources};
use crate::engine::{Evaluation, Exception, Judged, named_place};
use crate::finding::Rule;
use crate::lookup::Lookup;
use crate::policy::{InstalledPolicy, PolicySet};
use crate::request::{Request, Selection};
use crate::workload::{withheld, withhold_text};

/// What whoever asks for an audit wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Which findings.
    pub selection: Selection,
    /// What the form of the report needs beyond findings.
    pub detail: Detail,
    /// Whether kustomizations and charts are rendered. Else their files are read as they are.
    pub render: bool,
}

impl Options {
    /// Whether texts are to be repaired.
    fn keeps_documents(&self) -> bool {
        self.detail != Detail::default()
    }
}

/// Audits all manifests that the paths lead to; `-` is standard input.
///
/// Files are read twice if they are many: first for what policies may ask about, then, a few at a time, to judge
/// what is in them. So what is held at once does not grow with their number, but for the report.
pub fn audit(paths: &[PathBuf], options: &Options, policies: &PolicySet, progress: &Progress) -> AuditReport {
    audit_beside(paths, options, policies, progress, None)
}

/// Audits manifests, and compares each with what runs, if that is given.
pub fn audit_beside(
    paths: &[PathBuf],
    options: &Options,
    policies: &PolicySet,
    progress: &Progress,
    drift: Option<&Drift<'_>>,
) -> AuditReport {
    let Sources { sources, problems, .. } = Sources::find(paths, options.render);
    progress.expect(sources.len());
    let (documents, read) = first_reading(&sources, options, policies);
    let mut report =
        AuditReport { problems, scope: Scope::Files(sources.len()), rules: rules(policies), ..AuditReport::default() };
    let work: Vec<_> = sources.iter().zip(read.into_iter().map(Mutex::new)).collect();
    let judge = Judge { options, policies, alike: Alike::default(), drift };
    let judged = parallel::map(&work, |(source, read)| {
        if progress.is_stopped() {
            return None;
        }
        let read = read.lock().unwrap_or_else(PoisonError::into_inner).take();
        let judged = judge_file(source, read, &judge, &documents);
        progress.step();
        Some(judged)
    });
    let (mut done, mut found) = (0, 0);
    for file in judged.into_iter().flatten() {
        done += 1;
        found += file.objects.len();
        report.problems.extend(file.problems);
        report.objects.extend(file.objects);
    }
    if done < sources.len() {
        let error = InputError::Stopped { done, of: sources.len(), what: "files" };
        report.problems.push(InputProblem::of_file(names(paths), error));
    } else if found == 0 && report.problems.is_empty() {
        report.problems.push(InputProblem::of_file(names(paths), InputError::NoObjects));
    }
    report
}

fn names(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    names.join(", ")
}

/// What is kept of the first reading, in bytes of text: an audit of an ordinary repository reads each file once.
const KEPT_TEXT: usize = 4 << 20;

/// Reads all files for what policies may ask about; keeps the objects of the first ones.
fn first_reading(
    sources: &[Source],
    options: &Options,
    policies: &PolicySet,
) -> (Arc<Documents>, Vec<Option<FileObjects>>) {
    let kept = AtomicUsize::new(0);
    let read = parallel::map(sources, |source| {
        let file = read_objects(source, options.keeps_documents());
        let known: Vec<Value> = file
            .objects
            .iter()
            .filter(|object| may_be_asked_for(&object.value, policies))
            .map(|object| object.value.clone())
            .collect();
        let size = file.objects.first().map_or(0, |object| object.file.text.len());
        let fits = kept.fetch_add(size, Ordering::Relaxed) + size <= KEPT_TEXT;
        (known, fits.then_some(file))
    });
    let mut documents = Documents::default();
    let mut files = Vec::with_capacity(sources.len());
    for (source, (known, file)) in sources.iter().zip(read) {
        let folder: Arc<str> = Arc::from(source.folder());
        known.iter().for_each(|object| documents.add(&folder, object));
        files.push(file);
    }
    (Arc::new(documents), files)
}

/// What an audit says of one file.
struct JudgedFile {
    objects: Vec<ObjectReport>,
    problems: Vec<InputProblem>,
}

/// So many objects of one file are judged by one thread.
const MOST_BY_ONE: usize = 64;

fn judge_file(source: &Source, read: Option<FileObjects>, judge: &Judge<'_>, documents: &Arc<Documents>) -> JudgedFile {
    let keeps_documents = judge.options.keeps_documents();
    let FileObjects { objects, problems } = read.unwrap_or_else(|| read_objects(source, keeps_documents));
    let lookup: Arc<dyn Lookup> = Arc::new(DocumentsLookup::near(documents, &source.folder()));
    let one = |object: &SourceObject| judge.judge(object, &lookup);
    let judged =
        if objects.len() > MOST_BY_ONE { parallel::map(&objects, one) } else { objects.iter().map(one).collect() };
    let mut file = JudgedFile { objects: Vec::with_capacity(judged.len()), problems };
    for judged in judged {
        match judged {
            Ok(object) => file.objects.push(object),
            Err(problem) => file.problems.push(problem),
        }
    }
    file
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

/// What the gate would say of an object; `seen` shows the line of a place, and where it is.
pub(super) fn object_report(
    request: Request,
    evaluation: Evaluation,
    source: Origin,
    seen: impl Fn(&str) -> (Option<Snippet>, Option<Region>),
) -> ObjectReport {
    // Places go into baselines, and with them into Git.
    let shown = LazyCell::new(|| withheld(&request.object));
    let mut report = ObjectReport {
        api_version: request.api_version().to_owned(),
        kind: request.kind().to_owned(),
        title: request.title(),
        source,
        // Of a choice of findings nobody can say that there are no others.
        asked: if request.selection == Selection::default() { evaluation.asked } else { Vec::new() },
        left_alone: evaluation.left_alone.filter(|why| why.concerns_mysql()),
        decision: evaluation.decision,
        findings: evaluation
            .findings
            .into_iter()
            .map(|judged| finding_report(&request.object, &shown, seen(&judged.finding.at), judged))
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
        rendered_by: None,
        manifest: None,
        namespace: request.namespace,
        name: request.name,
    };
    set_fingerprints(&mut report);
    report
}

/// An author's reason for an exception, without the credentials of the object.
fn shown_reason(object: &Value, reason: &str) -> String {
    let mut known = KnownPasswords::default();
    known.learn_all(object, "the object");
    known.hidden_in(&withhold_text(reason))
}

fn finding_report(
    object: &Value,
    shown: &Value,
    seen: (Option<Snippet>, Option<Region>),
    judged: Judged,
) -> FindingReport {
    let (snippet, region) = seen;
    let (suppression, exception_refused) = match &judged.exception {
        None => (None, None),
        Some(Exception::Granted { reason }) => {
            (Some(Suppression::Exception { reason: shown_reason(object, reason) }), None)
        }
        Some(Exception::Ended { name, at }) => {
            (None, Some(format!("the exception {name} ended at {at}; renew it if it must hold on")))
        }
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
        place: named_place(shown, &judged.finding.at),
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
