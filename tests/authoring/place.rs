//! Folders with policies, as an author has them; what their languages fetch is fetched once for all tests.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use crate::command::{Outcome, tidegate_in};
use crate::skip::skip;

/// A language, and its fixture's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    JavaScript,
    TypeScript,
    Python,
}

impl Language {
    fn folder(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }

    /// What is made in the folder by the first build, and costs a download.
    fn fetched(self) -> &'static str {
        match self {
            Self::Rust => "target",
            Self::JavaScript | Self::TypeScript => "node_modules",
            Self::Python => ".venv",
        }
    }
}

/// A policy's folder.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    /// All folders in Rust share what cargo makes, down to the module's file: one builds at a time.
    _turn: Option<MutexGuard<'static, ()>>,
}

static TURN: Mutex<()> = Mutex::new(());

impl Place {
    /// A copy of a language's fixture; none if this machine lacks what the language needs.
    pub(crate) fn of(language: Language) -> Option<Self> {
        let warm = match language {
            Language::Rust => &RUST,
            Language::JavaScript | Language::TypeScript => &JAVASCRIPT,
            Language::Python => &PYTHON,
        };
        let warm = warm.as_ref()?;
        let turn = (language == Language::Rust).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        let place = Self { _turn: turn, ..Self::cold(language) };
        symlink(warm.join(language.fetched()), place.folder.path().join(language.fetched())).unwrap();
        Some(place)
    }

    /// A copy of a language's fixture, of which nothing was ever built.
    pub(crate) fn cold(language: Language) -> Self {
        let folder = TempDir::with_prefix("policy").unwrap();
        copy(&fixtures().join(language.folder()), folder.path());
        give_contract(folder.path());
        if language == Language::Rust {
            // The versions that the project's own policies are built with.
            let lock = root().join("policies/Cargo.lock");
            fs::copy(lock, folder.path().join("Cargo.lock")).unwrap();
        }
        Self { folder, _turn: None }
    }

    /// A folder with these files, and nothing else.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::with_prefix("policy").unwrap();
        files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        Self { folder, _turn: None }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Changes one place of a file.
    pub(crate) fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replacen(from, to, 1));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        tidegate_in(self.folder.path(), arguments, "")
    }
}

static RUST: LazyLock<Option<PathBuf>> = LazyLock::new(|| warm(Language::Rust, &[]));
static JAVASCRIPT: LazyLock<Option<PathBuf>> = LazyLock::new(|| warm(Language::JavaScript, &["node", "npm"]));
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(|| warm(Language::Python, &["python3"]));

/// A folder that stays from one run of the tests to the next, in which the fixture was built as an author does it: what
/// it needs is fetched, from nothing.
fn warm(language: Language, programs: &[&str]) -> Option<PathBuf> {
    if let Some(missing) = programs.iter().find(|program| !is_here(program)) {
        skip(&format!("{missing} is not here; scripts/install-tools authors brings it"));
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring").join(language.folder());
    if !folder.join(language.fetched()).exists() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        copy(Place::cold(language).folder.path(), &folder);
        let (code, out, err) = tidegate_in(&folder, &["policy", "build"], "");
        if code != 0 {
            let _ = fs::remove_dir_all(&folder);
        }
        assert_eq!(code, 0, "{out}{err}");
        assert!(language == Language::Rust || err.starts_with("note: fetching "), "{err}");
    }
    Some(folder)
}

fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> PathBuf {
    root().join("tests/authoring/fixtures")
}

fn give_contract(folder: &Path) {
    fs::create_dir_all(folder.join("wit")).unwrap();
    fs::copy(root().join("policies/wit/policy.wit"), folder.join("wit/policy.wit")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
