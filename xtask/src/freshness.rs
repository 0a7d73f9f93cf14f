//! Whether anything has changed since the last build: then neither compiler nor network is asked.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

/// The time of the last build that succeeded, kept as that of a file.
pub(crate) struct Stamp {
    file: PathBuf,
    sources: [PathBuf; 2],
}

impl Stamp {
    pub(crate) fn of(file: PathBuf, sources: [PathBuf; 2]) -> Self {
        Self { file, sources }
    }

    /// Whether every source, and this program, is older than the last build.
    pub(crate) fn is_fresh(&self) -> Result<bool> {
        let Ok(built) = modified(&self.file) else { return Ok(false) };
        let program = modified(&env::current_exe()?)?;
        let mut all = program;
        for folder in &self.sources {
            all = all.max(newest(folder)?);
        }
        Ok(all < built)
    }

    /// Marks that a build has succeeded that began at `start`: what changed meanwhile is not in it.
    pub(crate) fn set(&self, start: SystemTime) -> Result<()> {
        File::create(&self.file)
            .and_then(|file| file.set_modified(start))
            .with_context(|| self.file.display().to_string())
    }
}

/// When the newest of the files and folders was changed. A folder's time tells of files that went.
fn newest(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            // Cases and output are no part of a component.
            if entry.file_name() != "target" && entry.file_name() != "cases" {
                newest = newest.max(modified(&path)?).max(self::newest(&path)?);
            }
        } else if path.extension().is_none_or(|extension| extension != "md") {
            newest = newest.max(modified(&path)?);
        }
    }
    Ok(newest)
}

fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).with_context(|| path.display().to_string())
}
