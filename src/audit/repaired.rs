//! What the repair of an object does to its text.

use std::ops::Range;

use serde_json::Value;

use super::objects::SourceObject;
use super::report::{ManifestReport, Region, Replacement};
use super::snippet::Hidden;
use crate::engine::{Evaluation, Judged};
use crate::finding::Edit;
use crate::workload::{withheld, withhold_text};
use crate::yaml::{self, Splice};

/// An object of a file, and what the gate would make of it.
pub(super) struct Repaired<'a> {
    pub source: &'a SourceObject,
    pub evaluation: &'a Evaluation,
    pub hidden: &'a Hidden,
}

impl Repaired<'_> {
    /// The text before and after, without credentials.
    pub(super) fn manifest(&self) -> ManifestReport {
        let in_text = self.after().map(|after| {
            let range = lines_of(self.source);
            let (first_line, _) = self.source.file.position(range.start);
            ManifestReport { first_line, before: shown(self.hidden, &self.source.file.text, range), after }
        });
        // A layout that no repair can be put into: the object is shown as it would be written anew.
        in_text.unwrap_or_else(|| stored_manifest(&self.source.value, &self.evaluation.object))
    }

    fn after(&self) -> Option<String> {
        let range = lines_of(self.source);
        if self.evaluation.patch.0.is_empty() {
            return Some(shown(self.hidden, &self.source.file.text, range));
        }
        let splices = self.splices(&self.evaluation.object)?;
        let document = &self.source.document.range;
        let own: Vec<Splice> = splices
            .into_iter()
            .map(|splice| Splice {
                range: splice.range.start - document.start..splice.range.end - document.start,
                ..splice
            })
            .collect();
        let text = yaml::apply(&self.source.file.text[document.clone()], &own);
        let after = self.source.in_text(&text)?;
        let hidden = Hidden::all(&after, &self.evaluation.findings);
        // What was a credential before stays one, under whatever name it is written out now.
        Some(self.hidden.cover(&shown(&hidden, &text, lines_of(&after))).into_owned())
    }

    /// What each finding's own repair replaces in the file, in the order of the findings.
    pub(super) fn fixes(&self) -> Vec<Option<Vec<Replacement>>> {
        self.evaluation.findings.iter().map(|judged| self.fix(judged)).collect()
    }

    fn fix(&self, judged: &Judged) -> Option<Vec<Replacement>> {
        let moves = judged.finding.fix.iter().any(|edit| matches!(edit, Edit::MoveToSecret(_)));
        if !judged.fixed || moves {
            return None;
        }
        let steps = self.evaluation.patch.0.get(judged.steps.clone())?;
        let mut object = self.source.value.clone();
        // A repair that builds on an earlier one cannot be made alone.
        json_patch::patch(&mut object, steps).ok()?;
        let splices = self.splices(&object)?;
        let text = &self.source.file.text;
        if splices.iter().any(|splice| self.hidden.is_in(text, &splice.text)) {
            return None;
        }
        Some(splices.into_iter().map(|splice| self.replacement(splice)).collect())
    }

    fn replacement(&self, splice: Splice) -> Replacement {
        let (line, column) = self.source.file.position(splice.range.start);
        let (end_line, end_column) = self.source.file.position(splice.range.end);
        Replacement { region: Region { line, column, end_line, end_column }, text: splice.text }
    }

    fn splices(&self, object: &Value) -> Option<Vec<Splice>> {
        let wanted = self.source.document_with(object.clone())?;
        yaml::edit(&self.source.file.text, &self.source.document, &wanted).ok()
    }
}

/// An object that stands in no file, before and after, without credentials.
pub(super) fn stored_manifest(object: &Value, repaired: &Value) -> ManifestReport {
    let text = |object: &Value| {
        let mut shown = withheld(object);
        if let Some(metadata) = shown.get_mut("metadata").and_then(Value::as_object_mut) {
            // Books of the API server: longer than the object, and nobody's to read.
            metadata.remove("managedFields");
        }
        withhold_text(&yaml::render(&shown)).into_owned()
    };
    ManifestReport { first_line: 1, before: text(object), after: text(repaired) }
}

/// The whole lines of an object, as far as they are its own.
fn lines_of(object: &SourceObject) -> Range<usize> {
    let text = &object.file.text;
    let place = object.place("").value;
    let start = text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
    let own = text[start..place.start].bytes().all(|byte| matches!(byte, b' ' | b'-' | b'\t'));
    let start = if own { start } else { place.start };
    let end = text[place.end..].find('\n').map_or(text.len(), |newline| place.end + newline + 1);
    let alone = text[place.end..end].trim_start();
    let end = if alone.is_empty() || alone.starts_with('#') { end } else { place.end };
    start..end
}

fn shown(hidden: &Hidden, text: &str, range: Range<usize>) -> String {
    hidden.cover(&withhold_text(&hidden.shown(text, range))).into_owned()
}
