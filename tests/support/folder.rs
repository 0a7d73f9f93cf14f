//! Folders for one run under Cargo's target directory, removed even when the run was killed.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;

/// A new, empty folder. It goes when the value is dropped; after a panic, when a later run
/// makes a folder, so that the logs in it can be read until then.
///
/// A value in a `static` is never dropped, and a killed process drops nothing. So each
/// folder has a lock file beside it, which its process holds open and locked: a folder
/// whose lock is free belongs to nobody any more.
pub(crate) struct TemporaryFolder {
    path: PathBuf,
    _lock: File,
}

impl TemporaryFolder {
    pub(crate) fn new(purpose: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e");
        fs::create_dir_all(&root).expect("target/tmp can be written");

        // One process at a time, so that nobody sees a folder before its lock is held.
        let turn = File::create(root.join("turn")).expect("target/tmp can be written");
        turn.lock().expect("target/tmp is on a filesystem with locks");
        remove_abandoned(&root);

        let path = (0..)
            .map(|number| root.join(format!("{purpose}-{number}")))
            .find(|path| match fs::create_dir(path) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
                Err(error) => panic!("{}: {error}", path.display()),
            })
            .expect("an unused number");
        let lock = File::create(lock_of(&path)).expect("target/tmp can be written");
        lock.try_lock().expect("a new lock file is not locked");
        Self { path, _lock: lock }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file into the folder and returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if !thread::panicking() {
            remove(&self.path);
        }
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}

fn remove_abandoned(root: &Path) {
    for entry in fs::read_dir(root).expect("target/tmp can be read").flatten() {
        let folder = entry.path();
        if !folder.is_dir() {
            continue;
        }
        // No lock file: its process died between making the one and the other.
        let abandoned = File::open(lock_of(&folder)).map_or(true, |lock| lock.try_lock().is_ok());
        if abandoned {
            remove(&folder);
        }
    }
}

/// Whatever cannot be removed now is tried again by the next run.
fn remove(folder: &Path) {
    if fs::remove_dir_all(folder).is_ok() {
        let _ = fs::remove_file(lock_of(folder));
    }
}
