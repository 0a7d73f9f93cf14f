//! Folders that nobody else can write to.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder `name` below another one, made if it is not there, that only this user can write to. The other one may
/// be anybody's, such as a pod's `emptyDir`.
///
/// # Errors
/// If it cannot be made, or somebody else can write to it.
pub fn private_directory(directory: &Path, name: &str) -> io::Result<PathBuf> {
    let private = directory.join(name);
    match DirBuilder::new().recursive(true).mode(0o700).create(&private) {
        Err(error) if !private.is_dir() => return Err(error),
        _ => {}
    }
    let found = std::fs::symlink_metadata(&private)?;
    // The owner of /proc/self is the user that this process runs as.
    let own = std::fs::metadata("/proc/self")?.uid();
    if found.uid() != own || found.permissions().mode() & 0o022 != 0 || found.is_symlink() {
        return Err(io::Error::other(format!("somebody else can write to its folder \"{name}\"")));
    }
    private.canonicalize()
}
