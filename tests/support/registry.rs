//! Debian's docker-registry in a folder of its own, on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::certificates::Certificates;
use super::folder::TemporaryFolder;
use super::process::{Process, tied};
use super::skip::skip;
use super::{port, wait};

/// It listens within a second; a busy machine gets more.
const START: Duration = Duration::from_secs(30);
/// Who may use a registry with passwords.
pub(crate) const USER: &str = "ann";
/// Her password, which stands nowhere else.
pub(crate) const PASSWORD: &str = "let-me-in-7";
/// The same for the registry: bcrypt, the only kind that it takes (`openssl passwd` has none).
const HTPASSWD: &str = "ann:$2b$04$gWW2g6q7NY62HzJ9bgnDwOXm6CbgBzpJPr2E3ERa.oKfTsn3p1vkG\n";

/// A running registry. It ends with the value.
pub(crate) struct Registry {
    port: u16,
    process: Option<Process>,
    folder: TemporaryFolder,
    pub(crate) certificates: Option<Certificates>,
}

/// What a registry wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Nothing,
    Password,
    Tls,
}

impl Registry {
    /// Starts an empty one. Without the program (`scripts/install-tools registry`) the caller is to leave its test.
    pub(crate) fn start(wants: Wants) -> Option<Self> {
        let program = program();
        if !program.is_file() {
            skip("there is no docker-registry: make test gets it, or scripts/install-tools registry");
            return None;
        }
        let folder = TemporaryFolder::new("registry");
        let certificates = (wants == Wants::Tls).then(|| Certificates::write_to(folder.path()));
        let mut registry = Self { port: port::free(), process: None, folder, certificates };
        registry.write_configuration(wants);
        registry.go_on();
        Some(registry)
    }

    /// `localhost:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// `oci://localhost:PORT/NAME`.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("oci://{}/{name}", self.host())
    }

    /// It is gone, with all that it stores kept.
    pub(crate) fn stop(&mut self) {
        self.process = None;
    }

    /// It is there again.
    pub(crate) fn go_on(&mut self) {
        let mut command = tied(&program());
        command.arg("serve").arg(self.folder.path().join("config.yml"));
        let mut process = Process::start("docker-registry", command, &self.folder.path().join("log"));
        let port = self.port;
        process.wait_until(START, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        self.process = Some(process);
    }

    /// The file in which a blob is stored.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.trim_start_matches("sha256:");
        let blobs = self.folder.path().join("storage/docker/registry/v2/blobs/sha256");
        blobs.join(&hex[..2]).join(hex).join("data")
    }

    /// What it logs of whoever asks: a line for each request.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("the registry has a log")
    }

    fn write_configuration(&self, wants: Wants) {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let mut text = format!(
            "version: 0.1\nlog: {{ level: info }}\nstorage:\n  filesystem: {{ rootdirectory: {} }}\nhttp:\n  addr: \
             127.0.0.1:{}\n",
            path("storage"),
            self.port
        );
        if wants == Wants::Tls {
            text += &format!("  tls: {{ certificate: {}, key: {} }}\n", path("tls.crt"), path("tls.key"));
        }
        if wants == Wants::Password {
            self.folder.write("htpasswd", HTPASSWD);
            text += &format!("auth:\n  htpasswd: {{ realm: tests, path: {} }}\n", path("htpasswd"));
        }
        self.folder.write("config.yml", text);
    }
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("target/tmp is below target")
        .join("registry/usr/bin/docker-registry")
}

/// Waits until nobody listens there any more.
pub(crate) fn gone(registry: &Registry) {
    let port = registry.port;
    wait::eventually("the registry is gone", START, || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    });
}
