//! What somebody said about the repairs of an object, for as long as one follows from another.

use crate::engine::{Evaluation, Judged};

/// A finding's rule and place, as a request names what is declined. Repairs before it may move it.
pub(super) type Key = (String, String);

/// Lists whose items no repair takes away or moves.
const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// What was said about an object's repairs.
#[derive(Default)]
pub(super) struct Consent {
    said: Vec<(Thing, bool)>,
    /// What is declined of what is found now.
    pub(super) declined: Vec<Key>,
}

/// What a repair is about, wherever it has moved to.
#[derive(PartialEq, Eq)]
pub(super) struct Thing {
    rule: String,
    message: String,
    /// Its container, or its place without the indices of lists.
    place: String,
}

impl Thing {
    pub(super) fn of(judged: &Judged) -> Self {
        let mut place = String::new();
        let mut tokens = judged.finding.at.split('/').skip(1).peekable();
        while let Some(token) = tokens.next() {
            if token.parse::<usize>().is_err() {
                place.push('/');
                place.push_str(token);
            }
            if let Some(index) = tokens.peek().filter(|_| CONTAINERS.contains(&token)) {
                place.push('/');
                place.push_str(index);
                break;
            }
        }
        Self { rule: judged.finding.rule.clone(), message: judged.finding.message.clone(), place }
    }
}

impl Consent {
    /// What was said about this; none if nobody was asked. Of two answers about the same, a no counts.
    pub(super) fn of(&self, judged: &Judged) -> Option<bool> {
        let thing = Thing::of(judged);
        self.said.iter().filter(|(said, _)| *said == thing).map(|(_, wanted)| *wanted).min()
    }

    /// Takes note of what was said in a round, and of what is declined in it.
    pub(super) fn take(&mut self, said: Vec<(Thing, bool)>, declined: Vec<Key>) {
        self.said.extend(said);
        self.declined = declined;
    }

    /// The repairs that nobody wanted, or was asked about.
    pub(super) fn unwanted(&self, evaluation: &Evaluation) -> Vec<Key> {
        let fixed = evaluation.findings.iter().filter(|judged| judged.fixed);
        fixed.filter(|judged| self.of(judged) != Some(true)).map(key).collect()
    }
}

/// How a request names a finding.
pub(super) fn key(judged: &Judged) -> Key {
    (judged.finding.rule.clone(), judged.finding.at.clone())
}
