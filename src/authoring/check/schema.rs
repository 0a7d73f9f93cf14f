//! The schema of a policy's settings: whether it is one, and whether who sets something is told what.

use serde_json::Value;

use super::Verdict;
use crate::authoring::settings::{settings, takes_others};

/// The draft that the contract names.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

pub(super) fn judge(schema: &Value, verdict: &mut Verdict) {
    let draft = schema.get("$schema").and_then(Value::as_str);
    if let Some(other) = draft.filter(|draft| draft.trim_end_matches('#') != DRAFT) {
        verdict.errors.push(format!("its settings schema is of the draft {other}; write {DRAFT}"));
        return;
    }
    if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "as a whole".to_owned() } else { format!("at {place}") };
        verdict.errors.push(format!("its settings schema is no JSON Schema, {place}: {error}"));
        return;
    }
    let all = settings(schema);
    for setting in &all {
        let name = &setting.name;
        if setting.default.is_none() {
            verdict.warnings.push(format!("the setting {name} has no default; say what it is if nobody sets it"));
        }
        if setting.description.is_none() {
            verdict.warnings.push(format!("the setting {name} has no description; say what it is for"));
        }
    }
    if takes_others(schema) {
        verdict.warnings.push(
            "its settings schema lets through settings that it does not have, so that nobody is told of a slip; write \
             additionalProperties: false"
                .to_owned(),
        );
    }
    if let Ok(validator) = jsonschema::validator_for(schema) {
        let defaults = all
            .iter()
            .filter(|setting| !setting.name.contains('.'))
            .filter_map(|setting| Some((setting.name.clone(), setting.default.clone()?)));
        if let Err(error) = validator.validate(&Value::Object(defaults.collect())) {
            let place = error.instance_path().to_string();
            verdict
                .warnings
                .push(format!("the default of the setting {} does not fit: {error}", place.trim_start_matches('/')));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_says_what_it_is_and_what_it_is_by_default() {
        let whole = |property: Value| json!({ "$schema": DRAFT, "properties": { "most": property }, "additionalProperties": false });
        for (schema, errors, warnings) in [
            (whole(json!({ "type": "integer", "default": 1, "description": "How many." })), "", ""),
            (json!({ "additionalProperties": false }), "", ""),
            (whole(json!({ "type": "integer", "description": "a" })), "", "the setting most has no default"),
            (whole(json!({ "type": "integer", "default": 1 })), "", "the setting most has no description"),
            (
                whole(json!({ "type": "integer", "default": "x", "description": "a" })),
                "",
                "the default of the setting most does not fit: \"x\" is not of type \"integer\"",
            ),
            (json!({}), "", "its settings schema lets through settings that it does not have"),
            (whole(json!({ "type": "whole" })), "its settings schema is no JSON Schema, at /properties/most/type", ""),
            (
                json!({ "$schema": "http://json-schema.org/draft-07/schema#" }),
                "its settings schema is of the draft http://json-schema.org/draft-07/schema#",
                "",
            ),
        ] {
            let mut verdict = Verdict::default();
            judge(&schema, &mut verdict);
            for (found, expected) in [(&verdict.errors, errors), (&verdict.warnings, warnings)] {
                let is_as_expected = match found.as_slice() {
                    [] => expected.is_empty(),
                    [one] => !expected.is_empty() && one.starts_with(expected),
                    _ => false,
                };
                assert!(is_as_expected, "{schema}: {verdict:?}");
            }
        }
    }
}
