//! What the script of the report is given, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::manifest::Manifest;
use super::texts::Texts;
use super::words;
use crate::audit::report::{AuditReport, FindingReport, ObjectReport, Origin};
use crate::finding::{self, Severity};

/// The objects that there is something to say of. A number stands for a text where it says so.
#[derive(Serialize)]
pub(super) struct Data {
    texts: Vec<String>,
    /// The titles of rules, by their ids; only those that found something.
    rules: BTreeMap<String, String>,
    /// What the gate would do: name, title, meaning.
    consequences: Vec<[&'static str; 3]>,
    objects: Vec<Object>,
}

/// An object. Its texts are numbers.
#[derive(Serialize)]
struct Object {
    title: usize,
    kind: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<usize>,
    /// The file, or the object of a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// What of an object in a cluster keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<usize>,
    outcome: &'static str,
    said: usize,
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
}

/// A finding. Policy, rule and all sentences are numbers.
#[derive(Serialize)]
struct Finding {
    severity: Severity,
    policy: usize,
    rule: usize,
    message: usize,
    at: usize,
    fingerprint: String,
    consequence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<usize>,
    /// Why an exception is not granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    unexcepted: Option<usize>,
    /// First and last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<(usize, usize)>,
    /// The line itself, before, in and behind the mark, if no manifest shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<[usize; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<usize>,
}

#[derive(Serialize)]
struct Failure {
    policy: usize,
    message: usize,
    denies: bool,
}

impl Data {
    pub(super) fn of(report: &AuditReport) -> Self {
        let mut texts = Texts::default();
        let concerned = report.objects.iter().filter(|object| concerns(object));
        let objects: Vec<Object> = concerned.map(|object| Object::of(object, &mut texts)).collect();
        let found = |id: &str| report.objects.iter().flat_map(|object| &object.findings).any(|one| one.rule == id);
        let rules = report.rules.iter().filter(|rule| found(&rule.id));
        Self {
            rules: rules.map(|rule| (rule.id.clone(), rule.title.clone())).collect(),
            consequences: words::CONSEQUENCES
                .map(|one| {
                    [words::consequence_name(one), words::consequence_title(one), words::consequence_meaning(one)]
                })
                .to_vec(),
            objects,
            texts: texts.into_all(),
        }
    }
}

/// Whether there is anything to show of an object, on demand or at once.
pub(super) fn concerns(object: &ObjectReport) -> bool {
    !object.findings.is_empty() || !object.failures.is_empty()
}

impl Object {
    fn of(object: &ObjectReport, texts: &mut Texts) -> Self {
        let (outcome, said) = words::outcome(object);
        // What a program rendered has no line of its own in any file.
        let renderer = object.rendered_by.map(|command| format!("by {command}"));
        let (file, line, within) = match &object.source {
            Origin::File(place) => {
                (Some(place.file.as_str()), renderer.is_none().then_some(place.line), renderer.as_deref())
            }
            Origin::Cluster(stored) => (Some(stored.object.as_str()), None, stored.within.as_deref()),
        };
        let with_snippets = object.manifest.is_none();
        Self {
            title: texts.number(&object.title),
            kind: texts.number(&object.kind),
            namespace: texts.number_if(object.namespace.as_deref()),
            name: texts.number_if(object.name.as_deref()),
            file: texts.number_if(file),
            line,
            within: texts.number_if(within),
            outcome,
            said: texts.number(said),
            findings: object.findings.iter().map(|finding| Finding::of(finding, with_snippets, texts)).collect(),
            failures: object
                .failures
                .iter()
                .map(|failure| Failure {
                    policy: texts.number(&failure.policy),
                    message: texts.number(&failure.message),
                    denies: failure.denies,
                })
                .collect(),
            manifest: object.manifest.as_ref().map(|manifest| Manifest::of(manifest, texts)),
        }
    }
}

impl Finding {
    fn of(finding: &FindingReport, with_snippet: bool, texts: &mut Texts) -> Self {
        let snippet = finding.snippet.as_ref().filter(|_| with_snippet);
        Self {
            severity: finding.severity,
            policy: texts.number(&finding.policy),
            rule: texts.number(&finding.rule),
            message: texts.number(&finding.message),
            at: texts.number(&finding::place(&finding.at).to_string()),
            fingerprint: finding.fingerprint.clone(),
            consequence: words::consequence_name(finding.consequence),
            help: texts.number_if(finding.help.as_deref()),
            obstacle: texts.number_if(finding.obstacle.as_deref()),
            since: finding.since.as_ref().map(|since| texts.number(&since.to_string())),
            unexcepted: texts.number_if(finding.exception_refused.as_deref()),
            lines: finding.region.map(|region| (region.line, region.end_line)),
            snippet: snippet.map(|snippet| {
                let (start, end) = (snippet.mark.start, snippet.mark.end);
                [0..start, start..end, end..snippet.text.len()]
                    .map(|part| texts.number(snippet.text.get(part).unwrap_or_default()))
            }),
            suppressed: finding.suppression.as_ref().map(|why| texts.number(&words::suppression(why))),
        }
    }
}
