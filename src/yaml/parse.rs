//! One document's text to its value and the places of its parts, in one walk over the events of
//! the parser.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::Value;

use super::anchor::{Anchor, MOST_COPIED, Size, size};
use super::fields::Fields;
use super::locate::{Children, Extent, Locations, Node};
use super::split::Chunk;
use super::{Problem, YamlError, scalar};

/// The deepest nesting that is followed: that of `serde_json`, with which the gate reads what the
/// API server sends. The deepest schema of a well-known CRD has about 60 levels.
pub(super) const DEEPEST: usize = 128;

/// Reads a document; none if it holds nothing.
pub(super) fn parse_chunk(chunk: &Chunk<'_>) -> Result<Option<(Value, Locations)>, Problem> {
    Walk::new(chunk).document().map_err(|problem| unrendered_template(chunk, problem))
}

/// Says that a text is a template if that is why it cannot be read.
fn unrendered_template(chunk: &Chunk<'_>, problem: Problem) -> Problem {
    // A template stops the parser on its own line or on the next; braces further away may be text
    // of a script or of an alert.
    let last = problem.line.saturating_sub(chunk.lines_before);
    let found =
        chunk.text.lines().enumerate().take(last).skip(last.saturating_sub(2)).find(|(_, line)| line.contains("{{"));
    match found {
        Some((index, line)) => Problem {
            line: chunk.lines_before + index + 1,
            column: 1 + line.split("{{").next().unwrap_or_default().chars().count(),
            error: YamlError::Template,
        },
        None => problem,
    }
}

struct Walk<'c> {
    chunk: &'c Chunk<'c>,
    parser: Parser<'c, StrInput<'c>>,
    anchors: HashMap<usize, Anchor>,
    /// False if no alias can be there, and anchors need not be kept.
    has_aliases: bool,
    copied: usize,
}

