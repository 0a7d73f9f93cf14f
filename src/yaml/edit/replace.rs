//! One value in the place of another.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::changes::{Around, Editor};
use super::json::{self, Flow};
use super::render::{below, inline, is_inline, lines};
use super::tree::{Kind, Layout, Node};
use super::{literal, scan};

/// A new value's text: what stands on the line on which it begins, and the lines below.
struct Written {
    first: Option<String>,
    below: Vec<String>,
}

impl<'t> Editor<'t> {
    /// Writes a value in the place of another.
    pub(super) fn replace(&mut self, id: usize, new: &Value, around: Around) {
        self.lose_inside(id);
        let node = self.tree.node(id);
        if let Around::Flow(own_line) = around {
            return self.replace_in_flow(node, new, own_line);
        }
        if self.keep_block(node, new) {
            return;
        }
        let anchor = self.anchor(node);
        let written = self.written(node, new, around, anchor.is_some());
        // A tag says what the old value was: it goes. The anchor stays.
        let prefix = anchor.filter(|_| node.has_tag);
        if matches!(node.kind, Kind::Mapping(Layout::Block, _) | Kind::Sequence(Layout::Block, _)) {
            self.replace_block(node, written, prefix, around);
        } else {
            self.replace_line(node, written, prefix);
        }
    }

    /// Changes only the lines of a `|` block, if it stays one.
    fn keep_block(&mut self, node: &Node, new: &Value) -> bool {
        let (Kind::Scalar(ScalarStyle::Literal, Value::String(old)), Value::String(new)) = (&node.kind, new) else {
            return false;
        };
        let changes = literal::changes(self.text, node, old, new, self.newline);
        let kept = changes.is_some() && !node.has_tag;
        if kept {
            self.splices.extend(changes.into_iter().flatten());
        }
        kept
    }

    /// The text of a node's anchor.
    fn anchor(&self, node: &Node) -> Option<&'t str> {
        if node.anchor == 0 {
            return None;
        }
        let mut at = node.start;
        while at < node.value.max(node.end) {
            let end = scan::property_end(self.text, at);
            if self.text[at..].starts_with('&') {
                return Some(&self.text[at..end]);
            }
            at = scan::skip(self.text, end.max(at + 1));
        }
        None
    }

    fn written(&self, node: &Node, new: &Value, around: Around, has_anchor: bool) -> Written {
        let style = match &node.kind {
            Kind::Scalar(style, _) => *style,
            _ => ScalarStyle::Plain,
        };
        let is_document = around == Around::Document;
        if is_inline(new) || (is_document && new.is_string()) {
            let style = if is_document { ScalarStyle::DoubleQuoted } else { style };
            return Written { first: Some(inline(new, style)), below: Vec::new() };
        }
        match (new, around) {
            (Value::String(text), Around::Field(column)) => Written {
                first: Some(literal::header(text).to_owned()),
                below: literal::body(text, column + self.indents.mapping),
            },
            (Value::String(text), Around::Item(column)) => {
                Written { first: Some(literal::header(text).to_owned()), below: literal::body(text, column + 2) }
            }
            (_, Around::Field(column)) => Written { first: None, below: below(new, column, self.indents) },
            (_, Around::Item(column)) => {
                // It takes the place of what stands on the line, which may be further from the dash.
                let is_block = matches!(node.kind, Kind::Mapping(Layout::Block, _) | Kind::Sequence(Layout::Block, _));
                let from = if node.has_tag { node.start } else { node.value };
                let on_line = !has_anchor && !is_block && node.value < node.end;
                let column = if on_line { scan::column(self.text, from) } else { column + 2 };
                let mut below = lines(new, column, self.indents);
                let first = (!has_anchor).then(|| below.remove(0).trim_start().to_owned());
                Written { first, below }
            }
            _ => Written { first: None, below: lines(new, 0, self.indents) },
        }
    }

    /// Replaces what begins on the line of what introduces it: a scalar, an alias, brackets, nothing.
    fn replace_line(&mut self, node: &Node, written: Written, prefix: Option<&str>) {
        let text = self.text;
        let end = text[..node.end].trim_end().len().max(node.floor);
        let is_empty = node.value == node.end;
        let mut first = [prefix, written.first.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let head = if node.has_tag || node.anchor == 0 { node.floor } else { self.head(node) };
        let from = if node.has_tag { node.start } else { node.value };
        // Without a first line, its space goes too.
        let from = if first.is_empty() || (is_empty && !node.has_tag) { head } else { from };
        if from == head && !first.is_empty() && head > 0 {
            first.insert(0, ' ');
        }
        let starts_document = head == 0 && first.is_empty();
        if starts_document {
            let from = scan::line_start(text, node.start);
            return self.splice(from..end, written.below.join(self.newline));
        }
        self.splice(from..end.max(from), first);
        if !written.below.is_empty() {
            self.insert_lines(end, &written.below);
        }
    }

    /// Replaces a block collection.
    fn replace_block(&mut self, node: &Node, written: Written, prefix: Option<&str>, around: Around) {
        let text = self.text;
        let end = scan::line_end(text, text[..node.end].trim_end().len());
        let head = if node.has_tag { node.floor } else { self.head(node) };
        let on_own_line = text[head..node.value].contains('\n') || head == 0;
        let first = [prefix, written.first.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let mut all: Vec<_> = Some(first.clone()).filter(|first| !first.is_empty()).into_iter().collect();
        all.extend(written.below.iter().cloned());
        if around == Around::Document && prefix.is_none() {
            let from = scan::line_start(text, node.value);
            return self.splice(from..end, all.join(self.newline));
        }
        let spaced = if first.is_empty() { String::new() } else { format!(" {first}") };
        let below: String = written.below.iter().map(|line| format!("{}{line}", self.newline)).collect();
        if node.has_tag {
            self.splice(head..end, format!("{spaced}{below}"));
        } else if on_own_line {
            self.splice(head..head, spaced);
            self.splice(scan::line_end(text, head)..end, below);
        } else {
            self.splice(head..end, format!("{spaced}{below}"));
        }
    }

    /// Where a value's introduction ends: behind its colon or dash, and behind its anchor.
    fn head(&self, node: &Node) -> usize {
        if node.anchor == 0 { node.floor } else { scan::property_end(self.text, node.start) }
    }

    fn replace_in_flow(&mut self, node: &Node, new: &Value, own_line: bool) {
        let start = node.start.max(node.floor);
        let lines = (own_line && self.json).then(|| (self.newline, scan::indentation(self.text, start), self.unit()));
        let flow = Flow { lines, ..self.flow(None, start) };
        let mut text = match &node.kind {
            Kind::Scalar(style, _) if !new.is_object() && !new.is_array() => json::scalar(new, *style, flow.json),
            _ => json::write(new, &flow),
        };
        let anchor = self.anchor(node);
        if let Some(anchor) = anchor.filter(|_| node.has_tag) {
            text = format!("{anchor} {text}");
        }
        let from = if node.has_tag { node.start } else { node.value };
        if node.value == node.end && !node.has_tag {
            let has_colon = self.text[..node.floor].ends_with([':', ',', '[']) || anchor.is_some();
            text.insert_str(0, if has_colon { " " } else { ": " });
        }
        self.splice(from..node.end, text);
    }
}
