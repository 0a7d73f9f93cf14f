//! A policy's settings, read from their JSON Schema.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::wasm::one_line;

/// How deep settings may stand in one another and still be told one by one; people write two levels.
const DEEPEST: usize = 4;

/// One setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Its name; that of one within another has dots: `probe.seconds`.
    pub name: String,
    /// What it may be, in words: `integer`, `list of string`, `one of a, b`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is if nobody sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What it is for, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The settings of a schema, in its order; what stands in another one is told by itself.
pub(super) fn settings(schema: &Value) -> Vec<Setting> {
    let mut found = Vec::new();
    collect(schema, schema, "", None, DEEPEST, &mut found);
    found
}

/// The settings of a schema as a document has them: each whole, with all that stands in it.
pub(super) fn whole_settings(schema: &Value) -> Vec<Setting> {
    let mut found = Vec::new();
    collect(schema, schema, "", None, 0, &mut found);
    found
}

/// Whether settings that the schema does not name are let through.
pub(super) fn takes_others(schema: &Value) -> bool {
    schema.get("additionalProperties") != Some(&Value::Bool(false))
        && schema.get("unevaluatedProperties") != Some(&Value::Bool(false))
}

fn collect(
    root: &Value,
    schema: &Value,
    before: &str,
    default: Option<&Value>,
    levels: usize,
    found: &mut Vec<Setting>,
) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties {
        let resolved = resolve(root, property);
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        let last = name.rsplit('.').next().unwrap_or(&name);
        // What the whole is by default says what its parts are.
        let default = default.and_then(|whole| whole.get(last)).or_else(|| keyword(property, resolved, "default"));
        let parts = found.len();
        if levels > 0 {
            collect(root, resolved, &name, default, levels - 1, found);
        }
        if found.len() == parts {
            let description = keyword(property, resolved, "description").and_then(Value::as_str);
            // The schema is a stranger's, and what it says is shown on terminals, and behind the sign of a comment.
            let words = |text: &str| one_line(&text.split_whitespace().collect::<Vec<_>>().join(" "));
            found.push(Setting {
                name: one_line(&name),
                kind: one_line(&kind(root, resolved)),
                default: default.cloned(),
                description: description.map(words),
            });
        }
    }
}

/// What stands at a schema, or at what it refers to.
fn keyword<'a>(property: &'a Value, resolved: &'a Value, name: &str) -> Option<&'a Value> {
    property.get(name).or_else(|| resolved.get(name))
}

/// Follows one reference within the schema, and the only one of `allOf`, by which older drafts add to it.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let only = schema.get("allOf").and_then(Value::as_array).and_then(|all| match all.as_slice() {
        [one] => Some(one),
        _ => None,
    });
    let reference = only.unwrap_or(schema).get("$ref").and_then(Value::as_str);
    reference.and_then(|reference| root.pointer(reference.strip_prefix('#')?)).unwrap_or(schema)
}

fn kind(root: &Value, schema: &Value) -> String {
    let shown = |values: &[Value]| {
        let words: Vec<_> =
            values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
        format!("one of {}", words.join(", "))
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return shown(values);
    }
    if let Some(choices) = choices(schema) {
        let constants: Vec<Value> = choices.iter().filter_map(|choice| choice.get("const").cloned()).collect();
        if constants.len() == choices.len() {
            return shown(&constants);
        }
        let kinds: Vec<_> = choices.iter().map(|choice| kind(root, resolve(root, choice))).collect();
        return kinds.join(" or ");
    }
    match schema.get("type") {
        Some(Value::String(name)) if name == "array" => match schema.get("items") {
            Some(items) if items.is_object() => format!("list of {}", kind(root, resolve(root, items))),
            _ => "list".to_owned(),
        },
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    let all = |schema: &Map<String, Value>| ["oneOf", "anyOf"].iter().any(|word| schema.contains_key(*word));
    let schema = schema.as_object().filter(|schema| all(schema))?;
    schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_setting_is_told_as_its_author_describes_it() {
        let schema = json!({
            "$defs": {
                "How": { "oneOf": [{ "const": "fast" }, { "const": "slow" }], "description": "How it goes." },
                "Wait": { "type": "object", "properties": { "seconds": { "type": "integer", "default": 3 } } },
                "Loop": { "type": "object", "properties": { "again": { "$ref": "#/$defs/Loop" } } },
            },
            "properties": {
                "allowed": { "type": "array", "items": { "type": "string" }, "default": [], "description": "Which\n are." },
                "how": { "$ref": "#/$defs/How", "default": "slow" },
                "name": { "type": ["string", "null"] },
                "or": { "anyOf": [{ "type": "integer" }, { "$ref": "#/$defs/How" }] },
                "wait": { "$ref": "#/$defs/Wait", "default": { "seconds": 5 } },
                "loop": { "allOf": [{ "$ref": "#/$defs/Loop" }] },
            },
        });
        let told: Vec<_> = settings(&schema)
            .into_iter()
            .map(|setting| {
                let default = setting.default.map(|default| default.to_string()).unwrap_or_default();
                (setting.name, setting.kind, default, setting.description.unwrap_or_default())
            })
            .collect();
        let expected = [
            ("allowed", "list of string", "[]", "Which are."),
            ("how", "one of fast, slow", "\"slow\"", "How it goes."),
            ("loop.again.again.again.again", "object", "", ""),
            ("name", "string or null", "", ""),
            ("or", "integer or one of fast, slow", "", ""),
            ("wait.seconds", "integer", "5", ""),
        ];
        for (told, (name, kind, default, description)) in told.iter().zip(expected) {
            let expected = (name.to_owned(), kind.to_owned(), default.to_owned(), description.to_owned());
            assert_eq!(*told, expected);
        }
        assert_eq!(told.len(), expected.len());
        assert!(settings(&json!(true)).is_empty());
        let escaping = json!({ "properties": { "a\n  b: c\u{1b}[2J": {
            "enum": ["d\ne"], "description": "f\u{1b}[2J\u{202e}\n g" } } });
        let Setting { name, kind, description, .. } = settings(&escaping).remove(0);
        assert_eq!((name.as_str(), kind.as_str()), ("a   b: c [2J", "one of d e"));
        assert_eq!(description.as_deref(), Some("f [2J  g"));
        assert!(takes_others(&json!({})) && !takes_others(&json!({ "additionalProperties": false })));
    }
}
