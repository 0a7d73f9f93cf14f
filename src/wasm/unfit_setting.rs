//! What is wrong with a setting, and where it is, in words that quote no more of it than helps: it may have megabytes,
//! or hold what is not for everybody who reads a log.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use super::convert::one_line;

/// How much of a value is quoted, in characters: enough to find it again.
const LONGEST: usize = 100;

/// The path to it: `/allowed/0` is `spec.settings.allowed[0]`.
pub(super) fn place(error: &ValidationError<'_>) -> String {
    let mut path = "spec.settings".to_owned();
    for part in error.instance_path().to_string().split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str(&format!("[{part}]"));
        } else {
            path.push('.');
            path.push_str(&begin_of(&part));
        }
    }
    one_line(&path)
}

/// What is wrong with it, and what is expected there.
pub(super) fn problem(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind::{AdditionalProperties, FalseSchema, PropertyNames, UnevaluatedProperties};
    one_line(&match error.kind() {
        AdditionalProperties { unexpected } | UnevaluatedProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| format!("\"{name}\"")).collect();
            format!("there is no such setting: {}", begin_of(&names.join(", ")))
        }
        // Where a schema names no setting at all.
        FalseSchema => "there is no such setting".to_owned(),
        PropertyNames { error } => format!("a name does not fit: {}", problem(error)),
        _ => error.masked_with(begin_of(&error.instance().to_string())).to_string(),
    })
}

/// As much of a text as is quoted.
fn begin_of(text: &str) -> String {
    let mut letters = text.chars();
    let begin: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_none() { begin } else { begin + "…" }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::wasm::schema::validator;

    fn told(schema: Value, settings: &Value) -> (String, String) {
        let validator = validator(&schema).unwrap();
        let error = validator.validate(settings).unwrap_err();
        (place(&error), problem(&error))
    }

    #[test]
    fn a_short_value_is_quoted() {
        let whole = |property: Value| json!({ "properties": { "a": property }, "additionalProperties": false });
        for (schema, settings, at, problem) in [
            (whole(json!({ "type": "integer" })), json!({ "a": "x" }), ".a", "\"x\" is not of type \"integer\""),
            (whole(json!({ "minimum": 0 })), json!({ "a": -1 }), ".a", "-1 is less than the minimum of 0"),
            (
                whole(json!({ "items": { "type": "string" } })),
                json!({ "a": ["b", 3] }),
                ".a[1]",
                "3 is not of type \"string\"",
            ),
            (whole(json!(true)), json!({ "b": 1 }), "", "there is no such setting: \"b\""),
            (json!({ "additionalProperties": false }), json!({ "b": 1 }), "", "there is no such setting"),
        ] {
            assert_eq!(told(schema, &settings), (format!("spec.settings{at}"), problem.to_owned()));
        }
    }

    #[test]
    fn of_a_long_one_no_more_is_told_than_helps() {
        let secret = "s3cr3t".repeat(10_000);
        for (schema, settings) in [
            (json!({ "properties": { "a": { "type": "integer" } } }), json!({ "a": secret })),
            (json!({ "properties": { "a": { "enum": ["b"] } } }), json!({ "a": [secret] })),
            (json!({ "additionalProperties": false }), json!({ secret.as_str(): 1 })),
            (json!({ "propertyNames": { "maxLength": 3 } }), json!({ secret.as_str(): 1 })),
            (json!({ "additionalProperties": { "type": "null" } }), json!({ secret.as_str(): 1 })),
            (json!({ "properties": { "a": { "anyOf": [{ "type": "null" }] } } }), json!({ "a": { "b": secret } })),
        ] {
            let (place, problem) = told(schema.clone(), &settings);
            for text in [place, problem] {
                assert!(text.len() < 250, "{schema}: {text}");
            }
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let schema = json!({ "properties": { "b": true }, "additionalProperties": false });
        let (place, problem) = told(schema, &json!({ "a\n\u{1b}[2J\u{202e}": 1 }));
        assert_eq!((place.as_str(), problem.as_str()), ("spec.settings", "there is no such setting: \"a  [2J \""));
    }
}
