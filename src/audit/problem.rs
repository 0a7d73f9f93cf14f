//! What of the input cannot be audited, where it is, and the way out.

use super::history::ReleaseError;
use crate::workload::Misfit;
use crate::yaml;

/// Something of the input that is not judged. Holds no value of the input.
#[derive(Debug, Clone)]
pub struct InputProblem {
    /// The file or folder, as it was named; in a cluster the object, or what was asked for.
    pub file: String,
    /// The line, from 1, if it is about one.
    pub line: Option<usize>,
    /// The column, from 1, if it is about one.
    pub column: Option<usize>,
    /// True if it is about something in a cluster.
    pub in_cluster: bool,
    /// What it is.
    pub error: InputError,
}

/// Why something of the input is not judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// There is nothing of that name.
    #[error("there is no such file or folder")]
    Missing,
    /// The system does not let us read it.
    #[error("no permission to read it")]
    Forbidden,
    /// Reading failed in another way; the system's words.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// A folder with no file that could be a manifest.
    #[error("the folder has no .yaml, .yml or .json file")]
    NoManifests,
    /// A file that says nothing.
    #[error("it holds no document")]
    Empty,
    /// Nothing in all that was named is a Kubernetes object.
    #[error("no Kubernetes object was found")]
    NoObjects,
    /// The text or one of its documents.
    #[error("{0}")]
    Text(yaml::YamlError),
    /// A document that is something else.
    #[error("this is not a Kubernetes object: it has no {0}")]
    NotAnObject(&'static str),
    /// An object with a field of the wrong type.
    #[error("{object} does not fit its kind: {misfit}")]
    Misfit {
        /// What people call the object.
        object: String,
        /// The field.
        misfit: Box<Misfit>,
    },
    /// Objects of a cluster that could not be listed.
    #[error("{reason}")]
    Unlisted {
        /// Why not.
        reason: String,
        /// What can be done about it.
        way_out: Option<&'static str>,
    },
    /// Whoever asked ended it.
    #[error("stopped: {done} of {of} {what} were judged")]
    Stopped {
        /// How many were judged.
        done: usize,
        /// Of how many.
        of: usize,
        /// What they are.
        what: &'static str,
    },
    /// A pattern that no file fits.
    #[error("no file fits the pattern")]
    NoMatch,
    /// A pattern that is none.
    #[error("it is not a pattern: {0}")]
    NotAPattern(String),
    /// A folder that has to be rendered, and nothing here that does it.
    #[error("{what} has to be rendered, and {programs} is not on the PATH")]
    NoRenderer {
        /// What it is.
        what: &'static str,
        /// The programs that would do.
        programs: &'static str,
    },
    /// A program that renders, and failed.
    #[error("{program} failed: {said}")]
    Renderer {
        /// The command.
        program: &'static str,
        /// Its own words, shortened.
        said: String,
    },
    /// What should be a Helm release.
    #[error("{0}")]
    Release(ReleaseError),
    /// A document of a Helm release's manifest.
    #[error("line {line} of it cannot be read: {error}")]
    ReleaseManifest {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        error: yaml::YamlError,
    },
}

impl InputError {
    /// What the author can do about it.
    pub fn way_out(&self) -> Option<&'static str> {
        match self {
            Self::Text(error) => error.way_out(),
            Self::NoManifests => {
                Some("hidden files, and those that a .gitignore names, are left out: name them one by one")
            }
            Self::NotAnObject(_) => Some("an audit reads what kubectl apply reads"),
            Self::Misfit { .. } => Some("the API server would refuse it: kubectl explain says what belongs there"),
            Self::Unlisted { way_out, .. } => *way_out,
            Self::Release(_) => Some(
                "helm history says whether Helm itself can read it; a revision that nobody can read and that is not in \
                 use can be deleted, by kubectl delete. What passwords it holds stays unknown",
            ),
            Self::ReleaseManifest { .. } => Some(
                "the other documents of the release were judged; helm get manifest shows this one, and a revision that \
                 is not in use can be deleted",
            ),
            Self::NoMatch => Some("quote it if the shell should not expand it; ** stands for any number of folders"),
            Self::NoRenderer { .. } => {
                Some("install it, or render it elsewhere and give the output to tidegate audit -")
            }
            Self::Renderer { .. } => Some("what it needs is for it to say: run it by hand"),
            Self::Stopped { .. }
            | Self::NotAPattern(_)
            | Self::Missing
            | Self::Forbidden
            | Self::Unreadable(_)
            | Self::Empty
            | Self::NoObjects => None,
        }
    }

    pub(super) fn of_io(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

impl InputProblem {
    /// A problem of a file or folder as a whole.
    pub(crate) fn of_file(file: impl Into<String>, error: InputError) -> Self {
        Self { file: file.into(), line: None, column: None, in_cluster: false, error }
    }

    /// A problem of something in a cluster.
    pub(super) fn of_object(object: impl Into<String>, error: InputError) -> Self {
        Self { file: object.into(), line: None, column: None, in_cluster: true, error }
    }

    /// A problem of a text.
    pub(super) fn of_text(file: impl Into<String>, problem: yaml::Problem) -> Self {
        let about_a_place = !matches!(problem.error, yaml::YamlError::TooLarge | yaml::YamlError::Utf16);
        Self {
            file: file.into(),
            line: about_a_place.then_some(problem.line),
            column: about_a_place.then_some(problem.column),
            in_cluster: false,
            error: InputError::Text(problem.error),
        }
    }

    /// What is wrong, and the way out.
    pub fn message(&self) -> String {
        match self.error.way_out() {
            Some(way_out) => format!("{}; {way_out}", self.error),
            None => self.error.to_string(),
        }
    }
}
