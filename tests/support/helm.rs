//! The step of Helm that decides what an upgrade writes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The strategic merge patch that Helm makes of the last release's manifest, the new one, and the
/// object as it is stored.
pub(super) fn three_way_merge(program: &Path, before: &Value, after: &Value, stored: &Value) -> Value {
    let mut merge = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut input = merge.stdin.take().expect("standard input is piped");
    for document in [before, after, stored] {
        writeln!(input, "{document}").expect("it reads its input first");
    }
    drop(input);
    let output = merge.wait_with_output().expect("a child can be waited for");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}
