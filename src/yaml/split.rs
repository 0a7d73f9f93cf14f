//! Where the documents of a text begin and end.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// One document's share of a text.
pub(super) struct Chunk<'a> {
    /// The share itself; JSON may have spaces where the file has tabs.
    pub text: Cow<'a, str>,
    /// Its first byte in the whole text.
    pub start: usize,
    /// How many lines stand before it.
    pub lines_before: usize,
    /// How many characters stand before it on its first line.
    pub columns_before: usize,
}

/// Splits a text into documents.
///
/// Like `kubectl`, a text that begins with a brace is taken as a stream of JSON values if it is
/// one. Otherwise lines that begin with `---` or `...` separate the documents: YAML forbids them
/// inside of a document, also in block scalars and quotes (YAML 1.2.2, 9.1.2 and production 206).
pub(super) fn split(text: &str) -> Vec<Chunk<'_>> {
    split_json(text).unwrap_or_else(|| split_yaml(text))
}

fn split_json(text: &str) -> Option<Vec<Chunk<'_>>> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut lines_before = 0;
    let mut line_start = 0;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    while let Some(value) = values.next() {
        value.ok()?;
        let end = values.byte_offset();
        let share = &text[start..end];
        // JSON allows tabs between tokens where YAML does not, and none inside of strings: each
        // becomes a space, and every place stays what it was.
        let spaced = if share.contains('\t') { Cow::Owned(share.replace('\t', " ")) } else { Cow::Borrowed(share) };
        let columns_before = text[line_start..start].chars().count();
        chunks.push(Chunk { text: spaced, start, lines_before, columns_before });
        lines_before += share.matches('\n').count();
        if let Some(newline) = share.rfind('\n') {
            line_start = start + newline + 1;
        }
        start = end;
    }
    Some(chunks)
}

fn split_yaml(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut first_line = 0;
    // True until the document itself has begun: comments and directives belong to what follows.
    let mut in_prefix = true;
    let mut offset = 0;
    for (lines, line) in text.split_inclusive('\n').enumerate() {
        let next = offset + line.len();
        if is_marker(line, "---") {
            if !in_prefix {
                chunks.push(chunk(text, start, offset, first_line));
                (start, first_line) = (offset, lines);
            }
            in_prefix = false;
        } else if is_marker(line, "...") {
            chunks.push(chunk(text, start, next, first_line));
            (start, first_line) = (next, lines + 1);
            in_prefix = true;
        } else if in_prefix {
            let content = line.trim_start();
            in_prefix = content.is_empty() || content.starts_with('#') || line.starts_with('%');
        }
        offset = next;
    }
    chunks.push(chunk(text, start, text.len(), first_line));
    chunks
}

fn chunk(text: &str, start: usize, end: usize, lines_before: usize) -> Chunk<'_> {
    Chunk { text: Cow::Borrowed(&text[start..end]), start, lines_before, columns_before: 0 }
}

/// Whether a line is a document marker: the three characters, then white space or the end.
fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}
