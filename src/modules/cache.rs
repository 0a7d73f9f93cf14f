//! What was fetched, kept by its digest, so that a restart needs no server where the digest is known.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::ModuleError;
use crate::files::{create, private_directory};
use crate::policy::digest_of;

/// How much is kept, in bytes: eight of the largest components. What was used longest ago goes first.
const MOST_KEPT: u64 = 256 << 20;
/// What the names of digests begin with; no other kind is used.
const SHA256: &str = "sha256:";

/// A folder of components and manifests, each under its digest. Only this user can write to it, and what is read from
/// it is compared with its digest all the same.
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache below a folder that may be anybody's.
    pub(super) fn below(directory: &Path) -> Result<Self, ModuleError> {
        let folder = private_directory(directory, "modules").map_err(|error| ModuleError::Cache {
            directory: directory.display().to_string(),
            problem: error.to_string(),
        })?;
        Ok(Self { folder })
    }

    /// What has this digest, if it is there and whole.
    pub(super) fn get(&self, digest: &str) -> Option<Vec<u8>> {
        let path = self.path(digest)?;
        let content = fs::read(&path).ok()?;
        if digest_of(&content) != digest {
            // Whoever wrote that: it is of no use.
            let _ = fs::remove_file(&path);
            return None;
        }
        // That it is used is only noted, for when something has to go.
        let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(content)
    }

    /// Keeps content, if it can be kept: without it, it is fetched again.
    pub(super) fn put(&self, content: &[u8]) {
        let Some(path) = self.path(&digest_of(content)) else { return };
        self.make_room(content.len() as u64);
        if let Err(error) = create(&path, content, true)
            && !path.exists()
        {
            tracing::warn!(%error, folder = %self.folder.display(), "code that was fetched cannot be kept for the next start");
        }
    }

    fn path(&self, digest: &str) -> Option<PathBuf> {
        let name = digest.strip_prefix(SHA256)?;
        let is_digest = name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| self.folder.join(name))
    }

    fn make_room(&self, wanted: u64) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut kept: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        let mut size: u64 = kept.iter().map(|(_, size, _)| size).sum();
        kept.sort();
        for (_, freed, path) in kept {
            if size + wanted <= MOST_KEPT {
                return;
            }
            // Another replica on the same folder may have been first.
            let _ = fs::remove_file(path);
            size -= freed;
        }
    }
}
