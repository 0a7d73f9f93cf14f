//! SARIF: valid by its schema, and what its readers look for.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{rich, text};
use crate::audit::formats::Format;

/// The schema of OASIS, as the crate `serde-sarif` has it.
fn schema() -> Value {
    // Without the packages of other systems, which need not be on this one.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &platform])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif");
    let manifest = package.unwrap()["manifest_path"].as_str().unwrap();
    let schema = Path::new(manifest).parent().unwrap().join("src/schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    // Not a pattern by every standard: it has a bracket too many. It is for fields that are not written.
    for place in ["/definitions/run/properties/language", "/definitions/toolComponent/properties/language"] {
        schema.pointer_mut(place).unwrap().as_object_mut().unwrap().remove("pattern");
    }
    schema
}

fn log() -> Value {
    serde_json::from_str(&text(&rich::report(), Format::Sarif)).unwrap()
}

#[test]
fn the_log_is_valid_by_its_schema() {
    let schema = schema();
    assert!(schema["title"].as_str().unwrap().contains("2.1.0"));
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for log in [log(), serde_json::from_str(&text(&Default::default(), Format::Sarif)).unwrap()] {
        let wrong: Vec<String> =
            validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    for (place, value) in [
        ("level", json!("bad")),
        ("locations", json!([{ "physicalLocation": { "artifactLocation": { "uri": "a b" } } }])),
    ] {
        let mut wrong = log();
        wrong["runs"][0]["results"][0][place] = value;
        assert!(!validator.is_valid(&wrong), "the schema finds nothing wrong with {place}");
    }
}

#[test]
fn a_library_reads_it_back() {
    let log: serde_sarif::sarif::Sarif = serde_json::from_value(log()).unwrap();
    let run = &log.runs[0];
    let rules = run.tool.driver.rules.as_ref().unwrap();
    let mut fixes = 0;
    for result in run.results.as_ref().unwrap() {
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        fixes += result.fixes.iter().flatten().count();
    }
    assert_eq!(fixes, 1);
}

#[test]
fn what_does_not_count_is_suppressed_and_rules_are_there_once() {
    let log = log();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap();
    assert_eq!(of("MY001")["suppressions"], json!([]));
    assert_eq!(of("MY021")["suppressions"][0]["kind"], "inSource");
    assert_eq!(of("MY022")["suppressions"][0]["kind"], "external");
    assert_eq!(
        of("MY001")["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "k8s/gr%C3%B6%C3%9Fe%201%23.yaml"
    );
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!(rule("MY020")["help"]["markdown"], "## What is wrong\n\nIt is in an `emptyDir`.");
    assert!(rule("MY020")["help"]["text"].as_str().is_some_and(|text| !text.is_empty()));
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
}
