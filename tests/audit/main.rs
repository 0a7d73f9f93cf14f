//! `tidegate audit` as a user starts it: what is wanted, where the report goes, what is known, and bad input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod charts;
mod copies;
mod exceptions;
mod known;
mod left_alone;
mod outputs;
#[path = "../support/programs.rs"]
#[allow(dead_code, unused_imports, reason = "it serves other tests too")]
mod programs;
mod progress;
mod rendered;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod skip;
mod wanted;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A server with findings of every severity: no volume (high), latest (medium), a password (critical).
pub(crate) const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: mysql
  namespace: shop
spec:
  selector: { matchLabels: { app: mysql } }
  template:
    metadata: { labels: { app: mysql } }
    spec:
      containers:
        - name: mysql
          image: mysql:8.4
          env:
            - name: MYSQL_ROOT_PASSWORD
              value: correct-horse
";

/// A folder in which the command is run.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

/// What a command came to.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let this = Self { folder: TempDir::new().unwrap() };
        for (name, text) in files {
            this.write(name, text);
        }
        this
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("CLICOLOR_FORCE")
            .env_remove("NO_COLOR");
        command
    }

    pub(crate) fn audit(&self, arguments: &[&str]) -> Outcome {
        let arguments: Vec<&str> = ["audit"].iter().chain(arguments).copied().collect();
        Outcome::of(self.command(env!("CARGO_BIN_EXE_tidegate"), &arguments).output().unwrap())
    }

    /// With this program on the `PATH`, and what is beside it.
    pub(crate) fn audit_with(&self, program: &Path, arguments: &[&str]) -> Outcome {
        self.audit_on_path(&format!("{}:/usr/bin:/bin", program.parent().unwrap().display()), arguments)
    }

    pub(crate) fn audit_on_path(&self, path: &str, arguments: &[&str]) -> Outcome {
        let arguments: Vec<&str> = ["audit"].iter().chain(arguments).copied().collect();
        let mut command = self.command(env!("CARGO_BIN_EXE_tidegate"), &arguments);
        // Nothing that the user of this machine has set for these programs.
        Outcome::of(command.env("PATH", path).env("HOME", self.folder.path()).output().unwrap())
    }

    /// Git, as somebody who has no settings.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "init.defaultBranch=main"];
        let arguments: Vec<&str> = identity.iter().chain(arguments).copied().collect();
        let output = self.command("git", &arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Outcome {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The rules that a table tells of, in their order.
    pub(crate) fn rules(&self) -> Vec<String> {
        let tells = |line: &str| {
            let (severity, rest) = line.split_once('[')?;
            let known = ["critical", "high", "medium", "low", "info"].contains(&severity);
            known.then(|| rest.split(']').next().unwrap_or_default().to_owned())
        };
        self.out.lines().filter_map(tells).collect()
    }
}
