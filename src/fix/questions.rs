//! Asks for each repair whether it is wanted.

use super::diff::{Found, Side, document_diff};
use super::file::{ManifestFile, with};
use super::item::{Item, Judge};
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

/// A finding's rule and place.
type Key = (String, String);

/// Asks about each repair of each file, and notes what is declined.
pub(super) fn ask_about(
    judge: &Judge<'_>,
    files: &[ManifestFile],
    items: &mut [Item],
    known: &Known,
    may_rewrite: bool,
    ask: &mut dyn Ask,
) {
    let now = known.now(items);
    let mut for_all = None;
    for file in files {
        let mut rest = for_all;
        for index in file.items.clone() {
            let asked = Asked { judge, file, item: &items[index], now: &now, may_rewrite };
            let declined = asked.declined(&mut rest, &mut for_all, ask);
            items[index].declined = declined;
        }
    }
}

struct Asked<'a> {
    judge: &'a Judge<'a>,
    file: &'a ManifestFile,
    item: &'a Item,
    now: &'a Now,
    may_rewrite: bool,
}

impl Asked<'_> {
    /// What is declined. `rest` is what was said about all others of the file, `for_all` about all files.
    fn declined(&self, rest: &mut Option<bool>, for_all: &mut Option<bool>, ask: &mut dyn Ask) -> Vec<Key> {
        let (mut accepted, mut declined): (Vec<Key>, Vec<Key>) = (Vec::new(), Vec::new());
        while let Ok(evaluation) = self.judge.evaluate(self.item, &declined, self.now) {
            let open: Vec<&Judged> =
                evaluation.findings.iter().filter(|judged| judged.fixed && !accepted.contains(&key(judged))).collect();
            let Some(next) = open.first() else { break };
            let is_wanted = match *rest {
                Some(said) => said,
                None => match ask.ask(&self.question(next, &open, &declined)) {
                    Answer::Yes => true,
                    Answer::No => false,
                    Answer::All => *rest.insert(true),
                    Answer::None => *rest.insert(false),
                    Answer::Quit => {
                        *for_all = Some(false);
                        *rest.insert(false)
                    }
                },
            };
            if is_wanted { &mut accepted } else { &mut declined }.push(key(next));
        }
        declined
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
        let found =
            Found::from([((document.index, number), new.findings.iter().chain(&old.findings).cloned().collect())]);
        Some(document_diff(&old_side, &new_side, document.index, &found))
    }
}

fn key(judged: &Judged) -> Key {
    (judged.finding.rule.clone(), judged.finding.at.clone())
}
