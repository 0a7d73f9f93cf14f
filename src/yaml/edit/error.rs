//! Why a document cannot be changed in its text.

/// What stands in the way of a change. Holds no value of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text has changed since it was read.
    #[error("line {line}: the text is no longer the one that the document was read from; read the file again")]
    OtherText {
        /// The line on which the document's content began.
        line: usize,
    },
    /// No change keeps the layout and says what is wanted.
    #[error(
        "line {line}: this document is written in a way that cannot be changed piece by piece, for instance with \
         anchors that hold each other; change it by hand, or have it written anew, without its comments"
    )]
    Entangled {
        /// The line on which the document's content begins.
        line: usize,
    },
    /// Nothing is to be left of the document.
    #[error("line {line}: a document cannot be changed to nothing; remove it from the file by hand")]
    Nothing {
        /// The line on which the document's content begins.
        line: usize,
    },
}

impl EditError {
    /// The line, from 1, on which the document's content begins.
    pub fn line(&self) -> usize {
        match self {
            Self::OtherText { line } | Self::Entangled { line } | Self::Nothing { line } => *line,
        }
    }
}
