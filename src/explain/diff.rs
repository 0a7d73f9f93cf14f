//! Before and after as one text, each line with what became of it.

use similar::{ChangeTag, TextDiff};

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

impl Change {
    /// The sign before the line, as in every diff.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Kept => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

/// Every line of two texts, in order; all of `before` if there is no `after`.
pub(super) fn changes(before: &str, after: Option<&str>) -> Vec<(Change, String)> {
    let diff = TextDiff::from_lines(before, after.unwrap_or(before));
    diff.iter_all_changes()
        .map(|change| {
            let tag = match change.tag() {
                ChangeTag::Equal => Change::Kept,
                ChangeTag::Delete => Change::Removed,
                ChangeTag::Insert => Change::Added,
            };
            (tag, change.value().trim_end_matches('\n').to_owned())
        })
        .collect()
}
