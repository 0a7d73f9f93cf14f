//! One file on its way to being repaired.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::item::Item;
use super::rewrite::{Change, change};
use crate::yaml::{Document, EditError, Splice};

/// A file, and where its objects are among all of them.
pub(super) struct ManifestFile {
    /// As it was named.
    pub(super) name: String,
    pub(super) text: Arc<str>,
    /// None for standard input.
    pub(super) path: Option<PathBuf>,
    pub(super) items: Range<usize>,
}

/// A document of a file, and what becomes of it.
pub(super) struct DocumentChange {
    /// [`Document::index`].
    pub(super) index: usize,
    /// The line on which its content begins.
    pub(super) line: usize,
    pub(super) outcome: Result<Change, EditError>,
}

/// What becomes of a file.
#[derive(Default)]
pub(super) struct FileChange {
    /// In the order of the file.
    pub(super) documents: Vec<DocumentChange>,
}

impl FileChange {
    /// All replacements.
    pub(super) fn splices(&self) -> Vec<Splice> {
        let changes = self.documents.iter().filter_map(|document| document.outcome.as_ref().ok());
        changes.flat_map(|change| change.splices.iter().cloned()).collect()
    }

    /// The lines of the documents that are written anew.
    pub(super) fn anew(&self) -> Vec<usize> {
        let is_anew = |document: &&DocumentChange| document.outcome.as_ref().is_ok_and(|change| change.anew);
        self.documents.iter().filter(is_anew).map(|document| document.line).collect()
    }
}

impl ManifestFile {
    /// What its repaired objects change in its documents. Those that `wanted` says no to are left out.
    pub(super) fn change(&self, items: &[Item], may_rewrite: bool, wanted: impl Fn(&Item) -> bool) -> FileChange {
        let own = &items[self.items.clone()];
        if !own.iter().any(|item| item.changes() && wanted(item)) {
            return FileChange::default();
        }
        let mut changes = FileChange::default();
        // Items of one document stand one after the other.
        for in_it in own.chunk_by(|one, next| one.source.document.index == next.source.document.index) {
            let Some(document) = in_it.first().map(|item| &item.source.document) else { continue };
            if in_it.iter().any(|item| item.changes() && wanted(item)) {
                let values = in_it.iter().filter(|item| item.changes()).map(|item| (item, item.value.clone()));
                changes.documents.push(DocumentChange {
                    index: document.index,
                    line: document.first_line,
                    outcome: change(&self.text, document, &with(document, values), may_rewrite),
                });
            }
        }
        changes
    }
}

/// A document's value with other objects in it.
pub(super) fn with<'i>(document: &Document, objects: impl IntoIterator<Item = (&'i Item, Value)>) -> Value {
    let mut value = document.value.clone();
    for (item, object) in objects {
        // It was read from this place.
        let _ = item.source.put_into(&mut value, object);
    }
    value
}
