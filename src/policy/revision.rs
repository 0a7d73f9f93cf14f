//! What a set of policies is known by: equal sets have the same revision, wherever they were loaded.

use serde_json::{Value, json};

use super::code::digest_of;
use super::set::{InstalledException, InstalledPolicy, PolicySet};

/// How much of the hash is shown: 64 bits tell any two sets apart that will ever meet.
const LENGTH: usize = 16;

impl PolicySet {
    /// The set's revision, of 16 hexadecimal digits. It follows from the policies' names, their order, their code and
    /// all that their documents say, and from the exceptions; from nothing else.
    pub fn revision(&self) -> String {
        let policies: Vec<_> = self.iter().map(identity).collect();
        let exceptions: Vec<_> = self.exceptions().iter().map(exception_identity).collect();
        let hash = digest_of(json!([policies, exceptions]).to_string().as_bytes());
        hash.trim_start_matches("sha256:").chars().take(LENGTH).collect()
    }
}

/// All of a policy that a review's outcome depends on.
fn identity(policy: &InstalledPolicy) -> Value {
    json!([
        policy.name,
        policy.digest,
        policy.action,
        policy.on_error,
        policy.exceptions,
        policy.matcher.spec(),
        policy.settings,
        policy.timeout.as_micros().to_string(),
        policy.failure_policy,
        policy.rollout,
    ])
}

fn exception_identity(installed: &InstalledException) -> Value {
    let exception = &installed.exception;
    json!([
        exception.name,
        exception.reason,
        exception.expires.to_string(),
        exception.rules(),
        exception.matches(),
        installed.has_ended,
    ])
}
