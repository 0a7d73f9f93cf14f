//! Where manifests come from: files, folders, patterns, standard input, and what kustomize and Helm render, in a
//! stable order.

mod pattern;
mod render;
mod source;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use self::render::normal;
use super::problem::{InputError, InputProblem};

pub(crate) use render::{Rendering, normal as plain_path};
pub use source::Source;

/// The files of a folder that are read.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The name that stands for standard input, on the command line.
const STANDARD_INPUT: &str = "-";

/// All that is to be audited, and what of it cannot be found.
#[derive(Default)]
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
    /// hidden files and what a `.gitignore` names are left out, inside and outside of Git. A path that is not there
    /// and has `*`, `?`, `[` or `{` is a pattern.
    ///
    /// With `render`, folders of kustomize and charts of Helm are not read but rendered: their files are parts and
    /// templates.
    pub fn find(paths: &[PathBuf], render: bool) -> Self {
        let mut found = Self::default();
        for path in paths {
            if path.as_os_str() == STANDARD_INPUT {
                found.add(PathBuf::from(STANDARD_INPUT), Source::standard_input());
            } else if path.is_dir() {
                found.add_folder(path, render);
            } else if !path.exists() && pattern::is_pattern(path) {
                found.add_pattern(path);
            } else {
                found.add_file(path.clone(), true);
            }
        }
        found
    }

    fn add_file(&mut self, path: PathBuf, named: bool) {
        // `./a.yaml` and `a.yaml` are the same file; symbolic links are files of their own.
        let same = path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect();
        self.add(same, Source::file(path, named));
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

    fn add_pattern(&mut self, path: &Path) {
        let name = path.display().to_string();
        let matcher = match pattern::matcher(path) {
            Ok(matcher) => matcher,
            Err(error) => return self.problems.push(InputProblem::of_file(name, InputError::NotAPattern(error))),
        };
        let (sources, problems) = (self.sources.len(), self.problems.len());
        let mut already = false;
        let folder = pattern::folder(path);
        for entry in walk(&folder) {
            match entry {
                Ok(entry) if is_file(&entry) && matcher.is_match(normal(entry.path())) => {
                    self.add_file(normal(entry.path()), false);
                    already = true;
                }
                Ok(_) => {}
                Err(error) => self.problems.extend(problem_of_walk(&folder, &error)),
            }
        }
        if self.sources.len() == sources && self.problems.len() == problems && !already {
            self.problems.push(InputProblem::of_file(name, InputError::NoMatch));
        }
    }

    fn add_folder(&mut self, folder: &Path, render: bool) {
        if render && let Some(rendering) = Rendering::of(folder) {
            return self.add(normal(rendering.file()), Source::rendered(rendering, true));
        }
        let (sources, problems) = (self.sources.len(), self.problems.len());
        let mut files = Vec::new();
        let mut rendered = Vec::new();
        for entry in walk(folder) {
            match entry {
                Ok(entry) if is_manifest(&entry) => files.push(entry.into_path()),
                Ok(entry) if render && entry.path().is_dir() => rendered.extend(Rendering::of(entry.path())),
                Ok(_) => {}
                Err(error) => self.problems.extend(problem_of_walk(folder, &error)),
            }
        }
        let already = !files.is_empty() || !rendered.is_empty();
        let folders: HashSet<PathBuf> = rendered.iter().map(|rendering| normal(rendering.folder())).collect();
        let parts: HashSet<PathBuf> = rendered.iter().flat_map(Rendering::takes_in).collect();
        let is_part = |path: &Path| path.ancestors().skip(1).any(|parent| folders.contains(&normal(parent)));
        // What another kustomization takes in is rendered with it, and a chart in a chart too.
        rendered.retain(|rendering| {
            let own = normal(rendering.folder());
            let belongs_to_another = parts.contains(&own) || (rendering.is_chart() && is_part(&own));
            !belongs_to_another && !rendering.is_part()
        });
        let mut found: Vec<(PathBuf, Source)> = rendered
            .into_iter()
            .map(|rendering| (rendering.file().to_owned(), Source::rendered(rendering, false)))
            .collect();
        found.extend(
            files
                .into_iter()
                .filter(|file| !is_part(file) && !parts.contains(&normal(file)))
                .map(|file| (file.clone(), Source::file(file, false))),
        );
        found.sort_by(|(left, _), (right, _)| left.cmp(right));
        for (path, source) in found {
            self.add(path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect(), source);
        }
        if self.sources.len() == sources && self.problems.len() == problems && !already {
            self.problems.push(InputProblem::of_file(folder.display().to_string(), InputError::NoManifests));
        }
    }
}

/// All that is in a folder, in order.
fn walk(folder: &Path) -> ignore::Walk {
    WalkBuilder::new(folder)
        .follow_links(true)
        .require_git(false)
        // Only what the folder itself says: the same output on every machine.
        .git_global(false)
        .ignore(false)
        .sort_by_file_path(Path::cmp)
        .build()
}

fn is_file(entry: &DirEntry) -> bool {
    // A pipe or a device in a folder would block for ever.
    entry.file_type().is_some_and(|kind| kind.is_file())
}

fn is_manifest(entry: &DirEntry) -> bool {
    is_file(entry) && has_manifest_extension(entry.path())
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
