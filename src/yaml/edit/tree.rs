//! A document as it is written: every value with its text, its anchors, aliases and merge keys.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput, StructureStyle};
use serde_json::Value;

use super::super::parse::DEEPEST;
use super::super::{scalar, split};
use super::scan;

/// A document's nodes.
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// The nodes behind the anchors, by the parser's numbers.
    pub anchors: HashMap<usize, usize>,
    pub root: usize,
}

/// A value in the text.
pub(super) struct Node {
    /// Behind what introduces it: a colon, a dash, a bracket, a comma.
    pub floor: usize,
    /// Its first byte, anchor and tag included; the floor if nothing is written.
    pub start: usize,
    /// The first byte behind anchor and tag.
    pub value: usize,
    pub end: usize,
    /// The number of its anchor, 0 for none.
    pub anchor: usize,
    pub has_tag: bool,
    /// Whether it is an alias, or has one inside.
    pub has_aliases: bool,
    pub kind: Kind,
}

pub(super) enum Kind {
    Scalar(ScalarStyle, Value),
    Alias(usize),
    Mapping(Layout, Vec<Entry>),
    Sequence(Layout, Vec<Item>),
}

/// How a collection is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// By indentation.
    Block,
    /// In brackets or braces.
    Flow,
    /// A single pair in a flow sequence, without braces.
    Pair,
}

/// A key and its value.
pub(super) struct Entry {
    /// Its first byte: also that of a `?` or of the key's anchor.
    pub start: usize,
    pub key_start: usize,
    pub key_end: usize,
    /// None for a merge key.
    pub key: Option<String>,
    /// The number of the key's anchor, 0 for none.
    pub anchor: usize,
    pub value: usize,
}

/// An item of a sequence.
pub(super) struct Item {
    /// Its first byte: the dash of a block sequence.
    pub start: usize,
    pub value: usize,
}

impl Tree {
    /// Reads the text of one document; none if it is not one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let chunks = split::split(text);
        // Behind a `...` nothing is left.
        let chunk = chunks.first().filter(|_| chunks[1..].iter().all(|rest| rest.text.is_empty()))?;
        let options: Options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
        };
        let parser = Parser::new_from_str_with_options(&chunk.text, options);
        let tree = Self { nodes: Vec::new(), anchors: HashMap::new(), root: 0 };
        let mut reader = Reader { text: &chunk.text, parser, tree };
        loop {
            let (event, span) = reader.next()?;
            if matches!(event, Event::StreamStart | Event::DocumentStart(..)) {
                continue;
            }
            reader.tree.root = reader.node(event, &span, scan::document_start(text))?;
            return Some(reader.tree);
        }
    }

    pub(super) fn node(&self, id: usize) -> &Node {
        &self.nodes[id]
    }

    /// The value behind a node as it is written now.
    pub(super) fn children(&self, id: usize) -> Vec<usize> {
        match &self.nodes[id].kind {
            Kind::Mapping(_, entries) => entries.iter().map(|entry| entry.value).collect(),
            Kind::Sequence(_, items) => items.iter().map(|item| item.value).collect(),
            Kind::Scalar(..) | Kind::Alias(_) => Vec::new(),
        }
    }
}

struct Reader<'c> {
    text: &'c str,
    parser: Parser<'c, StrInput<'c>>,
    tree: Tree,
}

impl<'c> Reader<'c> {
    fn next(&mut self) -> Option<(Event<'c>, Span)> {
        self.parser.next()?.ok()
    }

    fn node(&mut self, event: Event<'c>, span: &Span, floor: usize) -> Option<usize> {
        let range = span.byte_range()?;
        let (anchor, has_tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            Event::Alias(_) => (0, false),
            _ => return None,
        };
        let (start, value) = self.properties(floor, usize::from(anchor != 0) + usize::from(has_tag));
        let mut node =
            Node { floor, start, value, end: value, anchor, has_tag, has_aliases: false, kind: Kind::Alias(0) };
        match event {
            Event::Scalar(text, style, _, tag) => {
                let meant = scalar::value(&text, style, tag.as_deref()).ok()?;
                if range.is_empty() && matches!(style, ScalarStyle::Plain) {
                    let written = self.last_property(floor, start, value);
                    (node.start, node.value, node.end) = written;
                } else {
                    node.end = self.scalar_end(range.end, style, &text);
                }
                node.kind = Kind::Scalar(style, meant);
            }
            Event::Alias(anchor) => {
                node.end = range.end;
                node.has_aliases = true;
                node.kind = Kind::Alias(anchor);
            }
            Event::SequenceStart(style, ..) => self.sequence(&mut node, style == StructureStyle::Flow)?,
            Event::MappingStart(style, ..) => self.mapping(&mut node, style == StructureStyle::Flow)?,
            _ => return None,
        }
        let id = self.tree.nodes.len();
        self.tree.nodes.push(node);
        if anchor != 0 {
            self.tree.anchors.insert(anchor, id);
        }
        Some(id)
    }

