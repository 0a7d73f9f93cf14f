//! Asks for each repair whether it is wanted.

use super::consent::{Consent, Key, Thing, key};
use super::diff::{Found, Side, document_diff};
use super::file::{ManifestFile, with};
use super::item::{Item, Judge, MOST_ROUNDS};
use super::known::{Known, Now};
use super::rewrite::change;
use crate::engine::{Evaluation, Judged};
use crate::yaml;

/// Somebody who can be asked.
pub trait Ask {
    /// What becomes of a repair.
    fn ask(&mut self, question: &Question<'_>) -> Answer;
}

/// A repair, as it is asked about. No part of it holds a credential.
#[derive(Debug)]
pub struct Question<'a> {
    /// The file as it was named.
    pub file: &'a str,
    /// The object, as people call it.
    pub object: String,
    /// The rule.
    pub rule: &'a str,
    /// What is wrong.
    pub message: &'a str,
    /// The line of the file.
    pub line: usize,
    /// What would change: the lines of a unified diff. None if its document cannot be changed piece by piece.
    pub diff: Vec<String>,
}

/// What is said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Make it.
    Yes,
    /// Leave it.
    No,
    /// Make it and all that follow in this file.
    All,
    /// Leave it and all that follow in this file.
    None,
    /// Leave it and all that follow.
    Quit,
}

/// Repairs what is wanted: asks about each repair of each file, then about those that only they made possible.
pub(super) fn repair_asking(
    judge: &Judge<'_>,
    files: &[ManifestFile],
    items: &mut [Item],
    known: &Known,
    may_rewrite: bool,
    ask: &mut dyn Ask,
) {
    let mut said = Said { for_file: vec![None; files.len()], for_all: None };
    for _ in 0..MOST_ROUNDS {
        let now = known.now(items);
        for (number, file) in files.iter().enumerate() {
            for index in file.items.clone() {
                let mut consent = items[index].consent.take().unwrap_or_default();
                let asked = Asked { judge, file, item: &items[index], now: &now, may_rewrite };
                asked.ask(&mut consent, &mut said, number, ask);
                items[index].consent = Some(consent);
            }
        }
        if !judge.repair_once(items, &now) {
            break;
        }
    }
}

/// What was said about all that was not asked yet.
struct Said {
    for_file: Vec<Option<bool>>,
    for_all: Option<bool>,
}

struct Asked<'a> {
    judge: &'a Judge<'a>,
    file: &'a ManifestFile,
    item: &'a Item,
    now: &'a Now,
    may_rewrite: bool,
}

impl Asked<'_> {
    /// Asks until nothing is open; the file has this number.
    fn ask(&self, consent: &mut Consent, said: &mut Said, number: usize, ask: &mut dyn Ask) {
        let (mut accepted, mut declined): (Vec<Key>, Vec<Key>) = (Vec::new(), Vec::new());
        let mut answers = Vec::new();
        while let Ok(evaluation) = self.judge.evaluate(self.item, &declined, self.now) {
            let open: Vec<&Judged> =
                evaluation.findings.iter().filter(|judged| judged.fixed && !accepted.contains(&key(judged))).collect();
            let Some(next) = open.first() else { break };
            // It may have been answered in the round before.
            let known = consent.of(next).or(said.for_all).or(said.for_file[number]);
            let is_wanted = known.unwrap_or_else(|| match ask.ask(&self.question(next, &open, &declined)) {
                Answer::Yes => true,
                Answer::No => false,
                Answer::All => *said.for_file[number].insert(true),
                Answer::None => *said.for_file[number].insert(false),
                Answer::Quit => *said.for_all.insert(false),
            });
            answers.push((Thing::of(next), is_wanted));
            if is_wanted { &mut accepted } else { &mut declined }.push(key(next));
        }
        consent.take(answers, declined);
    }

    fn question<'q>(&'q self, next: &'q Judged, open: &[&Judged], declined: &[Key]) -> Question<'q> {
        let mut without = declined.to_vec();
        without.extend(open.iter().map(|judged| key(judged)));
        let with: Vec<Key> = without.iter().filter(|other| **other != key(next)).cloned().collect();
        let evaluate = |declined: &[Key]| self.judge.evaluate(self.item, declined, self.now).ok();
        let diff = evaluate(&without).zip(evaluate(&with)).and_then(|(old, new)| self.diff(&old, &new));
        Question {
            file: &self.file.name,
            object: self.item.title(),
            rule: &next.finding.rule,
            message: &next.finding.message,
            line: self.item.source.place(&next.finding.at).line,
            diff: diff.unwrap_or_default(),
        }
    }

    /// The difference between two repairs of the object.
    fn diff(&self, old: &Evaluation, new: &Evaluation) -> Option<Vec<String>> {
        let text: &str = &self.file.text;
        let document = &self.item.source.document;
        let side = |evaluation: &Evaluation| {
            let wanted = with(document, [(self.item, evaluation.object.clone())]);
            let change = change(text, document, &wanted, self.may_rewrite).ok()?;
            Some(Side::new(&self.file.name, yaml::apply(text, &change.splices)))
        };
        let (old_side, new_side) = (side(old)?, side(new)?);
        let number = old_side.number_of(&self.item.source);
        let findings = self.item.done.iter().chain(&new.findings).chain(&old.findings);
        let found = Found::from([((document.index, number), findings.cloned().collect())]);
        // What was moved in an earlier round is in neither side, and may stand in a comment of both.
        let original = Side::new(&self.file.name, text.to_owned());
        Some(document_diff(&original, &old_side, &new_side, document.index, &found))
    }
}
