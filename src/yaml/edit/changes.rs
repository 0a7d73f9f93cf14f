//! Goes through a document and what is wanted of it side by side, and gathers the changes.

use std::collections::HashMap;

use serde_json::Value;

use super::render::{Indents, PLAIN};
use super::same::same;
use super::scan;
use super::splice::Splice;
use super::tree::{Kind, Layout, Tree};

/// What a value stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// It is the document.
    Document,
    /// It stands behind a key of a block mapping, in this column.
    Field(usize),
    /// It stands behind a dash of a block sequence, in this column.
    Item(usize),
    /// It stands in brackets or braces: whether each part has its own line.
    Flow(bool),
}

/// The changes to one document.
pub(super) struct Editor<'t> {
    pub text: &'t str,
    pub tree: &'t Tree,
    /// Whether the document has to stay JSON.
    pub json: bool,
    pub newline: &'static str,
    pub indents: Indents,
    pub splices: Vec<Splice>,
    /// The anchors whose value has changed: the new one, or none if the anchor is gone.
    pub anchors: HashMap<usize, Option<Value>>,
}

impl<'t> Editor<'t> {
    pub(super) fn new(text: &'t str, tree: &'t Tree, json: bool) -> Self {
        let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
        let (splices, anchors) = (Vec::new(), HashMap::new());
        Self { text, tree, json, newline, indents: indents(text, tree), splices, anchors }
    }

    /// The changes, in no order.
    pub(super) fn splices(mut self, old: &Value, new: &Value) -> Vec<Splice> {
        let around = if self.json { Around::Flow(self.text.trim().contains('\n')) } else { Around::Document };
        self.change(self.tree.root, old, new, around);
        self.splices
    }

    /// Changes a value. Everything is visited in the order of the text, so that an alias comes after
    /// its anchor.
    pub(super) fn change(&mut self, id: usize, old: &Value, new: &Value, around: Around) {
        let tree = self.tree;
        let node = tree.node(id);
        let is_same = same(old, new);
        if let Kind::Alias(anchor) = node.kind {
            let stays = match self.anchors.get(&anchor) {
                None => is_same,
                Some(value) => value.as_ref().is_some_and(|value| same(value, new)),
            };
            if !stays {
                self.replace(id, new, around);
            }
            return;
        }
        if is_same && (self.anchors.is_empty() || !node.has_aliases) {
            return;
        }
        match (&node.kind, old, new) {
            (Kind::Mapping(layout, entries), Value::Object(_), Value::Object(new)) => {
                self.mapping(id, *layout, entries, new, around);
            }
            (Kind::Sequence(layout, items), Value::Array(old), Value::Array(new)) => {
                self.sequence(id, *layout, items, (old, new), around);
            }
            _ => self.replace(id, new, around),
        }
        if node.anchor != 0 && !is_same {
            self.anchors.insert(node.anchor, Some(new.clone()));
        }
    }

    pub(super) fn splice(&mut self, range: std::ops::Range<usize>, text: impl Into<String>) {
        self.splices.push(Splice { range, text: text.into() });
    }

    /// What stands in a collection that is written in such a way, at `start`.
    pub(super) fn inside(&self, layout: Layout, is_mapping: bool, start: usize) -> Around {
        match layout {
            Layout::Block if is_mapping => Around::Field(scan::column(self.text, start)),
            Layout::Block => Around::Item(scan::column(self.text, start)),
            Layout::Flow => Around::Flow(scan::first_on_line(self.text, start)),
            Layout::Pair => Around::Flow(false),
        }
    }
}

/// How the document indents, by the first collections that stand below a key.
fn indents(text: &str, tree: &Tree) -> Indents {
    let (mut mapping, mut sequence) = (None, None);
    for node in &tree.nodes {
        let Kind::Mapping(Layout::Block, entries) = &node.kind else { continue };
        for entry in entries {
            let deeper = |start: usize| scan::column(text, start).checked_sub(scan::column(text, entry.start));
            match &tree.node(entry.value).kind {
                Kind::Mapping(Layout::Block, inner) if mapping.is_none() => {
                    mapping = inner.first().and_then(|first| deeper(first.start)).filter(|&deeper| deeper > 0);
                }
                Kind::Sequence(Layout::Block, items) if sequence.is_none() => {
                    sequence = items.first().and_then(|first| deeper(first.start));
                }
                _ => {}
            }
        }
        if mapping.is_some() && sequence.is_some() {
            break;
        }
    }
    Indents { mapping: mapping.unwrap_or(PLAIN.mapping), sequence: sequence.unwrap_or(PLAIN.sequence) }
}
