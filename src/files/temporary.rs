//! A new file beside the one whose place it is to take; gone if it never does.
//!
//! It is made ready in a folder of its own that Git does not see: whoever is killed meanwhile leaves it behind, and
//! with it perhaps a password that the next `git add .` would take in. That the file itself is ignored does not help:
//! what is ignored by its name is not by another. A file without a name (`O_TMPFILE`) cannot take the place of one,
//! and Git's own folder may be on another file system, from which nothing can be renamed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::FileError;

/// Two writes of this process never share a name.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Only its owner may look into the folder.
const PRIVATE_FOLDER: u32 = 0o700;
/// What Git reads, and what tells it to leave out all that is in the folder, this file too.
const IGNORE: (&str, &str) = (".gitignore", "*\n");
/// The new file's name in its folder.
const NAME: &str = "new";

/// A file with its content, which may not be on the disk yet.
pub(super) struct Temporary {
    pub(super) file: File,
    folder: Hidden,
}

/// A folder that goes with everything in it.
struct Hidden(PathBuf);

impl Temporary {
    /// Writes the content beside `target`, with this mode as far as the user's umask lets it.
    pub(super) fn beside(target: &Path, content: &[u8], mode: u32) -> Result<Self, FileError> {
        let folder = Hidden::beside(target)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(folder.0.join(NAME));
        let mut temporary = Self { file: file.map_err(|error| FileError::of(&error))?, folder };
        temporary.file.write_all(content).map_err(|error| FileError::of(&error))?;
        Ok(temporary)
    }

    /// Takes the place of the target.
    pub(super) fn replace(self, target: &Path) -> Result<(), FileError> {
        self.sync()?;
        fs::rename(self.path(), target).map_err(|error| FileError::of(&error))?;
        sync_folder(target);
        Ok(())
    }

    /// Becomes the target, if there is none.
    pub(super) fn become_new(self, target: &Path) -> Result<(), FileError> {
        self.sync()?;
        match fs::hard_link(self.path(), target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(FileError::Exists),
            // A file system without hard links: nobody can be kept from coming between.
            Err(_) if target.symlink_metadata().is_ok() => return Err(FileError::Exists),
            Err(_) => fs::rename(self.path(), target).map_err(|error| FileError::of(&error))?,
        }
        sync_folder(target);
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.folder.0.join(NAME)
    }

    fn sync(&self) -> Result<(), FileError> {
        self.file.sync_all().map_err(|error| FileError::of(&error))
    }
}

impl Hidden {
    fn beside(target: &Path) -> Result<Self, FileError> {
        let folder = folder_of(target);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Without the target's own name: with it, it could be longer than names may be.
        let path = folder.join(format!(".tidegate-{}-{number}", std::process::id()));
        DirBuilder::new().mode(PRIVATE_FOLDER).create(&path).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                FileError::FolderForbidden(folder.to_owned())
            }
            _ => FileError::of(&error),
        })?;
        let hidden = Self(path);
        let (name, content) = IGNORE;
        // It has to be on the disk before there is anything to ignore.
        let write = |mut file: File| file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
        File::create_new(hidden.0.join(name)).and_then(write).map_err(|error| FileError::of(&error))?;
        Ok(hidden)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // If something cannot be removed, nothing else can be done about it. What has its place is no more in here.
        let _ = fs::remove_file(self.0.join(NAME));
        let _ = fs::remove_file(self.0.join(IGNORE.0));
        let _ = fs::remove_dir(&self.0);
    }
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Lets the new name survive a power cut. Some file systems cannot, and then it is as safe as it gets.
fn sync_folder(target: &Path) {
    if let Ok(folder) = File::open(folder_of(target)) {
        let _ = folder.sync_all();
    }
}
