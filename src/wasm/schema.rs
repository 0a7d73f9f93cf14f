//! Settings against their schema. The schema is a stranger's: it is read without fetching anything, and what could
//! make the check endless is refused before it begins.

use std::collections::BTreeMap;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::convert::one_line;

/// The longest schema, in bytes; those of the built-in policies have 3 KiB.
const LONGEST: usize = 64 << 10;
/// The parts of a schema, each counted as often as it is referred to: chains of references double with each link.
const MOST_PARTS: u64 = 10_000;
/// The regular expressions of a schema, and what each may take when it is compiled, in bytes.
const MOST_PATTERNS: usize = 50;
const LARGEST_PATTERN: usize = 256 << 10;
/// How deep its parts may stand in one another, with what they refer to: each level takes of the thread's stack.
const DEEPEST: u32 = 200;
/// The longest name of a setting, and the longest text that one may be, in bytes: the key of a label, with its prefix.
const LONGEST_NAME: usize = 253 + 1 + 63;
/// As much of a longer one is quoted, in characters.
const SHOWN: usize = 50;
/// The one draft that the contract names.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// References that lead elsewhere, or that only the validation itself could follow.
const OTHER_REFERENCES: &[&str] = &["$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$recursiveAnchor", "$anchor"];

/// Reads a schema, within its bounds.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    if text.len() > LONGEST {
        return Err(format!(
            "its settings schema has {} KiB; at most {} KiB are read",
            text.len() >> 10,
            LONGEST >> 10
        ));
    }
    let schema: Value =
        serde_json::from_str(text).map_err(|error| format!("its settings schema is not JSON: {error}"))?;
    let wrong = |problem: String| format!("its settings schema cannot be used: {problem}");
    let mut measure = Measure { root: &schema, referred: BTreeMap::new(), patterns: 0, depth: 0 };
    let parts = measure.parts(&schema).map_err(wrong)?;
    if parts > MOST_PARTS {
        let problem = format!("with all that it refers to it has {parts} parts; at most {MOST_PARTS} are checked");
        return Err(wrong(problem));
    }
    validator(&schema)?;
    Ok(schema)
}

/// What checks settings.
pub(super) fn validator(schema: &Value) -> Result<Validator, String> {
    // Not the engine that goes back and forth: some of its patterns take longer than anybody lives.
    let patterns = PatternOptions::regex().size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN);
    jsonschema::options()
        .offline()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(patterns)
        .build(schema)
        .map_err(|error| format!("its settings schema cannot be used: {}", one_line(&error.to_string())))
}

struct Measure<'a> {
    root: &'a Value,
    /// The parts of what was referred to so far; none while it is being counted.
    referred: BTreeMap<&'a str, Option<u64>>,
    patterns: usize,
    depth: u32,
}

impl<'a> Measure<'a> {
    /// How many parts a schema has.
    fn parts(&mut self, schema: &'a Value) -> Result<u64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("its parts stand in one another more than {DEEPEST} deep"));
        }
        let mut parts = 1_u64;
        match schema {
            Value::Array(items) => {
                for item in items {
                    parts = parts.saturating_add(self.parts(item)?);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    parts = parts.saturating_add(self.field(name, value)?);
                }
            }
            _ => {}
        }
        self.depth -= 1;
        Ok(parts)
    }

    fn field(&mut self, name: &str, value: &'a Value) -> Result<u64, String> {
        match (name, value) {
            ("$ref", Value::String(target)) => return self.reference(target),
            ("pattern", Value::String(_)) => self.pattern(1)?,
            ("patternProperties", Value::Object(patterns)) => self.pattern(patterns.len())?,
            ("properties", Value::Object(settings)) => {
                settings.keys().try_for_each(|name| fits_a_line(name, "name"))?;
            }
            ("enum", Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).try_for_each(|text| fits_a_line(text, "value"))?;
            }
            ("const", Value::String(text)) => fits_a_line(text, "value")?,
            ("$schema", Value::String(draft)) if draft.trim_end_matches('#') != DRAFT => {
                return Err(format!("$schema is \"{}\"; it has to be {DRAFT}", one_line(draft)));
            }
            // A setting may have such a name, and then it has a schema and no text.
            ("$id", Value::String(_)) => return Err("$id is not read; leave it away".to_owned()),
            (name, Value::String(_)) if OTHER_REFERENCES.contains(&name) => {
                return Err(format!("{name} is not read; refer to #/$defs/NAME by $ref"));
            }
            _ => {}
        }
        self.parts(value)
    }

    fn pattern(&mut self, found: usize) -> Result<(), String> {
        self.patterns += found;
        if self.patterns > MOST_PATTERNS {
            return Err(format!("it has more than {MOST_PATTERNS} regular expressions"));
        }
        Ok(())
    }

    fn reference(&mut self, target: &'a str) -> Result<u64, String> {
        let shown = one_line(target);
        match self.referred.get(target) {
            Some(Some(parts)) => return Ok(*parts),
            Some(None) => return Err(format!("$ref \"{shown}\" leads back to itself")),
            None => {}
        }
        let Some(schema) = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) else {
            return Err(format!("$ref \"{shown}\" is nowhere in it; nothing is fetched, so refer to #/$defs/NAME"));
        };
        self.referred.insert(target, None);
        let parts = self.parts(schema)?;
        self.referred.insert(target, Some(parts));
        Ok(parts)
    }
}

