//! Every case of every policy, on the real engine: one test a file under `policies/*/cases/`.
//!
//! Beside what a case expects, each shows what must hold always: a second pass over the repaired
//! object repairs nothing, an audit finds the same as the gate, and no text holds a credential.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod case;
mod check;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials = case_files()
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(policies()).unwrap().display().to_string().replace("/cases/", ": ");
            Trial::test(name, move || check::check(&file).map_err(Failed::from))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn policies() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/policies"))
}

fn case_files() -> Vec<PathBuf> {
    let mut files: Vec<_> = folders(policies())
        .into_iter()
        .flat_map(|policy| folders_and_files(&policy.join("cases")))
        .filter(|file| file.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no cases below {}", policies().display());
    files
}

fn folders(path: &Path) -> Vec<PathBuf> {
    folders_and_files(path).into_iter().filter(|path| path.is_dir()).collect()
}

fn folders_and_files(path: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(path).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}
