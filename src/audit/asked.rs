//! What was asked about other objects during an evaluation, and what the answers were.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::lookup::{Lookup, ResourceType, SeenObject, Unavailable};

/// Asks another lookup, and takes note.
pub(super) struct AskedLookup {
    lookup: Arc<dyn Lookup>,
    asked: Mutex<Vec<(Question, Answer)>>,
}

/// Questions with their answers.
pub(super) struct Asked(Vec<(Question, Answer)>);

struct Question {
    what: What,
    kind: ResourceType,
    namespace: Option<String>,
}

enum What {
    Get(String),
    Exists(String),
    Find,
    Seen,
}

/// An answer; why there is none does not matter.
enum Answer {
    Get(Option<Option<Value>>),
    Exists(Option<bool>),
    Find(Option<Vec<Value>>),
    Seen(Vec<Arc<SeenObject>>),
}

impl AskedLookup {
    pub(super) fn new(lookup: Arc<dyn Lookup>) -> Self {
        Self { lookup, asked: Mutex::default() }
    }

    /// What was asked so far; from now on it counts anew.
    pub(super) fn asked(&self) -> Asked {
        Asked(std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn note(&self, what: What, kind: &ResourceType, namespace: Option<&str>, answer: Answer) {
        let question = Question { what, kind: kind.clone(), namespace: namespace.map(str::to_owned) };
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((question, answer));
    }
}

impl Lookup for AskedLookup {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let answer = self.lookup.get(kind, namespace, name);
        self.note(What::Get(name.to_owned()), kind, namespace, Answer::Get(answer.clone().ok()));
        answer
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        let answer = self.lookup.find(kind, namespace);
        self.note(What::Find, kind, namespace, Answer::Find(answer.clone().ok()));
        answer
    }

    fn exists(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<bool, Unavailable> {
        let answer = self.lookup.exists(kind, namespace, name);
        self.note(What::Exists(name.to_owned()), kind, namespace, Answer::Exists(answer.clone().ok()));
        answer
    }

    fn seen(&self, kind: &ResourceType, namespace: Option<&str>) -> Vec<Arc<SeenObject>> {
        let answer = self.lookup.seen(kind, namespace);
        self.note(What::Seen, kind, namespace, Answer::Seen(answer.clone()));
        answer
    }
}

impl Asked {
    /// Whether another lookup has the same answers.
    pub(super) fn is_answered_alike(&self, lookup: &dyn Lookup) -> bool {
        self.0.iter().all(|(question, answer)| question.has(answer, lookup))
    }
}

impl Question {
    fn has(&self, answer: &Answer, lookup: &dyn Lookup) -> bool {
        let (kind, namespace) = (&self.kind, self.namespace.as_deref());
        match (&self.what, answer) {
            (What::Get(name), Answer::Get(answer)) => lookup.get(kind, namespace, name).ok() == *answer,
            (What::Exists(name), Answer::Exists(answer)) => lookup.exists(kind, namespace, name).ok() == *answer,
            (What::Find, Answer::Find(answer)) => lookup.find(kind, namespace).ok() == *answer,
            (What::Seen, Answer::Seen(answer)) => are_same(&lookup.seen(kind, namespace), answer),
            _ => false,
        }
    }
}

fn are_same(these: &[Arc<SeenObject>], those: &[Arc<SeenObject>]) -> bool {
    let same = |(this, that): (&Arc<SeenObject>, &Arc<SeenObject>)| Arc::ptr_eq(this, that) || this.value == that.value;
    these.len() == those.len() && these.iter().zip(those).all(same)
}
