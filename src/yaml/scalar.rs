//! What a plain scalar means: the rules of go-yaml v2, which `kubectl` reads manifests with.
//!
//! They are YAML 1.1's: `yes`, `on` and `y` are true, `0777` is octal, `1_000` is a thousand. The
//! table in the tests was made with `sigs.k8s.io/yaml` 1.6.0.

use granit_parser::{ScalarStyle, Tag};
use serde_json::Value;

use super::YamlError;

/// The value of a scalar.
pub(super) fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, YamlError> {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text) } else { Ok(Value::from(text)) };
    };
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("int") => fitting("int", plain(text)?, |value| value.is_i64() || value.is_u64()),
        Some("float") => fitting("float", plain(text)?, Value::is_number),
        Some("bool") => fitting("bool", plain(text)?, Value::is_boolean),
        Some("null") => fitting("null", plain(text)?, Value::is_null),
        Some("binary") => Err(YamlError::BinaryTag),
        // An empty node with a tag arrives as the parser's word for nothing.
        Some("str") if text == "~" && style == ScalarStyle::Plain => Ok(Value::from("")),
        // !!str, !!timestamp, and tags that only their own programs know: text.
        _ => Ok(Value::from(text)),
    }
}

fn fitting(tag: &'static str, value: Value, fits: impl Fn(&Value) -> bool) -> Result<Value, YamlError> {
    if fits(&value) { Ok(value) } else { Err(YamlError::WrongTag(tag)) }
}

/// A scalar as the key of a mapping.
pub(super) fn key(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<String, YamlError> {
    match value(text, style, tag)? {
        Value::String(text) => Ok(text),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => Ok(float_key(float)),
            _ => Ok(number.to_string()),
        },
        _ => Err(YamlError::KeyIsNotText),
    }
}

fn plain(text: &str) -> Result<Value, YamlError> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => return Err(YamlError::NoNumber),
        _ => number(text).unwrap_or_else(|| Value::from(text)),
    })
}

fn number(text: &str) -> Option<Value> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits).or_else(|| float(&digits))
}

/// As Go's `strconv.ParseInt` with base 0: the prefix names the base, a leading zero is octal.
fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(digits, base).ok()?;
    if negative { 0i64.checked_sub_unsigned(number).map(Value::from) } else { Some(Value::from(number)) }
}

fn float(text: &str) -> Option<Value> {
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    // Go writes it as JSON without a fraction, and the API server reads that as an integer.
    // 2^63 ≈ 9.22e18 is the first that does not fit.
    if number.fract() == 0.0 && number.abs() < 9.2e18 {
        #[allow(clippy::cast_possible_truncation, reason = "it is an integer, and in range")]
        return Some(Value::from(number as i64));
    }
    Some(Value::from(number))
}

/// As Go's `strconv.FormatFloat(key, 'g', -1, 32)`, which the conversion to JSON uses for keys.
fn float_key(key: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "the shortest text of a 32-bit float is what is asked for")]
    let single = key as f32;
    let scientific = format!("{single:e}");
    match scientific.split_once('e').map(|(mantissa, exponent)| (mantissa, exponent.parse::<i32>())) {
        Some((mantissa, Ok(exponent))) if !(-4..6).contains(&exponent) => {
            format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        _ => single.to_string(),
    }
}
