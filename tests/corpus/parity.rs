//! The audit says of every object what the gate does with it: by the gate's own code, from the AdmissionReview to
//! the answer, in both phases.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use serde_json::{Value, json};
use tidegate::audit::{Consequence, DocumentsLookup, InputError, ObjectReport, Options, Progress, audit};
use tidegate::engine::{Decision, Judged, WorkloadSecret, evaluate};
use tidegate::lookup::Lookup;
use tidegate::metrics::Metrics;
use tidegate::policy::{CurrentPolicies, PolicySet};
use tidegate::request::{Phase, Request};
use tidegate::secrets::{Applied, SecretError, SecretStore};
use tidegate::server::Gate;
use tidegate::wasm::{Runtime, load_policies};
use tokio::runtime::Builder;

use super::manifests::Corpus;

/// A place for Secrets in which nothing is in the way.
struct Anywhere;

impl SecretStore for Anywhere {
    fn check<'a>(&'a self, _: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        ready(Ok(Applied::default())).boxed()
    }

    fn apply<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        self.check(wanted)
    }
}

/// What a gate with this knowledge answers.
struct Guard {
    gate: Gate,
    policies: Arc<PolicySet>,
    lookup: Arc<dyn Lookup>,
    runtime: tokio::runtime::Runtime,
}

/// Every object of the corpus of which the two do not say the same.
pub(crate) fn differences(folder: &Path, corpus: &Corpus) -> Vec<String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    let runtime = Arc::new(Runtime::new(Some(&cache)).unwrap());
    let policies = Arc::new(load_policies(&runtime, Vec::new()).unwrap());
    let mut files: Vec<&str> = corpus.objects.iter().map(|manifest| manifest.file.as_str()).collect();
    files.dedup();
    let mut problems = Vec::new();
    for file in files {
        // An audit knows the objects of its files, so the gate gets to know them too.
        let objects: Vec<&Value> =
            corpus.objects.iter().filter(|manifest| manifest.file == file).map(|manifest| &manifest.object).collect();
        let lookup: Arc<dyn Lookup> = Arc::new(DocumentsLookup::new(objects.iter().copied()));
        let gate = Gate::new(
            Arc::new(CurrentPolicies::new(Arc::clone(&policies))),
            Arc::clone(&lookup),
            Arc::new(Anywhere),
            Metrics::default(),
        );
        let tasks = Builder::new_current_thread().enable_all().build().unwrap();
        let guard = Guard { gate, policies: Arc::clone(&policies), lookup, runtime: tasks };
        let path = [folder.join(file)];
        let report = audit(&path, &Options::default(), &policies, &Progress::default());
        let misfits = report.problems.iter().filter(|problem| matches!(problem.error, InputError::Misfit { .. }));
        let mut misfits = misfits.count();
        let mut reports = report.objects.iter();
        for object in objects {
            let title = format!("{file}: {} {}", object["kind"], object["metadata"]["name"]);
            let answer = guard.ask(Phase::Mutate, object);
            if answer["status"]["code"] == 400 {
                misfits = misfits.checked_sub(1).unwrap_or_else(|| panic!("{title}: the audit judges it"));
                continue;
            }
            let told = reports.next().unwrap_or_else(|| panic!("{title}: the audit says nothing of it"));
            problems
                .extend(guard.compare(object, &answer, told).into_iter().map(|problem| format!("{title}: {problem}")));
        }
        assert!(misfits == 0 && reports.next().is_none(), "{file}: the audit says more than the gate");
    }
    problems
}

impl Guard {
    fn compare(&self, object: &Value, mutated: &Value, told: &ObjectReport) -> Vec<String> {
        let mut problems = Vec::new();
        let mut same = |what: &str, gate: String, audit: String| {
            if gate != audit {
                problems.push(format!("{what}:\n  gate:  {gate}\n  audit: {audit}"));
            }
        };
        let patch = match mutated["patch"].as_str() {
            Some(text) => serde_json::from_slice(&STANDARD.decode(text).unwrap()).unwrap(),
            None => json_patch::Patch(Vec::new()),
        };
        let mut stored = object.clone();
        json_patch::patch(&mut stored, &patch.0).unwrap();
        let is_admitted = mutated["allowed"] == true && self.ask(Phase::Validate, &stored)["allowed"] == true;
        same("admitted", is_admitted.to_string(), (told.decision == Decision::Allow).to_string());
        if is_admitted {
            let told = serde_json::to_value(&told.patch).unwrap();
            same("repairs", serde_json::to_value(&patch).unwrap().to_string(), told.to_string());
        }

        let found: Vec<String> = self.findings(Phase::Mutate, object).iter().map(words).collect();
        let of_audit = told.findings.iter().map(|finding| {
            let consequence = finding.consequence;
            format!("{} {} {consequence:?} at {}: {}", finding.rule, finding.severity, finding.at, finding.message)
        });
        same("findings", found.join("\n"), of_audit.collect::<Vec<_>>().join("\n"));

        // What the second phase still finds is what the audit says of what stays. Places may have moved.
        if is_admitted {
            let left = self.findings(Phase::Validate, &stored);
            let told = told.findings.iter().filter(|finding| !finding.is_repaired());
            let of_audit =
                counted(told.map(|finding| (finding.rule.clone(), finding.consequence == Consequence::Warn)));
            let of_gate = counted(left.iter().map(|judged| (judged.finding.rule.clone(), judged.warns())));
            same("what is left", format!("{of_gate:?}"), format!("{of_audit:?}"));
        }
        problems
    }

    /// The response to a review of an object that is made.
    fn ask(&self, phase: Phase, object: &Value) -> Value {
        let review = json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": {
                "uid": "1", "kind": { "kind": object["kind"] }, "operation": "CREATE", "object": object,
                "namespace": object.pointer("/metadata/namespace"), "name": object.pointer("/metadata/name"),
            }
        });
        let answer = self.runtime.block_on(self.gate.review(phase, review.to_string().into_bytes(), None)).unwrap();
        serde_json::from_slice::<Value>(&answer).unwrap()["response"].clone()
    }

    fn findings(&self, phase: Phase, object: &Value) -> Vec<Judged> {
        let request = Request { phase, ..Request::audit(object.clone()) };
        evaluate(&request, &self.policies, &self.lookup).unwrap().findings
    }
}

fn words(judged: &Judged) -> String {
    let consequence = match () {
        () if judged.fixed => Consequence::Repair,
        () if judged.denies() => Consequence::Refuse,
        () if judged.warns() => Consequence::Warn,
        () => Consequence::Record,
    };
    let finding = &judged.finding;
    format!("{} {} {consequence:?} at {}: {}", finding.rule, finding.severity, finding.at, finding.message)
}

fn counted(findings: impl Iterator<Item = (String, bool)>) -> std::collections::BTreeMap<(String, bool), usize> {
    let mut counts: HashMap<(String, bool), usize> = HashMap::new();
    findings.for_each(|finding| *counts.entry(finding).or_default() += 1);
    counts.into_iter().collect()
}
