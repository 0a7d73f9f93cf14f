//! `tidegate policy new`: what it writes builds and passes its own tests at once, with what the language's registry has.

use std::fs;

use crate::author::Author;
use crate::command::tidegate_in;

#[test]
fn a_new_policy_in_rust() {
    works_at_once("rust");
}

#[test]
fn a_new_policy_in_javascript() {
    works_at_once("javascript");
}

#[test]
fn a_new_policy_in_typescript() {
    works_at_once("typescript");
}

#[test]
fn a_new_policy_in_python() {
    works_at_once("python");
}

fn works_at_once(language: &str) {
    let Some(mut author) = Author::new("new", language) else { return };
    let out = author.succeed(&format!("tidegate policy new min-ready --language {language}"));
    assert!(out.contains("min-ready holds the policy min-ready, in ") && out.contains("  cd min-ready\n"), "{out}");

    author.succeed("cd min-ready");
    let lock = fs::read_to_string(author.folder().join("Cargo.lock")).ok();
    let out = author.succeed("tidegate policy build");
    assert!(out.contains("build/min-ready.wasm\n") && !out.contains("warning: "), "{out}");
    // The versions that were tried are those that were built with.
    assert_eq!(fs::read_to_string(author.folder().join("Cargo.lock")).ok(), lock);

    let out = author.succeed("tidegate policy test --require-coverage");
    assert!(out.contains("2 cases"), "{out}");
    let out = author.succeed("tidegate policy check build/min-ready.wasm");
    assert!(!out.contains("warning"), "{out}");
    author.succeed("tidegate policy docs");
    let readme = fs::read_to_string(author.folder().join("README.md")).unwrap();
    assert!(readme.contains("MINR001") && readme.contains("leastSeconds"), "{readme}");

    // It is put in force by its document, and what it is told holds.
    author.write("manifest.yaml", &manifest(5));
    author.succeed("sed -i 's/leastSeconds: 10/leastSeconds: 20/' policy.yaml");
    let (code, out) = author.run("tidegate audit --policy policy.yaml --rule MINR001 manifest.yaml");
    assert!(code == 1 && out.contains("Set minReadySeconds to 20 or more"), "{out}");
    author.succeed("sed -i 's/leastSeconds: 20/leastSeconds: 601/' policy.yaml");
    let (code, out) = author.run("tidegate audit --policy policy.yaml --rule MINR001 manifest.yaml");
    assert!(code == 2 && out.contains("policy.yaml: policy min-ready: spec.settings.leastSeconds: 601 is "), "{out}");
}

fn manifest(seconds: u32) -> String {
    format!(
        "apiVersion: apps/v1
kind: StatefulSet
metadata: {{ name: mysql, namespace: shop }}
spec:
  serviceName: mysql
  minReadySeconds: {seconds}
  selector: {{ matchLabels: {{ app: mysql }} }}
  template:
    metadata: {{ labels: {{ app: mysql }} }}
    spec:
      containers: [{{ name: mysql, image: \"mysql:8.4\" }}]
"
    )
}

#[test]
fn what_cannot_be_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("taken")).unwrap();
    fs::write(folder.path().join("taken/file"), "mine").unwrap();
    fs::write(folder.path().join("a-file"), "mine").unwrap();
    for (arguments, expected) in [
        (&["new", "Backup_1"] as &[&str], "tidegate: \"Backup_1\" cannot be a policy's name: up to 63 small letters"),
        (&["new", "probes", "--language", "rust"], "tidegate: probes is a policy that tidegate brings"),
        (&["new", "taken", "--language", "rust"], "tidegate: taken is there and not empty; name another folder"),
        (&["new", "a-file", "--language", "rust"], "tidegate: a-file: Not a directory"),
        (
            &["new"],
            "tidegate: the policy's name is missing; write tidegate policy new NAME --language rust|javascript|",
        ),
        (
            &["new", "mine"],
            "tidegate: --language is missing; write tidegate policy new NAME --language rust|javascript|",
        ),
        (&["new", "mine", "--language", "cobol"], "error: invalid value 'cobol' for '--language <LANGUAGE>'"),
    ] {
        let (code, out, err) = tidegate_in(folder.path(), &[&["policy"], arguments].concat(), "");
        assert!(code == 2 && out.is_empty() && err.starts_with(expected), "{arguments:?}: {out}{err}");
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("taken")).unwrap().collect();
    assert!(left.len() == 1 && !folder.path().join("mine").exists());
}

/// `script` of util-linux gives it a terminal.
#[test]
fn what_is_missing_is_asked_for_on_a_terminal() {
    let Some(mut author) = Author::new("asked", "javascript") else { return };
    let (_, out) = author.run(
        "(sleep 1; printf 'Backup\\r'; sleep 1; printf 'backup\\r'; sleep 1; printf 'cobol\\r'; sleep 1; \
         printf 'Python\\r'; sleep 1) | script -qec 'tidegate policy new' /dev/null",
    );
    for expected in [
        "What is the policy called, for instance backup-deadline? ",
        "\"Backup\" cannot be a policy's name",
        "In which language (rust, javascript, typescript, python)? ",
        "there is rust, javascript, typescript, python",
        "backup holds the policy backup, in Python, with two cases",
    ] {
        assert!(out.contains(expected), "{expected}:\n{out}");
    }
    assert!(author.folder().join("backup/policy.py").is_file());
}

#[test]
fn a_folder_may_be_named_and_be_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let arguments = ["policy", "new", "mine", "--language", "python", "--folder", "empty"];
    let (code, out, err) = tidegate_in(folder.path(), &arguments, "");
    assert!(code == 0 && out.starts_with("empty holds the policy mine, in Python, with two cases\n"), "{out}{err}");
    let policy = fs::read_to_string(folder.path().join("empty/policy.py")).unwrap();
    assert!(policy.contains("name = \"mine\""), "{policy}");
}