    /// Where a value with so many properties begins, and where it begins behind them.
    fn properties(&self, floor: usize, count: usize) -> (usize, usize) {
        let start = scan::skip(self.text, floor);
        let mut at = start;
        for _ in 0..count {
            at = scan::skip(self.text, scan::property_end(self.text, at));
        }
        (start, at)
    }

    /// The place of an empty value: right behind what introduces it, or behind its anchor.
    fn last_property(&self, floor: usize, start: usize, value: usize) -> (usize, usize, usize) {
        let mut end = start;
        let mut at = start;
        while at < value {
            end = scan::property_end(self.text, at);
            at = scan::skip(self.text, end);
        }
        if start == value { (floor, floor, floor) } else { (start, end, end) }
    }

    fn scalar_end(&self, end: usize, style: ScalarStyle, text: &str) -> usize {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        // Line breaks and spaces at the end that belong to the value.
        let keeps = is_block && text.strip_suffix('\n').unwrap_or(text).ends_with(char::is_whitespace);
        let trimmed = self.text[..end].trim_end().len();
        match (keeps, scan::first_on_line(self.text, end) && end < self.text.len()) {
            (false, _) => trimmed,
            // The parser has read on to where the next line's content begins.
            (true, true) => scan::line_start(self.text, end).max(trimmed),
            (true, false) => end,
        }
    }

    fn sequence(&mut self, node: &mut Node, flow: bool) -> Option<()> {
        let mut items = Vec::new();
        let mut cursor = if flow { node.value + 1 } else { node.value };
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                if flow {
                    node.end = span.byte_range()?.end;
                }
                node.kind = Kind::Sequence(if flow { Layout::Flow } else { Layout::Block }, items);
                return Some(());
            }
            let mut start = scan::skip(self.text, cursor);
            let floor = if flow {
                if !items.is_empty() {
                    cursor = self.behind(start, b',')?;
                    start = scan::skip(self.text, cursor);
                }
                cursor
            } else {
                self.behind(start, b'-')?
            };
            let value = self.node(event, &span, floor)?;
            items.push(Item { start, value });
            cursor = self.child(node, value);
        }
    }

    fn mapping(&mut self, node: &mut Node, in_flow: bool) -> Option<()> {
        let mut entries: Vec<Entry> = Vec::new();
        let flow = self.text[node.value..].starts_with('{');
        let layout = match (flow, in_flow) {
            (true, _) => Layout::Flow,
            (false, true) => Layout::Pair,
            (false, false) => Layout::Block,
        };
        let mut cursor = if flow { node.value + 1 } else { node.value };
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                if flow {
                    node.end = span.byte_range()?.end;
                }
                node.kind = Kind::Mapping(layout, entries);
                return Some(());
            }
            let mut start = scan::skip(self.text, cursor);
            if flow && !entries.is_empty() {
                start = scan::skip(self.text, self.behind(start, b',')?);
            }
            let range = span.byte_range()?;
            let key_end = self.text[..range.end].trim_end().len();
            let (key, anchor) = self.key(event)?;
            if anchor != 0 {
                self.key_node(anchor, key.as_deref(), start, key_end);
            }
            let colon = scan::skip(self.text, key_end);
            let behind_colon = self.behind(colon, b':');
            let (event, span) = self.next()?;
            let value = self.node(event, &span, behind_colon.unwrap_or(key_end))?;
            entries.push(Entry { start, key_start: range.start, key_end, key, anchor, value });
            cursor = self.child(node, value);
        }
    }

    /// The key, none for a merge key, and the number of its anchor.
    fn key(&self, event: Event<'c>) -> Option<(Option<String>, usize)> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, anchor, None) if text == "<<" => Some((None, anchor)),
            Event::Scalar(text, style, anchor, tag) => {
                scalar::key(&text, style, tag.as_deref()).ok().map(|key| (Some(key), anchor))
            }
            Event::Alias(anchor) => {
                let Kind::Scalar(_, value) = &self.tree.node(*self.tree.anchors.get(&anchor)?).kind else {
                    return None;
                };
                Some((Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)), 0))
            }
            _ => None,
        }
    }

    /// Keeps a key that aliases may repeat.
    fn key_node(&mut self, anchor: usize, key: Option<&str>, start: usize, end: usize) {
        let kind = Kind::Scalar(ScalarStyle::Plain, Value::from(key));
        self.tree.anchors.insert(anchor, self.tree.nodes.len());
        let (floor, value) = (start, start);
        self.tree.nodes.push(Node { floor, start, value, end, anchor, has_tag: false, has_aliases: false, kind });
    }

    fn behind(&self, at: usize, indicator: u8) -> Option<usize> {
        (self.text.as_bytes().get(at) == Some(&indicator)).then_some(at + 1)
    }

    /// Takes note of a value in a collection, and says where it ends.
    fn child(&self, node: &mut Node, value: usize) -> usize {
        let child = self.tree.node(value);
        node.has_aliases |= child.has_aliases;
        node.end = node.end.max(child.end);
        child.end
    }
}
