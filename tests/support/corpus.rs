//! Manifests that people really wrote: the folder that `TIDEGATE_CORPUS` names, or `../shared/corpus` beside the
//! checkout. They are other people's, and no part of the project: tests do without them where there are none.

use std::fs;
use std::path::{Path, PathBuf};

/// The corpus's folder, if there is one.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("TIDEGATE_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    Some(named.unwrap_or(beside)).filter(|folder| folder.is_dir())
}

/// The files of manifests below a folder, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What is said where there is none.
pub(crate) const NONE: &str = "no corpus of manifests. Name a folder of them in TIDEGATE_CORPUS.";
