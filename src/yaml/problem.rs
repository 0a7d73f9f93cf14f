//! Why a text cannot be read, where, and the way out.

use std::fmt;

use granit_parser::ErrorKind;

/// Something that makes a file or one of its documents unreadable. Holds no value of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What it is.
    pub error: YamlError,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.error)?;
        match self.error.way_out() {
            Some(way_out) => write!(out, "; {way_out}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// What can be wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// The bytes are no text.
    #[error("this looks like a binary file")]
    Binary,
    /// The bytes are text of another encoding.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The bytes are UTF-16, as some Windows programs write it.
    #[error("the text is UTF-16")]
    Utf16,
    /// The file is larger than anything that is a manifest.
    #[error("the file is larger than {} MiB", super::text::LARGEST_FILE >> 20)]
    TooLarge,
    /// A template that nobody has rendered.
    #[error("this looks like a Helm template")]
    Template,
    /// A tab where YAML allows only spaces.
    #[error("there is a tab where YAML allows only spaces")]
    Tab,
    /// A quote without its end.
    #[error("a quote is opened here and never closed")]
    UnclosedQuote,
    /// A bracket or brace without its end.
    #[error("a bracket or brace is opened and never closed")]
    UnclosedBracket,
    /// Any other breach of YAML's grammar, in the parser's words.
    #[error("this is not valid YAML: {0}")]
    Syntax(String),
    /// A key that stands twice in one mapping.
    #[error("the key {key:?} is there twice, first on line {first_line}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood first.
        first_line: usize,
    },
    /// Deeper than any parser of JSON follows.
    #[error("the document is nested more than {} levels deep", super::parse::DEEPEST)]
    TooDeep,
    /// Anchors that multiply.
    #[error(
        "the aliases of this document copy more than {} MiB: it would explode when it is read",
        super::anchor::MOST_COPIED >> 20
    )]
    TooMuchCopied,
    /// An alias without its anchor.
    #[error("this alias refers to an anchor that is not there before it")]
    UnknownAnchor,
    /// An alias inside its own anchor.
    #[error("this alias stands inside the anchor that it refers to")]
    SelfReference,
    /// `<<` with something that cannot be merged.
    #[error("the merge key << needs a mapping, or a list of mappings")]
    NotMergeable,
    /// A key that is a list, a mapping or nothing.
    #[error("a key must be text, a number or true or false")]
    KeyIsNotText,
    /// `.inf` or `.nan`.
    #[error("JSON, and so Kubernetes, has no infinite number and no NaN")]
    NoNumber,
    /// A tag such as `!!int` on something else.
    #[error("the value does not fit its tag !!{0}")]
    WrongTag(&'static str),
    /// `!!binary`.
    #[error("the tag !!binary is not read here")]
    BinaryTag,
}

impl YamlError {
    /// The parser's error in our words, where ours say more.
    pub(super) fn of_parser(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart => Self::Tab,
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => Self::UnclosedQuote,
            ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping => Self::UnclosedBracket,
            ErrorKind::RecursionLimitExceeded => Self::TooDeep,
            ErrorKind::UnknownAnchor => Self::UnknownAnchor,
            other => Self::Syntax(other.to_string()),
        }
    }

    /// What the author can do about it.
    pub fn way_out(&self) -> Option<&'static str> {
        match self {
            Self::Binary | Self::TooLarge => Some("leave it out, or name the manifests one by one"),
            Self::NotUtf8 => Some("save it as UTF-8, for instance with iconv -f latin1 -t utf-8"),
            Self::Utf16 => Some("save it as UTF-8, for instance with iconv -f utf-16 -t utf-8"),
            Self::Template => Some("render it first with helm template"),
            Self::Tab => Some("indent with spaces"),
            Self::UnclosedQuote => Some("close it, or double a quote that is part of the text"),
            Self::UnclosedBracket => Some("close it, or quote a text that begins with [ or {"),
            Self::Syntax(_) => {
                Some("check the indentation, and quote texts with special characters such as `: `, # or @")
            }
            Self::DuplicateKey { .. } => Some("remove one of them: readers do not agree on which one counts"),
            Self::TooDeep | Self::TooMuchCopied => Some("write it out, or as several documents"),
            Self::UnknownAnchor => {
                Some("anchors reach only to the end of their document; quote a text that begins with *")
            }
            Self::SelfReference | Self::NotMergeable => None,
            Self::KeyIsNotText => Some("quote the key"),
            Self::NoNumber => Some("quote it if it is meant as text"),
            Self::WrongTag(_) => Some("remove the tag, or quote the value"),
            Self::BinaryTag => Some("write the text without it; a Secret's data is base64 already"),
        }
    }
}
