//! Runs the program that seals: the Secret goes in by its standard input, and never to a disk.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::yaml;

/// What the program makes of a Secret.
///
/// # Errors
/// What happened, in words, if it failed or what it made is not sealed.
pub(super) fn seal(program: &str, manifest: &str) -> Result<Vec<u8>, String> {
    // As Git starts an editor: what the user typed may have arguments and pipes.
    let mut child = Command::new("sh")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| format!("sh cannot be started: {error}"))?;
    let input = child.stdin.take();
    // It may answer before it has read all.
    let (fed, output) = std::thread::scope(|scope| {
        let feeding = scope.spawn(move || feed(input, manifest));
        let output = child.wait_with_output();
        (feeding.join(), output)
    });
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("it ended with {}", output.status));
    }
    if !matches!(fed, Ok(Ok(()))) {
        return Err("it did not read all of its standard input".to_owned());
    }
    if output.stdout.iter().all(u8::is_ascii_whitespace) {
        return Err("it wrote nothing to its standard output".to_owned());
    }
    if holds_value(&output.stdout, manifest) {
        return Err("what it wrote still holds the password".to_owned());
    }
    Ok(output.stdout)
}

fn feed(input: Option<impl Write>, manifest: &str) -> io::Result<()> {
    let Some(mut input) = input else { return Ok(()) };
    input.write_all(manifest.as_bytes())?;
    input.flush()
}

/// Whether a value of the Secret stands in the output as it stood in the input.
fn holds_value(output: &[u8], manifest: &str) -> bool {
    let documents = yaml::parse(manifest).into_iter().flatten();
    let output = String::from_utf8_lossy(output);
    documents.filter_map(|document| document.value.get("data").cloned()).any(|data| {
        let is_there = |value: &Value| {
            value.as_str().is_some_and(|value| {
                // A short one would be found in any base64.
                value.len() >= SHORTEST && output.contains(value)
            })
        };
        data.as_object().is_some_and(|data| data.values().any(is_there))
    })
}

/// Eight characters of base64 stand somewhere in 10 KB of it by chance once in 10^10 times.
const SHORTEST: usize = 8;
