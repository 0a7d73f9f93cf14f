//! What a real API server says of each object, repaired and as it was.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use super::judged::Judged;
use super::support::ControlPlane;

/// What the API server said of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It takes the object as the gate would store it.
    Accepted,
    /// It takes neither that nor the object as it was; this is why.
    RefusedAsItIs(String),
    /// It takes the object as it was, and not what the gate made of it.
    RefusedAsRepaired(String),
}

/// The answers, in the order of the objects; none without a control plane.
pub(crate) struct Answers(pub(crate) Option<Vec<Answer>>);

impl Answers {
    /// What the gate spoiled.
    pub(crate) fn problems(&self, all: &[Judged]) -> Vec<String> {
        self.0
            .iter()
            .flatten()
            .zip(all)
            .filter_map(|(answer, judged)| match answer {
                Answer::RefusedAsRepaired(why) => Some(format!("{}: {why}", judged.title())),
                _ => None,
            })
            .collect()
    }
}

/// Asks a control plane of the tests' own, by dry runs.
pub(crate) fn ask(all: &[Judged]) -> Answers {
    let Some(cluster) = ControlPlane::start() else { return Answers(None) };
    let namespaces: BTreeSet<&str> =
        all.iter().filter_map(|judged| judged.object.pointer("/metadata/namespace")?.as_str()).collect();
    for namespace in namespaces {
        // Some are there already, and some names are templates' or none at all.
        let made = cluster.kubectl(&["create", "namespace", namespace]);
        if made.is_success() {
            cluster.await_service_account(namespace, "default");
        }
    }
    let next = Mutex::new(0..all.len());
    let answers: Mutex<Vec<(usize, Answer)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(number) = next.lock().unwrap().next() else { return };
                    let answer = answer(&cluster, &all[number]);
                    answers.lock().unwrap().push((number, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(number, _)| *number);
    Answers(Some(answers.into_iter().map(|(_, answer)| answer).collect()))
}

fn answer(cluster: &ControlPlane, judged: &Judged) -> Answer {
    let Err(repaired) = create(cluster, judged.repaired()) else { return Answer::Accepted };
    if !judged.is_repaired() {
        return Answer::RefusedAsItIs(repaired);
    }
    match create(cluster, &judged.object) {
        Ok(()) => Answer::RefusedAsRepaired(repaired),
        Err(as_it_was) => Answer::RefusedAsItIs(as_it_was),
    }
}

fn create(cluster: &ControlPlane, object: &Value) -> Result<(), String> {
    let output = cluster.kubectl_with_input(&["create", "--dry-run=server", "-f", "-"], &object.to_string());
    // The namespaces were made above.
    let there = object["kind"] == "Namespace" && output.stderr.contains("AlreadyExists");
    if output.is_success() || there { Ok(()) } else { Err(output.stderr.trim().replace('\n', " ")) }
}
