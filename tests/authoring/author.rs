//! An author at a shell: commands in a folder, with the program that is under test first in the path.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::skip::skip;

/// What the build of a language starts from.
pub(crate) const LANGUAGES: [(&str, &[&str]); 4] = [
    ("rust", &["cargo"]),
    ("javascript", &["node", "npm"]),
    ("typescript", &["node", "npm"]),
    ("python", &["python3"]),
];

/// Somebody at a shell.
pub(crate) struct Author {
    folder: PathBuf,
}

impl Author {
    /// In an empty folder of this name, which stays for a look after the test; none if this machine lacks what the
    /// language needs.
    pub(crate) fn new(name: &str, language: &str) -> Option<Self> {
        let (_, programs) = LANGUAGES.iter().find(|(word, _)| *word == language).unwrap();
        let path = env::var_os("PATH").unwrap_or_default();
        for program in *programs {
            if !env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
                skip(&format!("{program} is not here; scripts/install-tools authors brings it"));
                return None;
            }
        }
        let folder = scratch().join(format!("{name}-{language}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Some(Self { folder })
    }

    /// Where the author is: `cd` leads elsewhere.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file below the folder, whatever it held.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a command line; gives its exit code, and what was to be read on the terminal.
    pub(crate) fn run(&mut self, command: &str) -> (i32, String) {
        let place = scratch().join(format!("place-{}", std::process::id())).join(self.folder.file_name().unwrap());
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_tidegate")).parent().unwrap();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([program.to_owned()].into_iter().chain(env::split_paths(&path))).unwrap();
        let script = format!("exec 2>&1\n{command}\nstatus=$?\npwd > \"$AUTHOR_PLACE\"\nexit $status\n");
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env("AUTHOR_PLACE", &place)
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            // What cargo makes of the SDK is the same for all, and costs a minute.
            .env("CARGO_TARGET_DIR", scratch().join("cargo"))
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let there = fs::read_to_string(&place).unwrap_or_default();
        if !there.trim().is_empty() {
            self.folder = PathBuf::from(there.trim());
        }
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command line that has to succeed; gives what was to be read on the terminal.
    pub(crate) fn succeed(&mut self, command: &str) -> String {
        let (code, out) = self.run(command);
        assert_eq!(code, 0, "$ {command}\n{out}");
        out
    }
}

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("authors")
}
