//! The fields of a mapping: which stay, which come, which go, and which only get another name.

use granit_parser::ScalarStyle;
use serde_json::{Map, Value};

use super::aliases::written;
use super::changes::{Around, Editor};
use super::json;
use super::render::{entry, ordered};
use super::tree::{Entry, Layout};

/// What becomes of a field.
pub(super) enum Fate<'n> {
    /// It stays untouched.
    Leave,
    /// It gets this value, which may be the one that it has.
    Keep(&'n Value),
    /// It gets another key and this value.
    Rename(&'n str, &'n Value),
    /// It goes.
    Remove,
}

/// What becomes of a mapping's fields, and those that are new.
pub(super) struct Plan<'n> {
    pub fates: Vec<Fate<'n>>,
    pub added: Vec<(&'n String, &'n Value)>,
}

impl<'n> Plan<'n> {
    fn new(entries: &[Entry], new: &'n Map<String, Value>) -> Self {
        let key = |entry: &Entry| entry.key.as_deref().and_then(|key| new.get(key));
        let fates = entries.iter().map(|entry| key(entry).map_or(Fate::Remove, Fate::Keep)).collect();
        let known: std::collections::BTreeSet<_> = entries.iter().filter_map(|entry| entry.key.as_deref()).collect();
        let added = ordered(new).into_iter().filter(|(key, _)| !known.contains(key.as_str())).collect();
        let mut plan = Self { fates, added };
        plan.rename();
        plan
    }

    /// Lets new fields take the places of those that go.
    pub(super) fn rename(&mut self) {
        let mut added = std::mem::take(&mut self.added).into_iter();
        for fate in self.fates.iter_mut().filter(|fate| matches!(fate, Fate::Remove)) {
            let Some((key, value)) = added.next() else { break };
            *fate = Fate::Rename(key, value);
        }
        self.added = added.collect();
    }

    fn keeps_all_keys(&self) -> bool {
        self.added.is_empty() && !self.fates.iter().any(|fate| matches!(fate, Fate::Remove | Fate::Rename(..)))
    }
}

impl<'t> Editor<'t> {
    pub(super) fn mapping(
        &mut self,
        id: usize,
        layout: Layout,
        entries: &'t [Entry],
        new: &Map<String, Value>,
        around: Around,
    ) {
        let has_merges = entries.iter().any(|entry| entry.key.is_none());
        let plan = if has_merges { self.plan_merges(entries, new) } else { Plan::new(entries, new) };
        let nothing_stays = plan.fates.iter().all(|fate| matches!(fate, Fate::Remove));
        if nothing_stays || (layout == Layout::Pair && !plan.keeps_all_keys()) {
            return self.replace(id, &Value::Object(new.clone()), around);
        }
        self.fields(layout, entries, &plan.fates);
        self.remove_parts(layout, &self.extents(entries), &removed(&plan.fates));
        let last = plan.fates.iter().rposition(|fate| !matches!(fate, Fate::Remove)).unwrap_or_default();
        self.add_fields(layout, entries, last, &plan.added);
    }

    fn fields(&mut self, layout: Layout, entries: &'t [Entry], fates: &[Fate<'_>]) {
        let tree = self.tree;
        for (entry, fate) in entries.iter().zip(fates) {
            let old = |value| written(tree, value);
            match fate {
                Fate::Leave => {}
                Fate::Remove => {
                    self.lose_key(entry);
                    self.lose(entry.value);
                }
                Fate::Keep(new) => {
                    let around = self.inside(layout, true, entry.start);
                    self.change(entry.value, &old(entry.value), new, around);
                }
                Fate::Rename(key, new) => {
                    self.lose_key(entry);
                    let style = self.key_style(entry);
                    let key = json::key(key, style, self.json && layout != Layout::Block);
                    self.splice(entry.key_start..entry.key_end, key);
                    let around = self.inside(layout, true, entry.start);
                    match entry.key {
                        Some(_) => self.change(entry.value, &old(entry.value), new, around),
                        None => self.replace(entry.value, new, around),
                    }
                }
            }
        }
    }

    fn lose_key(&mut self, entry: &Entry) {
        if entry.anchor != 0 {
            self.anchors.insert(entry.anchor, None);
        }
    }

    pub(super) fn key_style(&self, entry: &Entry) -> ScalarStyle {
        match self.text.as_bytes().get(entry.key_start) {
            Some(b'"') => ScalarStyle::DoubleQuoted,
            Some(b'\'') => ScalarStyle::SingleQuoted,
            _ => ScalarStyle::Plain,
        }
    }

    fn extents(&self, entries: &[Entry]) -> Vec<(usize, usize)> {
        entries.iter().map(|entry| (entry.start, self.tree.node(entry.value).end.max(entry.key_end))).collect()
    }

    fn add_fields(&mut self, layout: Layout, entries: &[Entry], last: usize, added: &[(&String, &Value)]) {
        let Some(before) = entries.get(last) else { return };
        let extent = (before.start, self.tree.node(before.value).end.max(before.key_end));
        for (key, value) in added {
            if layout == Layout::Block {
                let column = super::scan::column(self.text, before.start);
                let lines = entry(key, value, column, self.indents);
                self.insert_lines(extent.1, &lines);
            } else {
                let flow = self.flow(entries.first().map(|first| self.key_style(first)), extent.0);
                let style = self.key_style(before);
                let space = if flow.json { flow.colon_space } else { " " };
                let text = format!("{}:{space}{}", json::key(key, style, flow.json), json::write(value, &flow));
                self.insert_part(extent, &text, &flow);
            }
        }
    }
}

fn removed(fates: &[Fate<'_>]) -> Vec<bool> {
    fates.iter().map(|fate| matches!(fate, Fate::Remove)).collect()
}
