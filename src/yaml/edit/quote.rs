//! Writes scalars so that `kubectl` reads them as what they are.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::super::scalar;
use super::same::same;

/// A value without parts on one line, in the style of what it replaces if that can hold it.
pub(super) fn scalar(value: &Value, style: ScalarStyle, in_flow: bool) -> String {
    match value {
        Value::String(text) => string(text, style, in_flow),
        Value::Number(number) => {
            let written = number.to_string();
            // `1e+23` and the like are numbers to `kubectl` too; quotes would make them texts.
            if reads(&written, value) { written } else { plain_float(number.as_f64().unwrap_or_default()) }
        }
        other => other.to_string(),
    }
}

/// A key.
pub(super) fn key(text: &str, style: ScalarStyle, in_flow: bool) -> String {
    string(text, style, in_flow)
}

fn string(text: &str, style: ScalarStyle, in_flow: bool) -> String {
    let may_be_single = text.chars().all(is_plain_character);
    match style {
        ScalarStyle::SingleQuoted if may_be_single => single(text),
        ScalarStyle::DoubleQuoted => double(text),
        _ if is_plain(text, in_flow) => text.to_owned(),
        _ if may_be_single && text.contains(['"', '\\']) => single(text),
        _ => double(text),
    }
}

/// Whether a text needs no quotes: neither by YAML's grammar, nor by what readers of YAML 1.1 or 1.2
/// take it for.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let indicates = "?:,[]{}#&*!|>'\"%@`=<".contains(first) || first.is_whitespace();
    let dash =
        first == '-' && text[1..].chars().next().is_none_or(|next| next.is_whitespace() || ",[]{}".contains(next));
    let inside = text.contains(": ") || text.contains(" #") || (in_flow && text.contains([',', '[', ']', '{', '}']));
    !indicates
        && !dash
        && !inside
        && !text.ends_with(|last: char| last == ':' || last.is_whitespace())
        && !text.starts_with("---")
        && !text.starts_with("...")
        && text.chars().all(is_plain_character)
        && reads(text, &Value::from(text))
        && !is_time(text)
}

/// Dates, and numbers with colons, which YAML 1.1 reads by sixties (yaml.org/type/int.html).
fn is_time(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-'))
        && text.contains([':', '-'])
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-_:. TZtz".contains(&byte))
}

fn reads(written: &str, value: &Value) -> bool {
    scalar::value(written, ScalarStyle::Plain, None).is_ok_and(|read| same(&read, value))
}

/// What both YAML 1.1 and 1.2 print as it is, and on one line. 1.1 takes U+0085, U+2028 and U+2029
/// for line breaks.
pub(super) fn is_plain_character(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\r' => written.push_str("\\r"),
            _ if is_plain_character(character) => written.push(character),
            _ => written.push_str(&format!("\\u{:04x}", u32::from(character))),
        }
    }
    written.push('"');
    written
}

/// A number with all its digits: what has an exponent without a point is text to some readers.
fn plain_float(number: f64) -> String {
    format!("{number}")
}
