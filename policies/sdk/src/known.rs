//! Answers that may be missing.

use std::ops::Not;

/// An answer to a question that perhaps nobody can answer.
///
/// It is not an `Option`, so that "nobody knows" is never taken for "no" by a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Known<T = ()> {
    /// It is so; with what was asked for.
    Yes(T),
    /// It is certain that it is not so.
    No,
    /// Nobody can say.
    Unknown,
}

impl<T> Known<T> {
    /// True if it is certain that it is so.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// True if it is certain that it is not so.
    pub const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }

    /// True if nobody can say.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The same answer with something else in it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Yes(value) => Known::Yes(change(value)),
            Self::No => Known::No,
            Self::Unknown => Known::Unknown,
        }
    }
}

impl Not for Known {
    type Output = Self;

    /// The opposite; what nobody knows stays so.
    fn not(self) -> Self {
        match self {
            Self::Yes(()) => Self::No,
            Self::No => Self::Yes(()),
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Known {
    fn from(answer: bool) -> Self {
        if answer { Self::Yes(()) } else { Self::No }
    }
}
