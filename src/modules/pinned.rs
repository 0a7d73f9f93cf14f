//! What tags were resolved to: once for each state of a document, so that a tag that moves changes nothing until
//! somebody changes the document.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::policy::{PolicyDocument, digest_of};

/// The manifests' digests of the tags in documents.
#[derive(Default)]
pub(super) struct Pinned {
    /// By the document's file and name: the state of its `spec`, and the digest.
    digests: Mutex<BTreeMap<(String, String), (String, String)>>,
}

impl Pinned {
    /// What the document's tag was resolved to, if the document is still as it was then.
    pub(super) fn get(&self, file: &str, document: &PolicyDocument) -> Option<String> {
        let (state, digest) = self.digests().get(&key(file, document)).cloned()?;
        (state == state_of(document)).then_some(digest)
    }

    /// Remembers what the document's tag means; an earlier state of the document is forgotten.
    pub(super) fn set(&self, file: &str, document: &PolicyDocument, digest: &str) {
        self.digests().insert(key(file, document), (state_of(document), digest.to_owned()));
    }

    fn digests(&self) -> MutexGuard<'_, BTreeMap<(String, String), (String, String)>> {
        // An entry is put in whole or not at all: a panic elsewhere does no harm to it.
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(file: &str, document: &PolicyDocument) -> (String, String) {
    (file.to_owned(), document.metadata.name.clone())
}

/// Kubernetes counts a new generation when `spec` changes; files have no generations.
fn state_of(document: &PolicyDocument) -> String {
    // A document that was read can be written.
    digest_of(&serde_json::to_vec(&document.spec).unwrap_or_default())
}
