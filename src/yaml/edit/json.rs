//! Writes values in brackets and braces: as JSON, or as YAML's flow style.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::{quote, render};

/// How a flow collection is written.
#[derive(Clone)]
pub(super) struct Flow<'a> {
    /// Quotes as JSON has them.
    pub json: bool,
    /// Behind a comma on the same line.
    pub space: &'a str,
    /// Behind a colon.
    pub colon_space: &'a str,
    /// For one part a line: the indentation of the line, and what each level adds.
    pub lines: Option<(&'a str, &'a str, &'a str)>,
}

/// A value on one line, in YAML's flow style.
pub fn render_flow(value: &Value) -> String {
    write(value, &Flow { json: false, space: " ", colon_space: " ", lines: None })
}

/// A value in flow style.
pub(super) fn write(value: &Value, flow: &Flow<'_>) -> String {
    let mut text = String::new();
    value_at(value, flow, 0, &mut text);
    text
}

/// A key in flow style.
pub(super) fn key(key: &str, style: ScalarStyle, json: bool) -> String {
    if json { Value::from(key).to_string() } else { quote::key(key, style, true) }
}

/// A value without parts in flow style.
pub(super) fn scalar(value: &Value, style: ScalarStyle, json: bool) -> String {
    if json { value.to_string() } else { quote::scalar(value, style, true) }
}

fn value_at(value: &Value, flow: &Flow<'_>, depth: usize, text: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                between(index, flow, depth, text);
                value_at(item, flow, depth + 1, text);
            }
            close(']', flow, depth, text);
        }
        Value::Object(fields) if !fields.is_empty() => {
            text.push('{');
            for (index, (name, field)) in render::ordered(fields).into_iter().enumerate() {
                between(index, flow, depth, text);
                text.push_str(&key(name, ScalarStyle::Plain, flow.json));
                text.push(':');
                text.push_str(if flow.json { flow.colon_space } else { " " });
                value_at(field, flow, depth + 1, text);
            }
            close('}', flow, depth, text);
        }
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
        _ => text.push_str(&scalar(value, ScalarStyle::Plain, flow.json)),
    }
}

fn between(index: usize, flow: &Flow<'_>, depth: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    match flow.lines {
        Some(_) => new_line(flow, depth + 1, text),
        None if index > 0 => text.push_str(flow.space),
        None => {}
    }
}

fn close(bracket: char, flow: &Flow<'_>, depth: usize, text: &mut String) {
    new_line(flow, depth, text);
    text.push(bracket);
}

fn new_line(flow: &Flow<'_>, depth: usize, text: &mut String) {
    if let Some((newline, indentation, unit)) = flow.lines {
        text.push_str(newline);
        text.push_str(indentation);
        text.push_str(&unit.repeat(depth));
    }
}
