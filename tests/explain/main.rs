//! `explain`, and what makes the command easy to use: completions, the manual's pages, the plugin of kubectl.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod plugin;
mod shells;
#[path = "../support/skip.rs"]
mod skip;
mod telling;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use skip::skip;
use tempfile::TempDir;

/// Exit code, standard output, standard error.
type Outcome = (i32, String, String);

fn tidegate(arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    run(Command::new(env!("CARGO_BIN_EXE_tidegate")).args(arguments).envs(variables.iter().copied()))
}

fn run(command: &mut Command) -> Outcome {
    for name in ["CLICOLOR_FORCE", "NO_COLOR", "COLUMNS"] {
        if !command.get_envs().any(|(set, _)| set == name) {
            command.env_remove(name);
        }
    }
    let output = command
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// A folder with links to the program by these names, and the PATH with it in front.
fn linked(names: &[&str]) -> (TempDir, std::ffi::OsString) {
    let folder = TempDir::new().unwrap();
    for name in names {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tidegate"), folder.path().join(name)).unwrap();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(folder.path().to_owned()).chain(env::split_paths(&path))).unwrap();
    (folder, path)
}

/// A program of the PATH or of other folders. None, with a line on standard error, where it is missing; where
/// `CI=true` that is an error.
fn program(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = folders.iter().cloned().chain(env::split_paths(&path));
    let found = folders.find_map(|folder| Some(folder.join(name)).filter(|program: &PathBuf| Path::is_file(program)));
    if found.is_none() {
        skip(&format!("no {name}; make test installs it"));
    }
    found
}
