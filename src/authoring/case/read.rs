//! Reads cases from their files, as `kubectl` would read the objects in them.

use std::path::{Path, PathBuf};

use super::format::{Case, Expectation};
use crate::files;
use crate::yaml::{self, Document, Unfit};

/// Why a case cannot be used. Every message names the file and the place in it.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The folder is not there, or cannot be read.
    #[error("{folder}: the cases cannot be read ({problem}); --cases names their folder")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system says.
        problem: String,
    },
    /// The folder holds no case.
    #[error("{0}: there is no case; each is a file NAME.yaml, with about, object and expect")]
    NoCase(String),
    /// The file cannot be read.
    #[error("{file}: {problem}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        problem: String,
    },
    /// The text is not the YAML of one document.
    #[error("{file}:{line}: {problem}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and the way out.
        problem: String,
    },
    /// A field is missing, unknown, or has a value that cannot be.
    #[error("{file}:{line}: {field}: {problem}")]
    Field {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The path to the field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// A case with the text that it was read from.
///
/// It is not `Debug`: its object may hold passwords.
pub struct CaseFile {
    /// Where it is.
    pub file: PathBuf,
    /// The file's name without its ending.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The text, read.
    pub document: Document,
    /// The case.
    pub case: Case,
}

impl CaseFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CaseError::Unreadable`], [`CaseError::Malformed`], [`CaseError::Field`].
    pub fn read(file: &Path) -> Result<Self, CaseError> {
        let shown = || file.display().to_string();
        let bytes =
            files::read(file).map_err(|error| CaseError::Unreadable { file: shown(), problem: error.to_string() })?;
        let text = yaml::decode(bytes).map_err(|problem| CaseError::Malformed {
            file: shown(),
            line: problem.line,
            problem: problem.to_string(),
        })?;
        Self::parse(file, text)
    }

    /// Reads a text; `file` is where it stands.
    ///
    /// # Errors
    /// [`CaseError::Malformed`], [`CaseError::Field`].
    pub fn parse(file: &Path, text: String) -> Result<Self, CaseError> {
        let shown = file.display().to_string();
        let malformed = |line, problem: String| CaseError::Malformed { file: shown.clone(), line, problem };
        let mut documents = yaml::parse(&text).into_iter();
        let document = match (documents.next(), documents.next()) {
            (None, _) => return Err(malformed(1, "it is empty; a case has about, object and expect".to_owned())),
            (_, Some(second)) => {
                let line = second.map_or_else(|problem| problem.line, |document| document.first_line);
                return Err(malformed(line, "here a second document begins; one file is one case".to_owned()));
            }
            (Some(Err(problem)), _) => return Err(malformed(problem.line, problem.to_string())),
            (Some(Ok(document)), None) => document,
        };
        let field = |Unfit { line, pointer, problem }| {
            let field = if pointer.is_empty() { "the case".to_owned() } else { crate::finding::place(&pointer) };
            CaseError::Field { file: shown.clone(), line, field, problem }
        };
        let case: Case = document.read("").map_err(field)?;
        if case.expect.as_ref().is_some_and(|expect| !is_whole(expect)) {
            let problem = "it needs decision and findings ([] for none), or error".to_owned();
            let (line, pointer) = (document.locations.find("/expect").line, "/expect".to_owned());
            return Err(field(Unfit { line, pointer, problem }));
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { file: file.to_owned(), name, text, document, case })
    }
}

/// The files of a folder that hold cases, in the order of their names.
///
/// # Errors
/// [`CaseError::Folder`], [`CaseError::NoCase`].
pub fn case_files(folder: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let shown = || folder.display().to_string();
    let unusable = |error: std::io::Error| CaseError::Folder { folder: shown(), problem: error.to_string() };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(CaseError::NoCase(shown())) } else { Ok(files) }
}

fn is_whole(expect: &Expectation) -> bool {
    expect.error.is_some() || (expect.decision.is_some() && expect.findings.is_some())
}
