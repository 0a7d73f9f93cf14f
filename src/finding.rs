//! What a policy says: findings, and the edits that repair them.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How bad a finding is while the object stays as it is.
///
/// With the action `fix`, what cannot be repaired is refused from [`Severity::High`] up and warned
/// of below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Info,
    /// Costs comfort or tidiness.
    Low,
    /// Will hurt in a situation that is foreseeable.
    Medium,
    /// Loses data, service or security in a common situation.
    High,
    /// Loses data or opens the database as it stands.
    Critical,
}

impl Severity {
    /// All, from the least bad to the worst.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Something that is wrong with an object, and perhaps its repair.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule's id, for instance `MY010`.
    pub rule: String,
    /// How bad it is here.
    pub severity: Severity,
    /// RFC 6901 pointer to the place.
    pub at: String,
    /// What is wrong, one sentence without a full stop; never holds a secret value.
    pub message: String,
    /// What the author must do, and what happens otherwise.
    pub help: Option<String>,
    /// The repair; empty if a person must decide.
    pub fix: Vec<Edit>,
}

/// One step of a repair. Pointers mean the object as it is when the step is made.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Sets the value at a place; missing parents are made as objects.
    Set(String, Value),
    /// Takes the value at a place away; it must be there.
    Remove(String),
    /// Appends to the list at a place; the list and its parents are made where they are missing.
    Append(String, Value),
    /// Moves the literal environment variable at a place into the workload's Secret.
    MoveToSecret(String),
}

/// A rule of a policy: something that can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// A stable name, for instance `MY010`.
    pub id: String,
    /// One line: what is wrong when it fires.
    pub title: String,
    /// The severity of its findings, unless they say less.
    pub severity: Severity,
}

/// A pointer as people write it: `/spec/containers/0/image` is `spec.containers[0].image`.
pub fn place(pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len());
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_index = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        let is_word = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        match (is_index, is_word && !token.is_empty()) {
            (true, _) => text.push_str(&format!("[{token}]")),
            (false, true) if text.is_empty() => text.push_str(&token),
            (false, true) => text.push_str(&format!(".{token}")),
            (false, false) => text.push_str(&format!("[\"{token}\"]")),
        }
    }
    if text.is_empty() { "the object itself".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_written_as_people_write_them() {
        for (pointer, expected) in [
            ("", "the object itself"),
            ("/spec/strategy", "spec.strategy"),
            ("/spec/template/spec/containers/0/env/12/value", "spec.template.spec.containers[0].env[12].value"),
            ("/metadata/annotations/tidegate.dev~1x~0y", "metadata.annotations[\"tidegate.dev/x~y\"]"),
            ("/data/my.cnf", "data[\"my.cnf\"]"),
            ("/data/", "data[\"\"]"),
        ] {
            assert_eq!(place(pointer), expected);
        }
    }
}
