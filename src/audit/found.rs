//! One finding of an audit, as plain data.

use std::fmt;

use super::snippet::Snippet;
use crate::engine::Judged;
use crate::finding::Severity;

/// A finding.
#[derive(Debug, Clone)]
pub struct FindingReport {
    /// The policy document that it comes from.
    pub policy: String,
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// RFC 6901 pointer into the object.
    pub at: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What the gate would do about it.
    pub consequence: Consequence,
    /// Why the repair that the policy offers could not be made.
    pub obstacle: Option<String>,
    /// Since when it is there, if that was asked for and is known.
    pub since: Option<Since>,
    /// The line of the manifest, if it stands in a file.
    pub snippet: Option<Snippet>,
    /// The place in the file, if it stands in one.
    pub region: Option<Region>,
    /// The place with names where `at` has numbers: it stays the same when items before it come and go.
    pub place: String,
    /// What tells this finding from others: the same as long as rule, object and place stay the same, whatever the
    /// file is called and whatever stands around it. 16 hexadecimal digits.
    pub fingerprint: String,
    /// How its repair changes the text of the file, if whoever asked wants that. None if nothing is repaired, or if
    /// the repair moves a password, which text alone cannot do.
    pub fix: Option<Vec<Replacement>>,
    /// Why it does not count.
    pub suppression: Option<Suppression>,
    /// Why an exception that its author wants is not granted.
    pub exception_refused: Option<String>,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The first line, from 1.
    pub line: usize,
    /// The first column, from 1, in characters.
    pub column: usize,
    /// The last line, from 1.
    pub end_line: usize,
    /// The column behind the last character, from 1.
    pub end_column: usize,
}

/// A piece of a file's text, and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What is taken away; empty if something is only added.
    pub region: Region,
    /// What is put there.
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppression {
    /// The author of the object excepts it from the rule.
    Exception {
        /// Why, in the author's words.
        reason: String,
    },
    /// It is known already, by a baseline.
    Baseline,
    /// It was there before what is to be looked at.
    Before,
}

/// What the gate would do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Repair it.
    Repair,
    /// Refuse the object.
    Refuse,
    /// Admit the object, and warn its author.
    Warn,
    /// Admit the object, and only record it.
    Record,
    /// Nothing: it stands in a copy that no request goes through the gate with.
    Keep,
}

impl Consequence {
    pub(super) fn of(judged: &Judged) -> Self {
        match () {
            () if judged.fixed => Self::Repair,
            () if judged.denies() => Self::Refuse,
            () if judged.warns() => Self::Warn,
            () => Self::Record,
        }
    }
}

/// Since when something is there, as the API server or Helm noted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// RFC 3339.
    pub time: String,
    /// True if this is only when it was last written: it may have been there before.
    pub or_earlier: bool,
}

impl fmt::Display for Since {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earlier = if self.or_earlier { " or earlier" } else { "" };
        write!(out, "{}{earlier}", self.time)
    }
}

impl FindingReport {
    /// Whether the gate would repair it.
    pub fn is_repaired(&self) -> bool {
        self.consequence == Consequence::Repair
    }
}
