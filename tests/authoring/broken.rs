//! Code that does not compile, and policies that compile and are none: the author reads what is wrong, and where.

use crate::place::{Language, Place};

/// What is changed in a file of the fixture, and what the author reads.
struct Row {
    language: Language,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static [&'static str],
}

const fn row(
    language: Language,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static [&'static str],
) -> Row {
    Row { language, file, from, to, told }
}

#[test]
fn what_is_wrong_in_rust() {
    each(&[
        row(
            Language::Rust,
            "src/lib.rs",
            "impl Guest for BackupDeadline {",
            "impl Guest for BackupDeadline {\n    nonsense",
            &["error: ", "--> src/lib.rs:", "tidegate: the policy does not compile\n"],
        ),
        row(
            Language::Rust,
            "Cargo.toml",
            "crate-type = [\"cdylib\"]",
            "crate-type = [\"rlib\"]",
            &["tidegate: ./Cargo.toml: its library is no WebAssembly module; it needs [lib] with crate-type"],
        ),
        row(
            Language::Rust,
            "src/lib.rs",
            "\"SHOP001\".to_owned()",
            "\"shop\".to_owned()",
            &[
                "tidegate: the policy is built, and the gate would refuse it: the rule \"shop\" has to be called by 2 to 16",
            ],
        ),
    ]);
}

#[test]
fn what_is_wrong_in_javascript_and_typescript() {
    each(&[
        row(
            Language::JavaScript,
            "policy.js",
            "export function checkSettings() {}",
            "export function checkSettings( {}",
            &["tidegate: the policy does not run:\n", "/policy.js:"],
        ),
        row(
            Language::JavaScript,
            "policy.js",
            "./settings.js",
            "./nowhere.js",
            &["tidegate: the policy does not run:\n", "./nowhere.js"],
        ),
        row(
            Language::JavaScript,
            "settings.js",
            "export const",
            "throw new Error(\"too early\");\nexport const",
            &["tidegate: the policy does not run:\n", "Error: too early"],
        ),
        row(
            Language::JavaScript,
            "policy.js",
            "name: \"backup-deadline\",",
            "",
            &["tidegate: the policy is built, and the gate would refuse it: "],
        ),
        row(
            Language::TypeScript,
            "policy.ts",
            "severity: \"medium\",",
            "severity: \"grave\",",
            &["tidegate: the types do not fit:\n", "policy.ts", "\"grave\""],
        ),
        row(
            Language::TypeScript,
            "tsconfig.json",
            "\"target\": \"es2023\",",
            "\"target\": \"es1\",",
            &["tidegate: the types do not fit:\n", "tsconfig.json"],
        ),
    ]);
}

#[test]
fn what_is_wrong_in_python() {
    each(&[
        row(
            Language::Python,
            "policy.py",
            "def describe(self)",
            "def describe(self",
            &["tidegate: the policy does not run:\n", "File \"policy.py\", line ", "SyntaxError: "],
        ),
        row(
            Language::Python,
            "policy.py",
            "from settings import SCHEMA",
            "from nowhere import SCHEMA",
            &["tidegate: the policy does not run:\n", "No module named 'nowhere'"],
        ),
        row(
            Language::Python,
            "settings.py",
            "\"type\": \"object\"",
            "\"type\": 5",
            &["tidegate: the policy is built, and the gate would refuse it: "],
        ),
    ]);
}

fn each(rows: &[Row]) {
    for row in rows {
        let Some(place) = Place::of(row.language) else { return };
        place.change(row.file, row.from, row.to);
        let (code, out, err) = place.run(&["policy", "build"]);
        let is_about_code = !err.contains("Cargo.toml: its library");
        assert_eq!(code, if is_about_code { 1 } else { 2 }, "{out}{err}");
        for part in row.told {
            assert!(err.contains(part), "{part} is not in\n{err}");
        }
        for internal in ["Stack backtrace", "anyhow", "wasm backtrace", "/0/policy.py", ".rs:"] {
            assert!(row.language == Language::Rust || !err.contains(internal), "{internal} is in\n{err}");
        }
        assert!(out.is_empty() && !place.path("build/backup-deadline.wasm").exists(), "{out}");
    }
}

#[test]
fn what_worked_stays_when_the_next_build_does_not() {
    let Some(place) = Place::of(Language::JavaScript) else { return };
    assert_eq!(place.run(&["policy", "build"]).0, 0);
    let before = std::fs::read(place.path("build/backup-deadline.wasm")).unwrap();
    place.change("policy.js", "SHOP001", "MY001");
    let (code, _, err) = place.run(&["policy", "build"]);
    assert_eq!(code, 1);
    assert!(err.contains("the rule MY001 is one of plaintext-password; take other letters"), "{err}");
    assert_eq!(std::fs::read(place.path("build/backup-deadline.wasm")).unwrap(), before);
}
