//! The reference part of a policy's README: what its component says of itself, between two comments.

mod markdown;

use std::path::{Path, PathBuf};

use super::inspect::Inspection;
use crate::files;
use crate::line_diff::{self, Change};

pub use markdown::reference;

/// Before the part that is made.
const BEGIN: &str = "<!-- tidegate:reference -->";
/// After it.
const END: &str = "<!-- /tidegate:reference -->";

/// Why the reference cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DocsError {
    /// The README cannot be read or written.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// Only one of the two comments is there, or they stand the wrong way round.
    #[error("{file}: the reference has to stand between {BEGIN} and {END}, each once and on a line of its own")]
    Markers {
        /// The file.
        file: String,
    },
}

/// A README, as it is and as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readme {
    /// The file.
    pub file: PathBuf,
    was: String,
    wanted: String,
}

impl Readme {
    /// Reads it. Where there is none, or none with the two comments, the reference comes at its end.
    ///
    /// # Errors
    /// [`DocsError`].
    pub fn read(file: &Path, inspection: &Inspection) -> Result<Self, DocsError> {
        let shown = || file.display().to_string();
        let was = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(DocsError::File { file: shown(), problem: error.to_string() }),
        };
        let start = if was.is_empty() { format!("# {}: {}\n", inspection.name, inspection.title) } else { was.clone() };
        let wanted = replaced(&start, &reference(inspection)).ok_or_else(|| DocsError::Markers { file: shown() })?;
        Ok(Self { file: file.to_owned(), was, wanted })
    }

    /// Whether it says what the component does.
    pub fn is_current(&self) -> bool {
        self.was == self.wanted
    }

    /// The lines that go and come, each with its sign.
    pub fn changes(&self) -> String {
        let lines = line_diff::whole(&self.was, &self.wanted).into_iter();
        lines
            .filter(|(change, _)| *change != Change::Kept)
            .map(|(change, line)| format!("{}{line}\n", change.sign()))
            .collect()
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// [`DocsError::File`].
    pub fn write(&self) -> Result<(), DocsError> {
        files::put(&self.file, self.wanted.as_bytes())
            .map_err(|error| DocsError::File { file: self.file.display().to_string(), problem: error.to_string() })
    }
}

/// A text with what is between the two comments replaced; none if they are not a pair.
fn replaced(text: &str, reference: &str) -> Option<String> {
    let places = |marker: &str| -> Vec<usize> {
        let mut at = 0;
        let mut found = Vec::new();
        for line in text.split_inclusive('\n') {
            if line.trim() == marker {
                found.push(at);
            }
            at += line.len();
        }
        found
    };
    match (places(BEGIN).as_slice(), places(END).as_slice()) {
        ([], []) => Some(format!("{}\n\n## Reference\n\n{BEGIN}\n{reference}{END}\n", text.trim_end())),
        ([begin], [end]) if begin < end => {
            let after = text.get(*end..)?;
            Some(format!("{}{BEGIN}\n{reference}{after}", text.get(..*begin)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_comments_changes() {
        let new = "new\n";
        for (text, expected) in [
            ("# a\n", Some("# a\n\n## Reference\n\n<!-- tidegate:reference -->\nnew\n<!-- /tidegate:reference -->\n")),
            (
                "# a\n<!-- tidegate:reference -->\nold\nolder\n<!-- /tidegate:reference -->\nafter",
                Some("# a\n<!-- tidegate:reference -->\nnew\n<!-- /tidegate:reference -->\nafter"),
            ),
            (
                "<!-- tidegate:reference -->\n<!-- /tidegate:reference -->",
                Some("<!-- tidegate:reference -->\nnew\n<!-- /tidegate:reference -->"),
            ),
            ("<!-- tidegate:reference -->\n", None),
            ("<!-- /tidegate:reference -->\n<!-- tidegate:reference -->\n", None),
            ("<!-- tidegate:reference -->\n<!-- tidegate:reference -->\n<!-- /tidegate:reference -->\n", None),
        ] {
            let found = replaced(text, new);
            assert_eq!(found.as_deref(), expected);
            let again = found.as_deref().map(|text| replaced(text, new));
            assert_eq!(again.unwrap_or(found.clone()), found, "a second time changes nothing");
        }
    }
}
