//! `tidegate audit --cluster` as a user starts it, and what to look at in its report.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::forms::{Form, assert_absent};

/// What an audit ended with.
pub(crate) struct Audited {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Audits the cluster of a kubeconfig, with every library as talkative as can be.
pub(crate) fn audit(kubeconfig: &Path, arguments: &[&str]) -> Audited {
    let output = command(kubeconfig, &[&["--cluster"], arguments].concat()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Audited { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// `tidegate audit`, to be started.
pub(crate) fn command(kubeconfig: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .arg("audit")
        .args(arguments)
        .env_clear()
        .env("KUBECONFIG", kubeconfig)
        // Compiled policies are kept here for the next one.
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null());
    command
}

/// The report as JSON of an audit with these arguments.
#[track_caller]
pub(crate) fn json(kubeconfig: &Path, arguments: &[&str]) -> Report {
    let output = command(kubeconfig, &[arguments, &["--format", "json"]].concat()).output().unwrap();
    let json = serde_json::from_slice(&output.stdout);
    let json = json.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Report { json, code: output.status.code() }
}

/// A namespace's report with its history, as JSON.
#[track_caller]
pub(crate) fn history(kubeconfig: &Path, namespace: &str) -> Report {
    let audited = audit(kubeconfig, &["--namespace", namespace, "--history", "--format", "json"]);
    let json = serde_json::from_str(&audited.stdout);
    let json = json.unwrap_or_else(|error| panic!("{error}: {}{}", audited.stdout, audited.stderr));
    Report { json, code: audited.code }
}

/// A report as JSON.
pub(crate) struct Report {
    pub(crate) json: Value,
    pub(crate) code: Option<i32>,
}

/// What a report says of one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// `ReplicaSet shop/mysql-5d4f`.
    pub(crate) object: String,
    pub(crate) within: String,
    pub(crate) rule: String,
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) help: String,
    pub(crate) since: String,
}

impl Report {
    /// The findings of these rules.
    pub(crate) fn rows(&self, rules: &[&str]) -> Vec<Row> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let objects = self.json["objects"].as_array().unwrap();
        let rows = objects.iter().flat_map(|object| {
            let findings = object["findings"].as_array().unwrap();
            findings.iter().map(move |finding| Row {
                object: text(&object["source"]["object"]),
                within: text(&object["source"]["within"]),
                rule: text(&finding["rule"]),
                at: text(&finding["at"]),
                message: text(&finding["message"]),
                help: text(&finding["help"]),
                since: text(&finding["since"]),
            })
        });
        rows.filter(|row| rules.contains(&row.rule.as_str())).collect()
    }

    /// The findings about passwords, of objects whose words begin so.
    pub(crate) fn passwords(&self, object: &str) -> Vec<Row> {
        let rows = self.rows(&["MY001", "MY008", "KEPT001", "KEPT002"]);
        rows.into_iter().filter(|row| row.object.starts_with(object)).collect()
    }

    /// The only finding about a password of objects whose words begin so.
    #[track_caller]
    pub(crate) fn password(&self, object: &str) -> Row {
        let mut rows = self.passwords(object);
        assert_eq!(rows.len(), 1, "{object}: {rows:#?}");
        rows.remove(0)
    }

    /// `object: message` of each error.
    pub(crate) fn errors(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().unwrap();
        errors
            .iter()
            .map(|error| format!("{}: {}", error["object"].as_str().unwrap(), error["message"].as_str().unwrap()))
            .collect()
    }
}

/// That a namespace's report, in every form, and all that is said beside it hold none of these.
#[track_caller]
pub(crate) fn expect_no_password(kubeconfig: &Path, namespace: &str, forms: &[Form]) {
    for format in ["table", "json"] {
        for flags in [&["--history"][..], &[]] {
            let arguments = [&["--namespace", namespace, "--format", format], flags].concat();
            let Audited { stdout, stderr, .. } = audit(kubeconfig, &arguments);
            assert_absent(forms, &format!("the report as {format}"), &stdout);
            assert_absent(forms, "standard error", &stderr);
        }
    }
}
