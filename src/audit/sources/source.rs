//! One thing that is read: a file, standard input, or what a program renders.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::render::{Rendering, normal};
use crate::audit::problem::{InputError, InputProblem};
use crate::yaml::{self, LARGEST_FILE};

/// One file, standard input, or a folder that a program renders.
///
/// It is not `Debug`: it may hold a text with passwords.
pub struct Source {
    /// What reports call it.
    pub name: String,
    /// True if it was named itself, and not only its folder: then it has to be a manifest.
    pub named: bool,
    pub(super) content: Content,
}

/// Where the text comes from.
pub(super) enum Content {
    /// A file is read when it is needed, perhaps more than once.
    File(PathBuf),
    /// What can be had only once is kept.
    Once(Once, OnceLock<Result<String, InputProblem>>),
}

/// What can be had only once, or costs much.
pub(super) enum Once {
    StandardInput,
    Rendered(Rendering),
}

impl Source {
    pub(super) fn file(path: PathBuf, named: bool) -> Self {
        Self { name: path.display().to_string(), named, content: Content::File(path) }
    }

    pub(super) fn standard_input() -> Self {
        let content = Content::Once(Once::StandardInput, OnceLock::new());
        Self { name: "<stdin>".to_owned(), named: true, content }
    }

    pub(super) fn rendered(rendering: Rendering, named: bool) -> Self {
        let name = rendering.file().display().to_string();
        Self { name, named, content: Content::Once(Once::Rendered(rendering), OnceLock::new()) }
    }

    /// The folder that it is in, in one form however it was named.
    pub(crate) fn folder(&self) -> String {
        let folder = match self.name.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((folder, _)) => folder,
            None => ".",
        };
        let whole = std::path::absolute(folder).unwrap_or_else(|_| PathBuf::from(folder));
        normal(&whole).display().to_string().trim_end_matches('/').to_owned()
    }

    /// What renders it, if it is not read as it is.
    pub(crate) fn rendering(&self) -> Option<&Rendering> {
        match &self.content {
            Content::Once(Once::Rendered(rendering), _) => Some(rendering),
            _ => None,
        }
    }

    /// The file, if it is one that is read as it is.
    pub(crate) fn path(&self) -> Option<&PathBuf> {
        match &self.content {
            Content::File(path) => Some(path),
            Content::Once(..) => None,
        }
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`InputProblem`] if it cannot be read, or is no text.
    pub fn read(&self) -> Result<String, InputProblem> {
        let Content::Once(once, kept) = &self.content else { return self.read_now() };
        kept.get_or_init(|| match once {
            Once::StandardInput => self.read_now(),
            Once::Rendered(rendering) => rendering.run().and_then(|bytes| self.text(bytes)),
        })
        .clone()
    }

    fn read_now(&self) -> Result<String, InputProblem> {
        let bytes = match &self.content {
            Content::File(path) => File::open(path).and_then(read_limited),
            Content::Once(..) => read_limited(std::io::stdin().lock()),
        };
        let bytes = bytes.map_err(|error| InputProblem::of_file(&self.name, InputError::of_io(&error)))?;
        self.text(bytes)
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, InputProblem> {
        yaml::decode(bytes).map_err(|problem| InputProblem::of_text(&self.name, problem))
    }
}

/// Reads one byte more than is allowed at most: enough to see that it is too much.
fn read_limited(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
