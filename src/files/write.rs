//! Writes files so that at any time either the old content is there or the new.

use std::fs::{self, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use super::FileError;
use super::temporary::Temporary;

/// Only its owner may read and write a file.
pub const PRIVATE: u32 = 0o600;

/// What programs ask for that make ordinary files; the user's umask takes from it.
const ORDINARY: u32 = 0o666;

/// The permissions that let anybody write.
const WRITABLE: u32 = 0o222;

/// Puts new content in place of the content that is expected to be there. Mode and owner stay; of a symbolic link,
/// the file that it leads to is written.
///
/// # Errors
/// [`FileError`]; the file is then as it was.
pub fn replace(path: &Path, expected: &[u8], content: &[u8]) -> Result<(), FileError> {
    let target = fs::canonicalize(path).map_err(|error| FileError::of(&error))?;
    let before = writable(&target)?;
    let temporary = Temporary::beside(&target, content, PRIVATE)?;
    keep_owner(&temporary, &before)?;
    keep_mode(&temporary, &before)?;
    // As late as it can be: what comes after it is one step of the system.
    let present = fs::read(&target).map_err(|error| FileError::of(&error))?;
    if present != expected {
        return Err(FileError::Changed);
    }
    temporary.replace(&target)
}

/// Writes a file, whatever it held: one that is there keeps its mode, and of a symbolic link the file that it leads
/// to is written. Into a device or a pipe the content goes as it is.
///
/// # Errors
/// [`FileError`]; a file is then as it was.
pub fn put(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Temporary::beside(&target, content, ORDINARY)?.replace(&target)
        }
        Err(error) => Err(FileError::of(&error)),
        Ok(before) if before.is_dir() => Err(FileError::NotAFile),
        Ok(before) if !before.is_file() => {
            let mut device = OpenOptions::new().write(true).open(&target).map_err(|error| FileError::of(&error))?;
            device.write_all(content).map_err(|error| FileError::of(&error))
        }
        Ok(before) => {
            let temporary = Temporary::beside(&target, content, PRIVATE)?;
            keep_mode(&temporary, &before)?;
            temporary.replace(&target)
        }
    }
}

/// Makes a new file that only its owner may read, or, if it is not `private`, one like any other.
///
/// # Errors
/// [`FileError`], also if there is one of the name.
pub fn create(path: &Path, content: &[u8], private: bool) -> Result<(), FileError> {
    check_place(path)?;
    Temporary::beside(path, content, if private { PRIVATE } else { ORDINARY })?.become_new(path)
}

/// Whether a new file could be made, as far as that can be said before.
///
/// # Errors
/// [`FileError`] if not.
pub fn check_place(path: &Path) -> Result<(), FileError> {
    match path.symlink_metadata() {
        Ok(_) => Err(FileError::Exists),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::of(&error)),
    }
}

fn writable(target: &Path) -> Result<Metadata, FileError> {
    let metadata = fs::metadata(target).map_err(|error| FileError::of(&error))?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile);
    }
    // Root may write it all the same, and should not.
    if metadata.mode() & WRITABLE == 0 {
        return Err(FileError::ReadOnly);
    }
    OpenOptions::new().write(true).open(target).map_err(|error| match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => FileError::ReadOnly,
        _ => FileError::of(&error),
    })?;
    if metadata.nlink() > 1 {
        return Err(FileError::HardLinks(metadata.nlink()));
    }
    Ok(metadata)
}

fn keep_mode(temporary: &Temporary, before: &Metadata) -> Result<(), FileError> {
    let mode = Permissions::from_mode(before.mode() & 0o7777);
    temporary.file.set_permissions(mode).map_err(|error| FileError::of(&error))
}

fn keep_owner(temporary: &Temporary, before: &Metadata) -> Result<(), FileError> {
    let new = temporary.file.metadata().map_err(|error| FileError::of(&error))?;
    if (new.uid(), new.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    fchown(&temporary.file, Some(before.uid()), Some(before.gid())).map_err(|_| FileError::Owner)
}
