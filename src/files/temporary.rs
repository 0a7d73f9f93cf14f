//! A new file beside the one whose place it is to take; gone if it never does.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::FileError;

/// Two writes of this process never share a name.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A file with its content, which may not be on the disk yet.
pub(super) struct Temporary {
    path: PathBuf,
    pub(super) file: File,
    in_place: bool,
}

impl Temporary {
    /// Writes the content beside `target`, with this mode as far as the user's umask lets it.
    pub(super) fn beside(target: &Path, content: &[u8], mode: u32) -> Result<Self, FileError> {
        let folder = folder_of(target);
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".tidegate-{}-{number}", std::process::id()));
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                FileError::FolderForbidden(folder.to_owned())
            }
            _ => FileError::of(&error),
        })?;
        let mut temporary = Self { path, file, in_place: false };
        temporary.file.write_all(content).map_err(|error| FileError::of(&error))?;
        Ok(temporary)
    }

    /// Takes the place of the target.
    pub(super) fn replace(mut self, target: &Path) -> Result<(), FileError> {
        self.sync()?;
        fs::rename(&self.path, target).map_err(|error| FileError::of(&error))?;
        self.in_place = true;
        sync_folder(target);
        Ok(())
    }

    /// Becomes the target, if there is none.
    pub(super) fn become_new(mut self, target: &Path) -> Result<(), FileError> {
        self.sync()?;
        match fs::hard_link(&self.path, target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(FileError::Exists),
            // A file system without hard links: nobody can be kept from coming between.
            Err(_) if target.symlink_metadata().is_ok() => return Err(FileError::Exists),
            Err(_) => {
                fs::rename(&self.path, target).map_err(|error| FileError::of(&error))?;
                self.in_place = true;
            }
        }
        sync_folder(target);
        Ok(())
    }

    fn sync(&self) -> Result<(), FileError> {
        self.file.sync_all().map_err(|error| FileError::of(&error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.in_place {
            // If it cannot be removed, nothing else can be done about it.
            let _ = fs::remove_file(&self.path);
        }
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