/// A name, or a value that a setting may have, stands on one line wherever settings are told: also behind the sign of a
/// comment, in a document that somebody applies.
fn fits_a_line(text: &str, what: &str) -> Result<(), String> {
    let shown = one_line(text);
    if text.len() > LONGEST_NAME {
        let begin: String = shown.chars().take(SHOWN).collect();
        return Err(format!("the {what} \"{begin}…\" has {} bytes; at most {LONGEST_NAME} are told", text.len()));
    }
    if shown != text {
        return Err(format!(
            "the {what} \"{shown}\" begins or ends with space, or has what no line can show: ends of lines, control \
             characters"
        ));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_that_could_not_be_checked_is_refused() {
        // Each refers twice to the next one: a million million checks for one setting.
        let doubling: serde_json::Map<String, Value> = (0..40)
            .map(|link| {
                (link.to_string(), json!({ "allOf": vec![json!({ "$ref": format!("#/$defs/{}", link + 1) }); 2] }))
            })
            .chain([("40".to_owned(), json!(true))])
            .collect();
        let chain: serde_json::Map<String, Value> = (0..1_000)
            .map(|link| (link.to_string(), json!({ "$ref": format!("#/$defs/{}", link + 1) })))
            .chain([("1000".to_owned(), json!(true))])
            .collect();
        let patterns: Vec<Value> = (0..51).map(|count| json!({ "pattern": format!("^a{{{count}}}$") })).collect();
        for (schema, problem) in [
            (json!({ "$ref": "#" }), "$ref \"#\" leads back to itself"),
            (
                json!({ "$defs": { "a": { "items": { "$ref": "#/$defs/a" } } }, "$ref": "#/$defs/a" }),
                "$ref \"#/$defs/a\" leads back to itself",
            ),
            (
                json!({ "$ref": "https://example.com/schema.json" }),
                "$ref \"https://example.com/schema.json\" is nowhere in it; nothing is fetched, so refer to #/$defs/NAME",
            ),
            (
                json!({ "$ref": "file:///etc/passwd" }),
                "$ref \"file:///etc/passwd\" is nowhere in it; nothing is fetched, so refer to #/$defs/NAME",
            ),
            (json!({ "$dynamicRef": "#a" }), "$dynamicRef is not read; refer to #/$defs/NAME by $ref"),
            (json!({ "$id": "https://example.com/" }), "$id is not read; leave it away"),
            (
                json!({ "$schema": "https://example.com/meta" }),
                "$schema is \"https://example.com/meta\"; it has to be https://json-schema.org/draft/2020-12/schema",
            ),
            (json!({ "$defs": doubling, "$ref": "#/$defs/0" }), "parts; at most 10000 are checked"),
            (json!({ "$defs": chain, "$ref": "#/$defs/0" }), "its parts stand in one another more than 200 deep"),
            (json!({ "anyOf": patterns }), "it has more than 50 regular expressions"),
            (json!({ "pattern": "(\\w{1000}){1000}" }), "its settings schema cannot be used: "),
            (json!({ "pattern": "(?=a)b" }), "its settings schema cannot be used: "),
            (json!({ "type": 1 }), "its settings schema cannot be used: "),
            (json!({ "type": "text\nb: c" }), "its settings schema cannot be used: "),
            (
                json!({ "properties": { "a\n  settings: {}\u{1b}[2J": {} } }),
                "the name \"a   settings: {} [2J\" begins or ends with space, or has what no line can show",
            ),
            (
                json!({ "$defs": { "a": { "items": { "properties": { "b ": {} } } } } }),
                "the name \"b\" begins or ends with space",
            ),
            (
                json!({ "properties": { ("a".repeat(318)): {} } }),
                &format!("the name \"{}…\" has 318 bytes; at most 317 are told", "a".repeat(50)),
            ),
            (json!({ "enum": ["a", "b\r\n"] }), "the value \"b\" begins or ends with space"),
            (json!({ "oneOf": [{ "const": "a\u{202e}b" }] }), "the value \"a b\" begins or ends with space"),
        ] {
            let found = parse(&schema.to_string()).unwrap_err();
            assert!(found.starts_with("its settings schema cannot be used: ") && found.contains(problem), "{found}");
        }
        assert!(parse("{").unwrap_err().starts_with("its settings schema is not JSON: EOF"));
        let long = json!({ "title": "a".repeat(70 << 10) }).to_string();
        assert_eq!(parse(&long).unwrap_err(), "its settings schema has 70 KiB; at most 64 KiB are read");
        assert!(parse(&"[".repeat(1_000)).unwrap_err().contains("recursion limit"));
    }

    #[test]
    fn a_pattern_takes_no_longer_than_its_text() {
        let schema = parse(&json!({ "pattern": "^(a+)+$" }).to_string()).unwrap();
        let begun = std::time::Instant::now();
        assert!(!validator(&schema).unwrap().is_valid(&json!("a".repeat(10_000) + "b")));
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn an_ordinary_schema_is_taken() {
        let schema = json!({
            "$schema": DRAFT, "type": "object", "additionalProperties": false,
            "$defs": { "Class": { "type": "string", "pattern": "^[a-z]+$" } },
            "properties": {
                "allowed": { "type": "array", "items": { "$ref": "#/$defs/Class" } },
                "denied": { "type": "array", "items": { "$ref": "#/$defs/Class" } },
                "$ref": { "type": "string" },
                "properties": { "enum": ["", "app.kubernetes.io/name", 3] },
            },
            "patternProperties": { "^a\n|b{2}$": {} },
        });
        let read = parse(&schema.to_string()).unwrap();
        let validator = validator(&read).unwrap();
        assert!(validator.is_valid(&json!({ "allowed": ["standard"], "$ref": "a" })));
        assert!(!validator.is_valid(&json!({ "allowed": ["S"] })));
    }
}
