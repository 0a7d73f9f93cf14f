//! What changes in a file, as a unified diff without credentials.

use std::collections::HashMap;
use std::ops::Range;

use super::mask::masked_lines;
use crate::audit::objects::{SourceObject, objects_of};
use crate::audit::snippet::Hidden;
use crate::engine::Judged;
use crate::line_diff::{Change, hunks};
use crate::yaml::{self, Document};

/// Lines around a change that are shown with it; as many as Git shows.
const CONTEXT: usize = 3;

/// What was found in an object: by its document and its number among the objects of it.
pub(super) type Found = HashMap<(usize, usize), Vec<Judged>>;

/// A text and what stands in it.
pub(super) struct Side {
    text: String,
    documents: HashMap<usize, Document>,
    objects: Vec<SourceObject>,
}

impl Side {
    pub(super) fn new(name: &str, text: String) -> Self {
        let documents = yaml::parse(&text).into_iter().flatten();
        let documents = documents.map(|document| (document.index, document)).collect();
        let objects = objects_of(name, &text);
        Self { text, documents, objects }
    }

    /// Which of the objects of its document an object is: the same before and after a repair.
    pub(super) fn number_of(&self, object: &SourceObject) -> usize {
        let mut own = self.objects.iter().filter(|other| other.document.index == object.document.index);
        own.position(|other| other.is_same_place(object)).unwrap_or_default()
    }

    /// The object that stands where another text of the file has this one.
    pub(super) fn object(&self, other: &SourceObject) -> Option<&SourceObject> {
        self.objects.iter().find(|object| object.is_same_place(other))
    }

    /// What must not be shown of a document.
    fn hidden(&self, index: usize, found: &Found) -> Vec<Hidden> {
        let own = self.objects.iter().filter(|object| object.document.index == index).enumerate();
        own.map(|(number, object)| {
            let findings = found.get(&(index, number)).map(Vec::as_slice).unwrap_or_default();
            Hidden::all(object, findings)
        })
        .collect()
    }

    /// The lines of a document as they are, as they may be shown, and how many stand before it.
    fn lines(&self, index: usize, found: &Found, before: &[Hidden]) -> Option<(Vec<&str>, Vec<String>, usize)> {
        let range = self.documents.get(&index)?.range.clone();
        let text = &self.text;
        let masked = masked_lines(text, range.clone(), &self.hidden(index, found), before);
        let before = text[..range.start].bytes().filter(|&byte| byte == b'\n').count();
        Some((text[range].split_inclusive('\n').collect(), masked, before))
    }
}

/// The lines of the diff of one document, each with its sign. Nothing of another document is in it.
pub(super) fn document_diff(original: &Side, before: &Side, after: &Side, index: usize, found: &Found) -> Vec<String> {
    // A password stays one after the repair, under whatever name it is written out there, or in a comment.
    let hidden = original.hidden(index, found);
    let (Some((old, old_shown, old_before)), Some((new, new_shown, new_before))) =
        (before.lines(index, found, &hidden), after.lines(index, found, &hidden))
    else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for hunk in hunks(&old, &new, CONTEXT) {
        let extent = |range: Range<usize>, before: usize| {
            let start = if range.is_empty() { range.start + before } else { range.start + before + 1 };
            if range.len() == 1 { format!("{start}") } else { format!("{start},{}", range.len()) }
        };
        lines.push(format!("@@ -{} +{} @@", extent(hunk.old, old_before), extent(hunk.new, new_before)));
        for (change, number) in hunk.lines {
            let side = if change == Change::Added { &new_shown } else { &old_shown };
            let shown = side.get(number).map(String::as_str).unwrap_or_default();
            lines.push(format!("{}{}", change.sign(), shown.trim_end_matches(['\n', '\r'])));
            if !shown.ends_with('\n') {
                lines.push("\\ No newline at end of file".to_owned());
            }
        }
    }
    lines
}
