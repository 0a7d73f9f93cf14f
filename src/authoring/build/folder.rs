//! A policy's folder.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::BuildError;
use crate::authoring::opened::BUILD;

/// A policy's folder.
pub(super) struct Folder {
    /// As it was named.
    pub(super) path: PathBuf,
    /// From the root: programs are started in it, and their arguments must not depend on that.
    pub(super) whole: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, BuildError> {
        let whole = path.canonicalize().map_err(|error| BuildError::file(path, &error))?;
        Ok(Self { path: path.to_owned(), whole })
    }

    /// A new folder below `build/`, for what is made on the way. It goes with the value. There, modules beside it are
    /// still found.
    pub(super) fn scratch(&self) -> Result<TempDir, BuildError> {
        let build = self.whole.join(BUILD);
        std::fs::create_dir_all(&build).map_err(|error| BuildError::file(&build, &error))?;
        tempfile::Builder::new()
            .prefix(".tidegate-")
            .tempdir_in(&build)
            .map_err(|error| BuildError::file(&build, &error))
    }
}