impl<'c> Walk<'c> {
    fn new(chunk: &'c Chunk<'c>) -> Self {
        let options: Options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
        };
        Self {
            chunk,
            parser: Parser::new_from_str_with_options(&chunk.text, options),
            anchors: HashMap::new(),
            has_aliases: chunk.text.contains('*'),
            copied: 0,
        }
    }

    fn document(mut self) -> Result<Option<(Value, Locations)>, Problem> {
        let mut root = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                    root = Some(self.node(event, span, 0)?);
                }
                _ => {}
            }
        }
        Ok(root.filter(|(value, _)| !value.is_null()).map(|(value, node)| (value, Locations::new(node))))
    }

    fn next(&mut self) -> Result<Option<(Event<'c>, Span)>, Problem> {
        match self.parser.next() {
            None => Ok(None),
            Some(Ok(next)) => Ok(Some(next)),
            Some(Err(error)) => Err(self.scan_problem(&error)),
        }
    }

    /// The next event inside of a collection, which cannot be the end of the text.
    fn inner(&mut self) -> Result<(Event<'c>, Span), Problem> {
        self.next()?.ok_or(Problem {
            line: self.chunk.lines_before + 1,
            column: 1,
            error: YamlError::Syntax("the document ends too early".to_owned()),
        })
    }

    fn node(&mut self, event: Event<'c>, span: Span, depth: usize) -> Result<(Value, Node), Problem> {
        if depth >= DEEPEST {
            return Err(self.problem(&span, YamlError::TooDeep));
        }
        let mut extent = self.extent(&span);
        let (value, children, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), &span)?;
                (value, Children::None, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let (value, children) = self.sequence(&mut extent, depth)?;
                (value, children, anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                let (value, children) = self.mapping(&mut extent, depth)?;
                (value, children, anchor)
            }
            Event::Alias(anchor) => {
                let copy = self.copy_of(anchor, depth, &span)?;
                (copy.value, Children::Elsewhere(copy.node), 0)
            }
            _ => return Err(self.problem(&span, YamlError::Syntax("a value was expected".to_owned()))),
        };
        let node = Node { key: None, extent, children };
        self.keep(anchor, &value, &node, &span)?;
        Ok((value, node))
    }

    /// Keeps what aliases may repeat.
    fn keep(&mut self, anchor: usize, value: &Value, node: &Node, span: &Span) -> Result<(), Problem> {
        if anchor != 0 && self.has_aliases {
            let size = size(value);
            self.charge(size, span)?;
            self.anchors.insert(anchor, Anchor { value: value.clone(), node: Arc::new(node.clone()), size });
        }
        Ok(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: &Span) -> Result<Value, Problem> {
        scalar::value(text, style, tag).map_err(|error| self.problem(span, error))
    }

    fn sequence(&mut self, extent: &mut Extent, depth: usize) -> Result<(Value, Children), Problem> {
        let mut values = Vec::new();
        let mut nodes = Vec::new();
        loop {
            let (event, span) = self.inner()?;
            if matches!(event, Event::SequenceEnd) {
                extent.end = self.end(&span, nodes.last().map(|node: &Node| node.extent), *extent);
                return Ok((Value::Array(values), Children::Items(nodes)));
            }
            let (value, node) = self.node(event, span, depth + 1)?;
            values.push(value);
            nodes.push(node);
        }
    }

    fn mapping(&mut self, extent: &mut Extent, depth: usize) -> Result<(Value, Children), Problem> {
        let mut fields = Fields::default();
        let mut last = None;
        loop {
            let (event, span) = self.inner()?;
            if matches!(event, Event::MappingEnd) {
                extent.end = self.end(&span, last, *extent);
                return Ok((Value::Object(fields.values), Children::Fields(fields.nodes)));
            }
            let key_extent = self.extent(&span);
            let merges = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text.as_ref() == "<<");
            let key = if merges { String::new() } else { self.key(event, &span)? };
            let (value_event, value_span) = self.inner()?;
            let (value, mut node) = self.node(value_event, value_span, depth + 1)?;
            last = Some(node.extent);
            node.key = Some(key_extent);
            if merges {
                fields.merge(value, node).map_err(|error| self.problem(&value_span, error))?;
            } else {
                fields.insert(key, value, node).map_err(|error| self.problem(&span, error))?;
            }
        }
    }

    fn key(&mut self, event: Event<'c>, span: &Span) -> Result<String, Problem> {
        let key = match event {
            Event::Scalar(text, style, anchor, tag) => {
                if anchor != 0 {
                    let value = self.scalar(&text, style, tag.as_deref(), span)?;
                    let node = Node { key: None, extent: self.extent(span), children: Children::None };
                    self.keep(anchor, &value, &node, span)?;
                }
                scalar::key(&text, style, tag.as_deref())
            }
            Event::Alias(anchor) => match self.copy_of(anchor, 0, span)?.value {
                Value::String(text) => Ok(text),
                Value::Bool(truth) => Ok(truth.to_string()),
                Value::Number(number) => Ok(number.to_string()),
                _ => Err(YamlError::KeyIsNotText),
            },
            _ => Err(YamlError::KeyIsNotText),
        };
        key.map_err(|error| self.problem(span, error))
    }

    fn copy_of(&mut self, anchor: usize, depth: usize, span: &Span) -> Result<Anchor, Problem> {
        // The parser knows the anchor, but its value is not complete: the alias stands inside.
        let Some(size) = self.anchors.get(&anchor).map(|anchor| anchor.size) else {
            return Err(self.problem(span, YamlError::SelfReference));
        };
        if depth + size.height > DEEPEST {
            return Err(self.problem(span, YamlError::TooDeep));
        }
        self.charge(size, span)?;
        self.anchors.get(&anchor).cloned().ok_or_else(|| self.problem(span, YamlError::UnknownAnchor))
    }

    fn charge(&mut self, size: Size, span: &Span) -> Result<(), Problem> {
        self.copied += size.cost;
        if self.copied > MOST_COPIED { Err(self.problem(span, YamlError::TooMuchCopied)) } else { Ok(()) }
    }

    /// Where a collection ends: behind its closing bracket, or behind its last value.
    fn end(&self, span: &Span, last: Option<Extent>, whole: Extent) -> u32 {
        let closing = self.extent(span);
        if closing.end > closing.start {
            return closing.end;
        }
        last.map_or(whole.end, |last| last.end.max(whole.start))
    }

    fn extent(&self, span: &Span) -> Extent {
        let range = span.byte_range().unwrap_or_default();
        let text = self.chunk.text.get(range.clone()).unwrap_or_default();
        // A block scalar's span includes the line breaks behind it.
        let end = range.start + text.trim_end().len();
        let (line, column) = self.position(&span.start);
        Extent {
            start: narrow(self.chunk.start + range.start),
            end: narrow(self.chunk.start + end),
            line: narrow(line),
            column: narrow(column),
        }
    }

    fn position(&self, marker: &granit_parser::Marker) -> (usize, usize) {
        let columns_before = if marker.line() <= 1 { self.chunk.columns_before } else { 0 };
        (self.chunk.lines_before + marker.line().max(1), columns_before + marker.col() + 1)
    }

    fn problem(&self, span: &Span, error: YamlError) -> Problem {
        let (line, column) = self.position(&span.start);
        Problem { line, column, error }
    }

    fn scan_problem(&self, error: &ScanError) -> Problem {
        let (line, column) = self.position(error.marker());
        Problem { line, column, error: YamlError::of_parser(error.kind()) }
    }
}

/// Offsets fit: the text is at most `LARGEST_FILE` bytes long.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
