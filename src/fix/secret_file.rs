//! Passwords go into a file with Secret manifests, which Git does not see.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::destination::{Destination, DestinationError, Kept};
use crate::engine::WorkloadSecret;
use crate::files::{self, FileError, check_out_of_git};
use crate::secrets::{Applied, FileSecretStore};

/// What others than owner and group may do.
const OTHERS: u32 = 0o007;

/// A file with Secret manifests. What is in it stays.
pub struct SecretFile {
    path: PathBuf,
    /// None if there is no such file yet.
    before: Option<zeroize::Zeroizing<Vec<u8>>>,
    store: FileSecretStore,
    taken: Vec<Kept>,
}

impl SecretFile {
    /// Reads the file, if it is there.
    ///
    /// # Errors
    /// [`DestinationError`] if passwords must not be put there, or what is there is not understood.
    pub fn open(path: &Path) -> Result<Self, DestinationError> {
        let file = || path.display().to_string();
        let refused = |error| DestinationError::File { file: file(), error };
        check_out_of_git(path).map_err(|error| DestinationError::WorkTree { file: file(), error })?;
        let before = match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => return Err(refused(FileError::NotAFile)),
            Ok(metadata) if metadata.mode() & OTHERS != 0 => {
                return Err(DestinationError::Readable { file: file(), mode: metadata.mode() & 0o777 });
            }
            Ok(_) => Some(fs::read(path).map_err(|error| refused(FileError::of(&error)))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A link to nowhere cannot be made into a file of its own.
                files::check_place(path).map_err(refused)?;
                None
            }
            Err(error) => return Err(refused(FileError::of(&error))),
        };
        let text = String::from_utf8(before.clone().unwrap_or_default())
            .map_err(|_| refused(FileError::System("it is no text in UTF-8".to_owned())))?;
        let store = FileSecretStore::read(text).map_err(|error| DestinationError::Text { file: file(), error })?;
        Ok(Self { path: path.to_owned(), before: before.map(Into::into), store, taken: Vec::new() })
    }
}

impl Destination for SecretFile {
    fn take(&mut self, secret: &WorkloadSecret, _: Option<&Path>) -> Result<Applied, DestinationError> {
        let applied = self.store.add(secret)?;
        self.taken.push(Kept::new(self.path.display().to_string(), secret));
        Ok(applied)
    }

    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError> {
        let file = || self.path.display().to_string();
        if self.store.is_changed() {
            let text = self.store.text().map_err(|error| DestinationError::Text { file: file(), error })?;
            let written = match &self.before {
                Some(before) => files::replace(&self.path, before, text.as_bytes()),
                None => files::create(&self.path, text.as_bytes(), true),
            };
            written.map_err(|error| DestinationError::File { file: file(), error })?;
        }
        self.taken.sort();
        self.taken.dedup();
        Ok(std::mem::take(&mut self.taken))
    }
}
