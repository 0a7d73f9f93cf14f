//! What a repair of files came to, as plain data. No part of it holds a credential.

use super::destination::{DestinationError, Kept, NO_DESTINATION};
use crate::audit::InputProblem;
use crate::files::FileError;
use crate::finding::Severity;

/// What a repair of files came to.
#[derive(Debug, Default)]
pub struct FixReport {
    /// The files in their order, but for those that there is nothing to say of.
    pub files: Vec<FileReport>,
    /// What could not be read or judged.
    pub problems: Vec<InputProblem>,
    /// The Secrets that were written.
    pub kept: Vec<Kept>,
    /// Why passwords could not be written, and therefore nothing was.
    pub not_kept: Option<DestinationError>,
    /// Whether passwords stay because the place for them cannot be used, and not for a person to decide.
    pub place_failed: bool,
    /// How many files were looked through.
    pub looked_through: usize,
    /// Standard input as it is after its repair, if it was given.
    ///
    /// It may hold passwords: it is for standard output alone.
    pub output: Option<Output>,
}

/// The repaired text of standard input. It has no `Debug` of its own content.
pub struct Output(pub Vec<u8>);

impl std::fmt::Debug for Output {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Output({} bytes)", self.0.len())
    }
}

/// What became of one file.
#[derive(Debug)]
pub struct FileReport {
    /// The file as it was named.
    pub name: String,
    /// What is repaired.
    pub repaired: Vec<FindingRow>,
    /// What is left.
    pub left: Vec<FindingRow>,
    /// Policies that could not judge something in it.
    pub failures: Vec<String>,
    /// The lines of documents that are written anew, without their comments.
    pub anew: Vec<usize>,
    /// The change as a unified diff with credentials withheld, if it was asked for: its lines.
    pub diff: Vec<String>,
    /// Whether it was written.
    pub written: Written,
}

/// Whether a file was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// There is nothing to write.
    Unchanged,
    /// It would be.
    Wanted,
    /// It is.
    Done,
    /// It could not be.
    Failed(FileError),
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The object, as people call it.
    pub object: String,
    /// The line of the file as it is now, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Why it could not be repaired, if the policy offers a repair.
    pub obstacle: Option<String>,
}

/// What it comes to in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to do.
    Clean,
    /// Something is left for a person, or would be changed.
    Left,
    /// Something could not be read, judged or written.
    Unusable,
}

impl FileReport {
    /// Whether there is nothing to say of it.
    pub(super) fn says_nothing(&self) -> bool {
        self.repaired.is_empty() && self.left.is_empty() && self.failures.is_empty()
    }

    /// Whether there is more to say of it than what is found in it.
    pub(super) fn has_problems(&self) -> bool {
        !self.failures.is_empty() || matches!(self.written, Written::Failed(_))
    }
}

impl FindingRow {
    /// Whether it would be repaired if somebody said where the password goes.
    fn waits_for_a_place(&self) -> bool {
        self.obstacle.as_deref() == Some(NO_DESTINATION)
    }
}

impl FixReport {
    /// How many passwords would move if somebody said where they go.
    pub fn waiting_for_a_place(&self) -> usize {
        self.files.iter().flat_map(|file| &file.left).filter(|row| row.waits_for_a_place()).count()
    }

    /// What it comes to in a word. Where nothing is written, what would be counts; otherwise what is left.
    pub fn outcome(&self, writes: bool) -> Outcome {
        let failed = |file: &FileReport| matches!(file.written, Written::Failed(_));
        let is_due = |file: &FileReport| {
            if writes {
                !file.left.is_empty() || !file.failures.is_empty()
            } else {
                file.written == Written::Wanted || file.left.iter().any(FindingRow::waits_for_a_place)
            }
        };
        let no_place = self.place_failed || self.not_kept.is_some();
        if !self.problems.is_empty() || no_place || self.files.iter().any(failed) {
            Outcome::Unusable
        } else if self.files.iter().any(is_due) {
            Outcome::Left
        } else {
            Outcome::Clean
        }
    }
}
