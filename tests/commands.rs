//! The commands as a user starts them: what they print, and their exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/command.rs"]
mod command;

use std::path::Path;
use std::process::Command;

use command::{Outcome, tidegate_in};
use tempfile::TempDir;
use tidegate::audit::Format;

fn tidegate(arguments: &[&str], input: &str) -> Outcome {
    tidegate_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, input)
}

#[test]
fn the_demonstration_repairs_refuses_and_shows_no_password() {
    let (code, out, err) = tidegate(&["demo"], "");
    assert_eq!((code, err.as_str()), (0, ""));
    for part in [
        "with 17 policies in force",
        "tidegate repaired MY001",
        "deployment/mysql created",
        "deployment/mysql configured (what is stored stays as it was)",
        "Secret \"mysql-credentials\" in namespace \"default\" holds the key MYSQL_ROOT_PASSWORD",
        "statefulset/mysql refused",
        "these exist: gp3",
        "statefulset/mysql created",
        "deployment/nginx created",
        "+         - --character-set-server=utf8mb4",
        "Next",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(!out.contains("value: password"));
}

#[test]
fn the_demonstration_takes_files() {
    let (code, out, _) = tidegate(&["demo", "examples/mysql-client.yaml"], "");
    assert_eq!(code, 0);
    assert!(out.contains("pod/mysql-clieny refused") && out.contains("MY005"), "{out}");
    let (_, out, _) = tidegate(&["demo", "examples/mysql-deployment.yaml"], "");
    assert!(
        out.contains("deployment/mysql created")
            && out.contains("deployment/mysql configured (what is stored stays as it was)"),
        "{out}"
    );
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("number.yaml");
    std::fs::write(&file, "apiVersion: v1\nkind: Pod\nmetadata: { name: 5 }\n").unwrap();
    let (code, _, err) = tidegate(&["demo", file.to_str().unwrap()], "");
    assert_eq!(code, 2);
    assert!(err.contains("no Kubernetes object with a name"), "{err}");
}

#[test]
fn an_audit_ends_with_zero_one_or_two() {
    let plain = std::fs::read_to_string("examples/mysql-client.yaml").unwrap();
    let broken = "a: [1\n";
    for (arguments, input, code, part) in [
        (&["audit", "manifests"][..], "", 0, "nothing found"),
        (&["audit", "examples/nginx-deployment.yaml"], "", 0, "nothing found"),
        (&["audit", "examples"], "", 1, "objects would be refused"),
        (&["audit", "-"], plain.as_str(), 1, "MY001"),
        (&["audit", "--format", "json", "-"], plain.as_str(), 1, "\"decision\": \"deny\""),
        (&["audit", "-"], broken, 2, ""),
        (&["audit", "no-such-folder"], "", 2, ""),
        (&["audit", "--format", "xml", "examples"], "", 2, ""),
        (&["audit"], "", 2, ""),
        (&["audit", "--policy", "no-such-file", "examples"], "", 2, ""),
    ] {
        let (seen, out, err) = tidegate(arguments, input);
        assert_eq!(seen, code, "{arguments:?}\n{out}{err}");
        assert!(out.contains(part), "{arguments:?}: {out}");
        assert!(!(out + &err).trim().is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn every_form_of_a_report_is_the_same_twice_and_holds_no_password() {
    let input = std::fs::read_to_string("examples/mysql-deployment.yaml")
        .unwrap()
        .replace("value: password", "value: Formed-p4ssword");
    for format in Format::ALL {
        let arguments = ["audit", "--format", format.name(), "examples", "-"];
        let (code, out, err) = tidegate(&arguments, &input);
        assert_eq!((code, err.as_str()), (1, ""), "{}", format.name());
        assert!(out.contains("MY001"), "{}: {out}", format.name());
        assert!(!out.contains("Formed-p4ssword") && !out.contains('\u{1b}'), "{}: {out}", format.name());
        assert_eq!(tidegate(&arguments, &input), (code, out, err), "{}", format.name());
    }
}

#[test]
fn one_document_that_cannot_be_read_hides_no_other() {
    let plain = std::fs::read_to_string("examples/mysql-client.yaml").unwrap();
    let (code, out, err) = tidegate(&["audit", "-"], &format!("a: [1\n---\n{plain}"));
    assert_eq!(code, 2);
    assert!(out.contains("MY001"), "{out}{err}");
}

#[test]
fn a_home_that_cannot_be_written_stops_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["audit", "examples/nginx-deployment.yaml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("XDG_CACHE_HOME")
        .env("HOME", "/proc")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
