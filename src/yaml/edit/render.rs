//! Writes whole values as plain block YAML.

use granit_parser::ScalarStyle;
use serde_json::{Map, Value};

use super::{literal, quote};

/// How a document indents.
#[derive(Clone, Copy)]
pub(super) struct Indents {
    /// By how much a mapping stands deeper than the key that it belongs to.
    pub mapping: usize,
    /// By how much a sequence's dashes do.
    pub sequence: usize,
}

/// What `kubectl` itself prints: two spaces, and dashes below the key.
pub(super) const PLAIN: Indents = Indents { mapping: 2, sequence: 0 };

/// A value as a document of plain block YAML, with a line break at its end.
///
/// Texts are quoted where `kubectl` would read them as something else. What names an object or an
/// item comes first; otherwise the fields are in the order of the value.
pub fn render(value: &Value) -> String {
    let mut text = lines(value, 0, PLAIN).join("\n");
    text.push('\n');
    text
}

/// The fields in the order in which they are written: first what says which object or item it is.
pub(super) fn ordered(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut ordered: Vec<_> = fields.iter().collect();
    ordered.sort_by_key(|(key, _)| rank(key));
    ordered
}

pub(super) fn rank(key: &str) -> usize {
    ["apiVersion", "kind", "metadata", "name"].iter().position(|first| *first == key).unwrap_or(usize::MAX)
}

/// Whether a value is written on one line, in a block too.
pub(super) fn is_inline(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => !literal::fits(text),
        _ => true,
    }
}

/// A value of `is_inline` in a block.
pub(super) fn inline(value: &Value, style: ScalarStyle) -> String {
    match value {
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        _ => quote::scalar(value, style, false),
    }
}

/// The lines of a value whose first line begins in `column`.
pub(super) fn lines(value: &Value, column: usize, indents: Indents) -> Vec<String> {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            ordered(fields).into_iter().flat_map(|(key, value)| entry(key, value, column, indents)).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().flat_map(|value| item(value, column, indents)).collect()
        }
        // A document that is only a text.
        Value::String(_) => vec![padded(column, &quote::scalar(value, ScalarStyle::DoubleQuoted, false))],
        _ => vec![padded(column, &inline(value, ScalarStyle::Plain))],
    }
}

/// The lines of a key with its value.
pub(super) fn entry(key: &str, value: &Value, column: usize, indents: Indents) -> Vec<String> {
    let key = quote::key(key, ScalarStyle::Plain, false);
    let key = padded(column, &key);
    if is_inline(value) {
        return vec![format!("{key}: {}", inline(value, ScalarStyle::Plain))];
    }
    let mut lines = vec![match value {
        Value::String(text) => format!("{key}: {}", literal::header(text)),
        _ => format!("{key}:"),
    }];
    lines.extend(below(value, column, indents));
    lines
}

/// The lines of an item, the dash in `column`.
pub(super) fn item(value: &Value, column: usize, indents: Indents) -> Vec<String> {
    if is_inline(value) {
        return vec![padded(column, &format!("- {}", inline(value, ScalarStyle::Plain)))];
    }
    if let Value::String(text) = value {
        let mut lines = vec![padded(column, &format!("- {}", literal::header(text)))];
        lines.extend(literal::body(text, column + 2));
        return lines;
    }
    let mut lines = lines(value, column + 2, indents);
    if let Some(first) = lines.first_mut() {
        *first = padded(column, &format!("- {}", first.trim_start()));
    }
    lines
}

/// The lines below a key in `column`, of a value that is not inline.
pub(super) fn below(value: &Value, column: usize, indents: Indents) -> Vec<String> {
    match value {
        Value::String(text) => literal::body(text, column + indents.mapping),
        Value::Array(_) => lines(value, column + indents.sequence, indents),
        _ => lines(value, column + indents.mapping, indents),
    }
}

fn padded(column: usize, text: &str) -> String {
    format!("{:column$}{text}", "")
}
