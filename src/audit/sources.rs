//! Where manifests come from: files, folders and standard input, in a stable order.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::objects::SourceText;
use super::problem::{InputError, InputProblem};
use crate::yaml::{self, LARGEST_FILE};

/// The files of a folder that are read.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The name that stands for standard input, on the command line.
const STANDARD_INPUT: &str = "-";

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What reports call it.
    pub name: String,
    /// True if it was named itself, and not only its folder: then it has to be a manifest.
    pub named: bool,
    /// None for standard input.
    path: Option<PathBuf>,
}

/// All that is to be audited, and what of it cannot be found.
#[derive(Debug, Default)]
pub struct Sources {
    /// The files, in the order of the arguments; those of a folder by their path.
    pub sources: Vec<Source>,
    /// What was named but cannot be found.
    pub problems: Vec<InputProblem>,
    /// Which paths are there already: a file is audited once, however often it is named.
    known: HashMap<PathBuf, usize>,
}

impl Sources {
    /// Finds the files of the paths. Folders are searched through, also behind symbolic links;
    /// hidden files and what a `.gitignore` names are left out, inside and outside of Git.
    pub fn find(paths: &[PathBuf]) -> Self {
        let mut found = Self::default();
        for path in paths {
            if path.as_os_str() == STANDARD_INPUT {
                found
                    .add(PathBuf::from(STANDARD_INPUT), Source { name: "<stdin>".to_owned(), named: true, path: None });
            } else if path.is_dir() {
                found.add_folder(path);
            } else {
                found.add_file(path.clone(), true);
            }
        }
        found
    }

    fn add_file(&mut self, path: PathBuf, named: bool) {
        let name = path.display().to_string();
        // `./a.yaml` and `a.yaml` are the same file; symbolic links are files of their own.
        let normal = path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect();
        self.add(normal, Source { name, named, path: Some(path) });
    }

    fn add(&mut self, key: PathBuf, source: Source) {
        match self.known.get(&key) {
            Some(&index) => self.sources[index].named |= source.named,
            None => {
                self.known.insert(key, self.sources.len());
                self.sources.push(source);
            }
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let (sources, problems) = (self.sources.len(), self.problems.len());
        let mut already = false;
        let walk = WalkBuilder::new(folder)
            .follow_links(true)
            .require_git(false)
            // Only what the folder itself says: the same output on every machine.
            .git_global(false)
            .ignore(false)
            .sort_by_file_path(Path::cmp)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if is_manifest(&entry) => {
                    self.add_file(entry.into_path(), false);
                    already = true;
                }
                Ok(_) => {}
                Err(error) => self.problems.extend(problem_of_walk(folder, &error)),
            }
        }
        if self.sources.len() == sources && self.problems.len() == problems && !already {
            self.problems.push(InputProblem::of_file(folder.display().to_string(), InputError::NoManifests));
        }
    }
}

fn is_manifest(entry: &DirEntry) -> bool {
    // A pipe or a device in a folder would block for ever.
    entry.file_type().is_some_and(|kind| kind.is_file()) && has_manifest_extension(entry.path())
}

fn has_manifest_extension(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// What is worth telling of an error while searching a folder.
fn problem_of_walk(folder: &Path, error: &ignore::Error) -> Option<InputProblem> {
    match error {
        // The folder that the link leads back to is being searched already.
        ignore::Error::Loop { .. } => None,
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            problem_of_walk(folder, err)
        }
        ignore::Error::WithPath { path, err } => {
            let problem = problem_of_walk(path, err)?;
            // A link to nowhere matters only where it should lead to a manifest.
            (problem.error != InputError::Missing || has_manifest_extension(path)).then_some(problem)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(|error| problem_of_walk(folder, error)),
        ignore::Error::Io(error) => Some(InputProblem::of_file(folder.display().to_string(), InputError::of_io(error))),
        // A pattern in a .gitignore that is none: Git passes over it as well.
        _ => None,
    }
}

impl Source {
    /// Where the file is; none for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`InputProblem`] if it cannot be read, or is no text.
    pub(super) fn read(&self) -> Result<SourceText, InputProblem> {
        let bytes = match &self.path {
            Some(path) => File::open(path).and_then(read_limited),
            None => read_limited(std::io::stdin().lock()),
        };
        let bytes = bytes.map_err(|error| InputProblem::of_file(&self.name, InputError::of_io(&error)))?;
        // Few files have a byte order mark or a lone carriage return.
        let raw = (bytes.starts_with(BYTE_ORDER_MARK) || bytes.contains(&b'\r')).then(|| bytes.clone());
        let text = yaml::decode(bytes).map_err(|problem| InputProblem::of_text(&self.name, problem))?;
        Ok(SourceText { name: self.name.clone(), raw: raw.filter(|raw| raw != text.as_bytes()), text })
    }
}

/// Reads one byte more than is allowed at most: enough to see that it is too much.
fn read_limited(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
