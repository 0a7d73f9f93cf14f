//! Each language's policy, from its folder to a gate that judges by it.

use std::fs;

use crate::place::{Language, Place};

const WRONG: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup, namespace: shop }
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: dump, image: \"mysql:8.4\", command: [mysqldump, --all-databases] }]
";

#[test]
fn a_policy_in_rust() {
    serves(Language::Rust, "Rust", "rust");
}

#[test]
fn a_policy_in_javascript() {
    serves(Language::JavaScript, "JavaScript", "javascript");
}

#[test]
fn a_policy_in_typescript() {
    serves(Language::TypeScript, "TypeScript", "javascript");
}

#[test]
fn a_policy_in_python() {
    serves(Language::Python, "Python", "python");
}

/// It is built, put in force by the document that `inspect` writes, and finds what it should.
fn serves(language: Language, name: &str, told: &str) {
    let Some(place) = Place::of(language) else { return };
    let (code, out, err) = place.run(&["policy", "build"]);
    assert_eq!(code, 0, "{out}{err}");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], "./build/backup-deadline.wasm");
    assert!(lines[1].starts_with(&format!("  {name}, ")) && lines[1].contains(" KB, built and checked in "), "{out}");
    assert!(lines[2].starts_with("  sha256:") && lines.len() == 3, "{out}");
    // Only what takes long is told.
    let err = err.replace("note: making the component, by componentize-py: about ten seconds\n", "");
    assert!(!err.contains("note:") && !err.contains("warning:") || language == Language::Rust, "{err}");
    // Nothing else is left beside it.
    let left: Vec<_> = fs::read_dir(place.path("build")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["backup-deadline.wasm"]);

    let (code, out, err) = place.run(&["policy", "inspect", "build/backup-deadline.wasm"]);
    assert!(code == 0 && out.to_lowercase().contains(&format!("component  {told}, ")), "{out}{err}");
    assert!(!out.contains("wasi:"), "{out}");

    let (_, document, _) = place.run(&["policy", "inspect", "--document", "build/backup-deadline.wasm"]);
    place.write("policy.yaml", &document);
    place.write("wrong.yaml", WRONG);
    let arguments = ["audit", "--rule", "SHOP001", "--format", "concise", "--policy", "policy.yaml", "wrong.yaml"];
    let (code, out, err) = place.run(&arguments);
    assert!(code == 1 && out.contains("SHOP001") && out.contains("the backup may run for ever"), "{out}{err}");
    place.write(
        "wrong.yaml",
        &WRONG.replace("    spec:\n      template", "    spec:\n      activeDeadlineSeconds: 60\n      template"),
    );
    let (code, out, err) = place.run(&arguments);
    assert!(code == 0 && !out.contains("SHOP001"), "{out}{err}");
}

#[test]
fn a_component_goes_where_it_is_wanted() {
    let Some(place) = Place::of(Language::JavaScript) else { return };
    let folder = place.folder.path().display().to_string();
    let elsewhere = Place::with(&[]);
    let (code, out, err) = elsewhere.run(&["policy", "build", &folder, "--output", "out/mine.wasm"]);
    assert!(code == 0 && out.starts_with("out/mine.wasm\n"), "{out}{err}");
    assert!(elsewhere.path("out/mine.wasm").is_file() && !place.path("build/backup-deadline.wasm").exists());
}

#[test]
fn an_older_or_missing_contract_is_told() {
    let Some(place) = Place::of(Language::JavaScript) else { return };
    fs::remove_dir_all(place.path("wit")).unwrap();
    let (code, _, err) = place.run(&["policy", "build"]);
    assert_eq!(err, "note: ./wit/policy.wit, the contract, was missing and is written\n");
    assert_eq!(code, 0);
    place.change("wit/policy.wit", "tidegate:policy@1.0.0", "tidegate:policy@1.0.7");
    place.change("policy.js", "tidegate:policy/raw@1.0.0", "tidegate:policy/raw@1.0.7");
    let (code, out, err) = place.run(&["policy", "build"]);
    assert!(code == 0 && err.starts_with("note: ./wit/policy.wit is version 1.0.7 of the contract"), "{out}{err}");
}
