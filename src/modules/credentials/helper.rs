//! Programs that keep credentials: `docker-credential-NAME get`, by the protocol of docker-credential-helpers.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::Credentials;

/// How long a helper may take: some ask a cloud for a new password.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than any password is, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;
/// What helpers say, with an exit code of 1, of a registry that they do not know.
const NOT_FOUND: &str = "credentials not found in native keychain";
/// The name that goes with an identity token.
const TOKEN: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// A helper that does not outlive the question.
struct Helper(Child);

impl Drop for Helper {
    fn drop(&mut self) {
        // One that has ended, and was waited for, is not there any more.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the helper knows of a registry. Its own words are not quoted: they may hold anything.
pub(super) async fn ask(name: &str, registry: &str) -> Result<Option<Credentials>, String> {
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter)) {
        return Err("the name of a credential helper may have letters, digits, - _ and . only".to_owned());
    }
    let program = format!("docker-credential-{name}");
    match tokio::time::timeout(PATIENCE, run(&program, registry)).await {
        Ok(answer) => answer.map_err(|problem| format!("{program}: {problem}")),
        Err(_) => Err(format!("{program}: no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn run(program: &str, registry: &str) -> Result<Option<Credentials>, String> {
    let mut helper = Helper(
        Command::new(program)
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("it cannot be started: {error}"))?,
    );
    let (input, output) = (helper.0.stdin.take(), helper.0.stdout.take());
    let question = registry.to_owned();
    // If it takes too long, the helper is killed, which ends this thread too.
    let said = tokio::task::spawn_blocking(move || {
        if let Some(mut input) = input {
            // One that does not read has an answer all the same, or fails.
            let _ = input.write_all(question.as_bytes());
        }
        let mut said = Vec::new();
        if let Some(output) = output {
            output.take(LONGEST_ANSWER).read_to_end(&mut said)?;
        }
        Ok::<_, io::Error>(said)
    });
    let unreadable = |error: io::Error| format!("its answer cannot be read: {error}");
    let said = said.await.map_err(|_| "its answer cannot be read".to_owned())?.map_err(unreadable)?;
    let status = helper.0.wait().map_err(unreadable)?;
    if !status.success() {
        let is_unknown = String::from_utf8_lossy(&said).trim().starts_with(NOT_FOUND);
        return if is_unknown { Ok(None) } else { Err(format!("it failed ({status})")) };
    }
    let Answer { username, secret } =
        serde_json::from_slice(&said).map_err(|_| "its answer is not what helpers answer".to_owned())?;
    if username == TOKEN {
        return Err(
            "it has an identity token, which tidegate does not use; log in with a password or access token".to_owned()
        );
    }
    Ok(Some(Credentials { username: SecretString::from(username), password: SecretString::from(secret) }))
}
