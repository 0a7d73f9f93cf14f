//! What `docs/ci/` and `.pre-commit-hooks.yaml` offer is tried as far as it runs without the services: the
//! scripts by bash, the hooks by pre-commit, the files by the schemas of those who read them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod jobs;
mod pre_commit;
mod schemas;
#[path = "../support/skip.rs"]
mod skip;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use skip::skip;
use tempfile::TempDir;

/// A Deployment with faults that are refused, and one of severity low at most.
const BAD: &str = include_str!("../../examples/mysql-client.yaml");
const GOOD: &str = include_str!("../../examples/nginx-deployment.yaml");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder for programs that has `tidegate`.
fn programs() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tidegate"), folder.path().join("tidegate")).unwrap();
    folder
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

/// The PATH with another folder before it.
fn path_with(first: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(first.to_owned()).chain(env::split_paths(&path))).unwrap()
}

/// A program that `scripts/install-tools pipelines` installs, or one of the PATH. None, with a line on
/// standard error, where it is missing; where `CI=true` that is an error.
fn tool(name: &str) -> Option<PathBuf> {
    let installed = root().join("target/pipelines/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let found = std::iter::once(installed)
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    if found.is_none() {
        skip(&format!("no {name}; scripts/install-tools pipelines installs it"));
    }
    found
}

/// A command that knows nothing of the Git repository around it.
fn apart(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")).env_remove("CLICOLOR_FORCE");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command
}

/// Makes a folder a Git repository if it is none, and commits all that is in it.
fn commit(repository: &Path) {
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "All"],
    ] {
        assert!(apart("git", repository).args(arguments).status().unwrap().success());
    }
}
