//! `tidegate` as a user starts it, with an environment and a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

/// Somebody at a shell.
pub(crate) struct User {
    folder: TempDir,
    environment: Vec<(&'static str, PathBuf)>,
}

/// What a command came to.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl User {
    /// Somebody without credentials and certificates. Compiled policies are shared with the other tests, and what is
    /// fetched is not.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        fs::create_dir(&cache).unwrap();
        // Compiling takes seconds.
        let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tidegate/compiled");
        if compiled.is_dir() {
            copy(&compiled, &cache.join("compiled"));
        }
        Self { folder, environment: Vec::new() }
    }

    /// Trusts the certificates of this file only.
    pub(crate) fn trusting(mut self, file: &Path) -> Self {
        self.environment.push(("SSL_CERT_FILE", file.to_owned()));
        self
    }

    /// Has this configuration of Docker.
    pub(crate) fn with_docker(mut self, configuration: &str) -> Self {
        self.write("docker/config.json", configuration);
        self.environment.push(("DOCKER_CONFIG", self.path("docker")));
        self
    }

    /// Has this program before all others.
    pub(crate) fn with_program(self, name: &str, script: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let file = self.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}"));
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("TIDEGATE_CACHE_DIR", self.path("cache"))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Pushes a component.
    #[track_caller]
    pub(crate) fn push(&self, component: &[u8], address: &str) -> Said {
        let file = self.write("pushed.wasm", component);
        self.run(&["policy", "push", file.to_str().unwrap(), address])
    }

    /// Loads policies, one of which has this in its `spec`.
    pub(crate) fn load(&self, spec: &str) -> Said {
        self.write("probes.yaml", super::document(spec));
        self.run(&["explain", "--format", "json", "probes", "--policy", "probes.yaml"])
    }
}

impl Said {
    /// It went well.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// It did not, and these words say so.
    #[track_caller]
    pub(crate) fn fails_with(self, words: &[&str]) -> Self {
        assert_eq!(self.code, 2, "{}{}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word}\nis not in\n{}", self.stderr);
        }
        assert_eq!(self.stderr.lines().count(), 1, "one line, not\n{}", self.stderr);
        self
    }

    /// Nothing of it was said.
    #[track_caller]
    pub(crate) fn without(self, secret: &str) -> Self {
        assert!(!self.stderr.contains(secret) && !self.stdout.contains(secret), "{}{}", self.stdout, self.stderr);
        self
    }

    /// The value of a line of what `policy push` prints.
    #[track_caller]
    pub(crate) fn line(&self, field: &str) -> String {
        let start = format!("{field}: ");
        self.stdout
            .lines()
            .find_map(|line| line.strip_prefix(&start))
            .unwrap_or_else(|| panic!("{}", self.stdout))
            .to_owned()
    }
}

/// `NAME:PASSWORD` as Docker writes it.
pub(crate) fn encoded(username: &str, password: &str) -> String {
    STANDARD.encode(format!("{username}:{password}"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, new) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &new);
        } else {
            // Another test may be writing it.
            let _ = fs::hard_link(&path, &new);
        }
    }
}
