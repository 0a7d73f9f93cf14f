//! Over manifests that people really wrote: what an audit says of a file is what the gate does with it, on a real API
//! server, to the letter of what is stored.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use regex::Regex;
use serde_json::Value;
use tidegate::audit::{Consequence, FindingReport, ObjectReport, Options, Progress, audit};
use tidegate::finding::Severity;
use tidegate::policy::PolicySet;
use tidegate::wasm::{Runtime, load_policies};
use tidegate::workload::may_concern_mysql;

use crate::parity::ASK_THE_CLUSTER;
use crate::stage::Stage;
use crate::support::corpus;
use crate::support::skip::tell;

/// The corpus has 89 manifests; fewer than this would show little.
const ENOUGH: usize = 40;

#[test]
fn what_is_said_of_real_manifests_happens() {
    let Some(objects) = corpus::folder().map(|folder| objects(&folder)) else { return tell(corpus::NONE) };
    let Some(stage) = Stage::open_with_all_policies("parity-corpus") else { return };
    let bare = stage.cluster.create_namespace("parity-corpus-bare");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    let policies = load_policies(&Arc::new(Runtime::new(Some(&cache)).unwrap()), Vec::new()).unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let comparison = Comparison { stage: &stage, bare: &bare, policies: &policies, folder: folder.path() };
    let next = Mutex::new(objects.iter().enumerate());
    let outcomes: Mutex<Vec<Outcome>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((number, (title, object))) = next.lock().unwrap().next() else { return };
                    let outcome = comparison.of(number, title, object);
                    outcomes.lock().unwrap().extend(outcome);
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let problems: Vec<&str> = outcomes.iter().flat_map(|outcome| &outcome.problems).map(String::as_str).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let stored = outcomes.iter().filter(|outcome| outcome.stored).count();
    assert!(outcomes.len() >= ENOUGH && stored >= ENOUGH / 2, "{} compared, {stored} as stored", outcomes.len());
}

/// What came of one object.
struct Outcome {
    problems: Vec<String>,
    /// Whether what would be stored was compared.
    stored: bool,
}

struct Comparison<'a> {
    stage: &'a Stage,
    bare: &'a str,
    policies: &'a PolicySet,
    folder: &'a Path,
}

