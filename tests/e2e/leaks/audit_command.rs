//! What `tidegate audit` prints of manifests with passwords: where they are, and never which.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{PASSWORDS, expect_absent_from_files};
use crate::forms::{Form, assert_absent, forms};
use crate::manifests::{deployment_with, example, replace};
use crate::workloads::client;

/// Runs it on standard input, below a folder; what it printed, on both outputs.
fn audit(folder: &Path, format: &str, input: &str) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["audit", "--format", format, "-"])
        .env_clear()
        .envs([("HOME", folder), ("TMPDIR", folder)])
        .envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("CLICOLOR_FORCE", "1")])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{:?}", output.status);
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

#[test]
fn says_where_and_never_which() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for (written, seen) in PASSWORDS {
        let forms: Vec<Form> = [forms(written), forms(seen)].into_iter().flatten().collect();
        for (case, manifest) in manifests(written) {
            for format in ["table", "json"] {
                let printed = audit(folder.path(), format, &manifest);
                assert!(printed.len() > 80, "{case}: nothing is said: {printed}");
                assert_absent(&forms, &format!("the {format} of {case}"), &printed);
            }
        }
        expect_absent_from_files(&forms, folder.path());
    }
}

/// Whole manifests, and such as nobody can read.
fn manifests(password: &str) -> Vec<(&'static str, String)> {
    let (whole, quoted) = (deployment_with(password), serde_json::to_string(password).unwrap());
    let line = format!("value: {quoted}");
    let applied = client("Deployment", "applied", &[("MYSQL_PWD", password)]).to_string();
    let mut annotated = client("Deployment", "annotated", &[("MYSQL_PWD", password)]);
    annotated["metadata"]["annotations"] =
        serde_json::json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
    vec![
        ("the example", whole.clone()),
        ("a client", applied.clone()),
        ("an annotation", annotated.to_string()),
        ("a list", serde_json::json!({"apiVersion": "v1", "kind": "List", "items": [annotated]}).to_string()),
        ("several", format!("{whole}---\n{}", example("mysql-statefulset.yaml"))),
        ("a tab", replace(&whole, &line, &format!("{line}\n\t  more: {quoted}"))),
        ("no end of a quote", replace(&whole, &line, &format!("value: {quoted} \"{}", &quoted[1..]))),
        ("a key twice", replace(&whole, &line, &format!("{line}\n          {line}"))),
        ("an unknown anchor", replace(&whole, &line, &format!("{line}\n          other: *absent"))),
        (
            "an alias",
            replace(
                &whole,
                &line,
                &format!("value: &password {quoted}\n        - name: MYSQL_PASSWORD\n          value: *password"),
            ),
        ),
        ("a list in its place", replace(&whole, &line, &format!("value: [{quoted}]"))),
        ("an object in its place", replace(&whole, &line, &format!("value: {{{quoted}: {quoted}}}"))),
        (
            "a container as a text",
            replace(&whole, "      - image: mysql:5.7", &format!("      - {quoted}\n      - image: mysql:5.7")),
        ),
        ("JSON that is cut", applied[..applied.len() - 9].to_owned()),
    ]
}
