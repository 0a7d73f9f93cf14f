//! The languages that policies are written in.

/// A language with an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Compiled by cargo.
    Rust,
    /// Run by QuickJS, which the component brings.
    JavaScript,
    /// The same, once the types are taken away.
    TypeScript,
    /// Run by CPython, which the component brings.
    Python,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rust, Self::JavaScript, Self::TypeScript, Self::Python];

    /// The word that stands for it on the command line, and the name of its folder of templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }

    /// Its name as its own people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
        }
    }

    /// The language that a word stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.word() == word.to_lowercase())
    }
}
