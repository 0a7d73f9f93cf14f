//! The forms that are plain data: YAML beside JSON, and what GitLab reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{rich, text};
use crate::audit::formats::{Format, yaml};

#[test]
fn yaml_says_what_json_says() {
    let report = rich::report();
    let json: Value = serde_json::from_str(&text(&report, Format::Json)).unwrap();
    let yaml: Value = serde_saphyr::from_str(&text(&report, Format::Yaml)).unwrap();
    assert_eq!(yaml, json);
}

#[test]
fn yaml_of_text_stays_text_for_every_reader() {
    // What YAML 1.1 reads as something else, which kubectl still does: <https://yaml.org/type/>.
    let resolved = "yes no on off y n Y N true null ~ 12 0x1f 0o17 017 1_000 1e3 0000000000012e34 1E+5 +1 -1 0b1 .5 +.inf 1:30 190:20:30 .inf .NaN 2026-11-29 \
        2001-12-14t21:59:43.10-05:00 = <<";
    let resolved: Vec<&str> = resolved.split_whitespace().chain(["", " "]).collect();
    // What would be punctuation, or another line.
    let others =
        "- a|a: b|a #b|#a|@a|`a|%a|&a|*a|!a|>|{a|[a|'|\"|a\nb|a\n|\u{1b}|\u{85}|\u{2028}|\u{feff}a|---|...|a\tb|ü漢";
    let words: Vec<&str> = resolved.iter().copied().chain(others.split('|')).collect();
    let mut out = Vec::new();
    yaml::write_document(&words, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let read: Vec<String> = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(read, words);
    assert_eq!(text.lines().count(), words.len(), "{text}");
    for (line, word) in text.lines().zip(resolved) {
        let is_quoted = line.ends_with('"') || line.ends_with('\'');
        assert!(is_quoted, "{word:?} would be something else: {line}");
    }
}

/// What GitLab's documentation of the format names as needed, and the values that it allows:
/// <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.
fn gitlab_schema() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "minLength": 1, "not": { "pattern": "^\\./" } },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": { "type": "integer", "minimum": 1 } }
                        }
                    }
                }
            }
        }
    })
}

#[test]
fn gitlab_gets_what_it_needs_and_every_issue_once() {
    let report = rich::report();
    let issues: Value = serde_json::from_str(&text(&report, Format::Gitlab)).unwrap();
    let validator = jsonschema::validator_for(&gitlab_schema()).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&issues).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let issues = issues.as_array().unwrap();
    let fingerprints: BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), issues.len());
    assert!(!issues.iter().any(|issue| issue["check_name"] == "MY021"), "an excepted finding counts");
}
