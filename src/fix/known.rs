//! What policies may ask about while files are repaired: all objects, as they are repaired so far.

use std::sync::Arc;

use serde_json::Value;

use super::item::Item;
use crate::audit::DocumentsLookup;
use crate::audit::lookup::{Documents, may_be_asked_for};
use crate::lookup::Lookup;
use crate::policy::PolicySet;

/// The objects that may be asked for, in the order in which they were read.
#[derive(Default)]
pub(super) struct Known {
    entries: Vec<Entry>,
}

enum Entry {
    /// One that has nothing to do with MySQL, and stays as it is.
    Other(Arc<str>, Value),
    /// One that may change: its number among the items.
    Item(usize),
}

impl Known {
    /// Takes note of an object that stays as it is.
    pub(super) fn add(&mut self, folder: &Arc<str>, object: Value) {
        self.entries.push(Entry::Other(Arc::clone(folder), object));
    }

    /// Takes note of an item, if anybody may ask for it.
    pub(super) fn add_item(&mut self, number: usize, object: &Value, policies: &PolicySet) {
        if may_be_asked_for(object, policies) {
            self.entries.push(Entry::Item(number));
        }
    }

    /// All of them as they are now.
    pub(super) fn now(&self, items: &[Item]) -> Now {
        let mut documents = Documents::default();
        for entry in &self.entries {
            match entry {
                Entry::Other(folder, object) => documents.add(folder, object),
                Entry::Item(number) => {
                    if let Some(item) = items.get(*number) {
                        documents.add(&item.folder, &item.value);
                    }
                }
            }
        }
        Now(Arc::new(documents))
    }
}

/// What there is at one time.
pub(super) struct Now(Arc<Documents>);

impl Now {
    /// As an item sees it.
    pub(super) fn near(&self, item: &Item) -> Arc<dyn Lookup> {
        Arc::new(DocumentsLookup::near(&self.0, &item.folder))
    }
}
