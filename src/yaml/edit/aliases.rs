//! What anchors, aliases and merge keys make of a change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::changes::Editor;
use super::mapping::{Fate, Plan};
use super::same::same;
use super::tree::{Entry, Kind, Tree};

/// A value as it was read.
pub(super) fn written(tree: &Tree, id: usize) -> Value {
    value(tree, id, &|_| None).unwrap_or_default()
}

/// A value, with other values for some anchors; none if it uses one that is gone.
fn value(tree: &Tree, id: usize, changed: &dyn Fn(usize) -> Option<Option<Value>>) -> Option<Value> {
    match &tree.node(id).kind {
        Kind::Scalar(_, value) => Some(value.clone()),
        Kind::Alias(anchor) => match changed(*anchor) {
            Some(value) => value,
            // An anchor that has not changed says what it said, whatever became of aliases inside.
            None => value(tree, *tree.anchors.get(anchor)?, &|_| None),
        },
        Kind::Sequence(_, items) => items.iter().map(|item| value(tree, item.value, changed)).collect(),
        Kind::Mapping(_, entries) => {
            let mut fields = Map::new();
            for entry in entries {
                let field = value(tree, entry.value, changed)?;
                match &entry.key {
                    Some(key) => _ = fields.insert(key.clone(), field),
                    None => merge(field, &mut fields)?,
                }
            }
            Some(Value::Object(fields))
        }
    }
}

/// As `fields.rs` merges: what is merged later wins, of a list's mappings the earlier. None if it
/// cannot be merged.
fn merge(value: Value, into: &mut Map<String, Value>) -> Option<()> {
    match value {
        Value::Object(fields) => into.extend(fields),
        Value::Array(mappings) => {
            for mapping in mappings.into_iter().rev().map(|mapping| mapping.is_object().then_some(mapping)) {
                merge(mapping?, into)?;
            }
        }
        _ => return None,
    }
    Some(())
}

impl<'t> Editor<'t> {
    /// Takes note that the anchors in a value, and its own, are gone from the text.
    pub(super) fn lose(&mut self, id: usize) {
        let anchor = self.tree.node(id).anchor;
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.lose_inside(id);
    }

    /// The same for the anchors in a value.
    pub(super) fn lose_inside(&mut self, id: usize) {
        if self.tree.anchors.is_empty() {
            return;
        }
        if let Kind::Mapping(_, entries) = &self.tree.node(id).kind {
            for entry in entries.iter().filter(|entry| entry.anchor != 0) {
                self.anchors.insert(entry.anchor, None);
            }
        }
        for child in self.tree.children(id) {
            self.lose(child);
        }
    }

    /// What becomes of a mapping with merge keys: fields that were merged are overridden, and if one
    /// has to go, all of them are written out.
    pub(super) fn plan_merges<'n>(&self, entries: &'t [Entry], new: &'n Map<String, Value>) -> Plan<'n> {
        let changed = |anchor: usize| self.anchors.get(&anchor).cloned();
        // By key: the merged value, and the last merge key that has it, which wins over fields before it.
        let mut merged: BTreeMap<String, (Value, usize)> = BTreeMap::new();
        let mut is_lost = false;
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.key.is_none()) {
            let mut fields = Map::new();
            is_lost |= value(self.tree, entry.value, &changed).and_then(|value| merge(value, &mut fields)).is_none();
            merged.extend(fields.into_iter().map(|(key, value)| (key, (value, index))));
        }
        let wins = |index: usize, key: &str| merged.get(key).filter(|(_, at)| *at > index);
        let written_out = is_lost || merged.keys().any(|key| !new.contains_key(key));
        let mut plan = Plan { fates: Vec::new(), added: Vec::new() };
        let mut is_there = BTreeSet::new();
        for (index, entry) in entries.iter().enumerate() {
            plan.fates.push(match entry.key.as_deref() {
                None if written_out => Fate::Remove,
                None => Fate::Leave,
                Some(key) => match (new.get(key), wins(index, key)) {
                    (Some(value), Some((merged, _))) if !written_out => {
                        if same(value, merged) {
                            Fate::Leave
                        } else {
                            Fate::Remove
                        }
                    }
                    (Some(value), _) => {
                        is_there.insert(key);
                        Fate::Keep(value)
                    }
                    (None, _) => Fate::Remove,
                },
            });
        }
        plan.added = super::render::ordered(new)
            .into_iter()
            .filter(|(key, value)| {
                let is_merged = !written_out && merged.get(*key).is_some_and(|(merged, _)| same(merged, value));
                !is_there.contains(key.as_str()) && !is_merged
            })
            .collect();
        if written_out {
            plan.rename();
        }
        plan
    }
}