impl Comparison<'_> {
    /// None if the API server would not take the object without a gate either.
    fn of(&self, number: usize, title: &str, object: &Value) -> Option<Outcome> {
        self.create(self.bare, object).ok()?;
        let told = self.audit(number, object);
        let answer = self.create(&self.stage.namespace, object);
        let words = match &answer {
            Ok((_, words)) | Err(words) => words,
        };
        let said = rules_in(words);
        let mut problems = Vec::new();
        let own = |finding: &&FindingReport| !asks(&finding.policy);
        let refusing: BTreeSet<&str> = told
            .findings
            .iter()
            .filter(own)
            .filter(|finding| finding.consequence == Consequence::Refuse)
            .map(|finding| finding.rule.as_str())
            .collect();
        let asking: BTreeSet<&str> = self.asking_rules();
        let is_settled = said.iter().all(|rule| !asking.contains(rule.as_str()));
        let mut stored = false;
        match &answer {
            Err(_) => {
                if let Some(rule) = refusing.iter().find(|rule| !said.contains(**rule)) {
                    problems.push(format!("{title}: {rule} refuses in the audit, and the gate says {words}"));
                }
                if refusing.is_empty() && is_settled {
                    problems.push(format!("{title}: only the gate refuses: {words}"));
                }
            }
            Ok((by_gate, _)) => {
                if !refusing.is_empty() {
                    problems.push(format!("{title}: only the audit refuses, by {refusing:?}"));
                }
                let worth_telling =
                    |finding: &&FindingReport| finding.is_repaired() || finding.severity > Severity::Info;
                let expected: BTreeSet<&str> = told
                    .findings
                    .iter()
                    .filter(own)
                    .filter(worth_telling)
                    .map(|finding| finding.rule.as_str())
                    .collect();
                let said: BTreeSet<&str> =
                    said.iter().map(String::as_str).filter(|rule| !asking.contains(rule)).collect();
                // The API server passes on only so much: the rest is counted.
                let is_cut = words.contains("see them all with");
                if said != expected && !(is_cut && said.is_subset(&expected)) {
                    problems.push(format!("{title}: the audit tells of {expected:?}, the gate of {said:?}"));
                }
                if is_settled {
                    stored = true;
                    let mut repaired = object.clone();
                    json_patch::patch(&mut repaired, &told.patch).unwrap();
                    let by_audit = self.create(self.bare, &repaired).map(|(stored, _)| stored);
                    if by_audit.as_ref().map(essence) != Ok(essence(by_gate)) {
                        problems.push(format!("{title}: the gate stores another object than the audit repairs"));
                    }
                }
            }
        }
        Some(Outcome { problems, stored })
    }

    /// What an audit says of the object, alone in a file.
    fn audit(&self, number: usize, object: &Value) -> ObjectReport {
        let file = self.folder.join(format!("{number}.json"));
        fs::write(&file, in_namespace(object, &self.stage.namespace).to_string()).unwrap();
        let mut report = audit(&[file], &Options::default(), self.policies, &Progress::default());
        assert_eq!(report.problems.len(), 0, "{number}");
        report.objects.remove(0)
    }

    /// The object as the API server would store it, and what it says with it; or why it would not.
    fn create(&self, namespace: &str, object: &Value) -> Result<(Value, String), String> {
        let arguments = ["create", "--dry-run=server", "-o", "json", "-n", namespace, "-f", "-"];
        let output = self.stage.cluster.kubectl_with_input(&arguments, &in_namespace(object, namespace).to_string());
        if output.is_success() {
            Ok((serde_json::from_str(&output.stdout).unwrap(), output.stderr))
        } else {
            Err(output.stderr)
        }
    }

    /// The rules of policies that ask the cluster: of a file alone, an audit cannot know their answer.
    fn asking_rules(&self) -> BTreeSet<&str> {
        let asking = self.policies.iter().filter(|policy| asks(&policy.name));
        asking.flat_map(|policy| &policy.module.description().rules).map(|rule| rule.id.as_str()).collect()
    }
}

fn asks(policy: &str) -> bool {
    ASK_THE_CLUSTER.contains(&policy)
}

fn rules_in(words: &str) -> BTreeSet<String> {
    Regex::new(r"MY\d{3}").unwrap().find_iter(words).map(|found| found.as_str().to_owned()).collect()
}

fn in_namespace(object: &Value, namespace: &str) -> Value {
    let mut object = object.clone();
    object["metadata"]["namespace"] = namespace.into();
    object
}

/// An object without what differs from one creation to the next.
fn essence(stored: &Value) -> Value {
    let mut essence = stored.clone();
    for field in ["namespace", "uid", "creationTimestamp", "resourceVersion", "managedFields", "generation"] {
        essence["metadata"].as_object_mut().unwrap().remove(field);
    }
    for addresses in ["clusterIP", "clusterIPs"] {
        essence["spec"].as_object_mut().map(|spec| spec.remove(addresses));
    }
    // A Job's pods are told apart by its identity; the volume of a token has a name made up for each Pod.
    let token = Regex::new("kube-api-access-[a-z0-9]{5}").unwrap();
    let mut text = token.replace_all(&essence.to_string(), "kube-api-access").into_owned();
    if let Some(uid) = stored["metadata"]["uid"].as_str() {
        text = text.replace(uid, "UID");
    }
    serde_json::from_str(&text).unwrap()
}

/// The objects of the corpus that may concern MySQL and stand in a namespace, each with its file's name.
fn objects(folder: &Path) -> Vec<(String, Value)> {
    let mut objects = Vec::new();
    for path in corpus::files(folder) {
        let text = fs::read_to_string(&path).unwrap();
        for document in tidegate::yaml::parse(&text).into_iter().flatten() {
            let items = document.value.get("items").and_then(Value::as_array).cloned();
            for object in items.unwrap_or_else(|| vec![document.value]) {
                let is_named = object["metadata"]["name"].is_string();
                if is_named && object["kind"] != "StorageClass" && may_concern_mysql(&object) {
                    let path = path.strip_prefix(folder).unwrap().display();
                    objects.push((format!("{path} {}/{}", object["kind"], object["metadata"]["name"]), object));
                }
            }
        }
    }
    objects
}
