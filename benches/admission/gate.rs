//! The gate as a process of its own.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use crate::client::Connection;
use crate::load::Target;

/// A running gate; it ends with this value.
pub(crate) struct Gate {
    process: Child,
    pub(crate) target: Target,
    _files: TempDir,
}

impl Gate {
    /// Starts a gate without a cluster, and tells how long it took to be ready.
    pub(crate) fn start(cache: &Path) -> (Self, Duration) {
        Self::start_with(cache, &[])
    }

    /// The same with policies out of files.
    pub(crate) fn start_with(cache: &Path, policies: &[&Path]) -> (Self, Duration) {
        let files = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
        let (certificate_file, key_file) = (files.path().join("tls.crt"), files.path().join("tls.key"));
        fs::write(&certificate_file, own.pem()).unwrap();
        fs::write(&key_file, key.serialize_pem()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let started = Instant::now();
        let process = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--shutdown-delay", "0s"])
            .arg("--tls-cert")
            .arg(&certificate_file)
            .arg("--tls-key")
            .arg(&key_file)
            .arg("--cache-dir")
            .arg(cache)
            .args(policies.iter().flat_map(|file| [OsStr::new("--policy"), file.as_os_str()]))
            .env_clear()
            .env("HOME", files.path())
            .env("RUST_LOG", "warn")
            .envs(std::env::var("MALLOC_ARENA_MAX").map(|arenas| ("MALLOC_ARENA_MAX", arenas)))
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let target = Target { port, certificate: own.der().clone() };
        let gate = Self { process, target, _files: files };
        loop {
            if Connection::open(&gate.target).is_ok_and(|mut connection| connection.get("/readyz") == 200) {
                return (gate, started.elapsed());
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the gate does not become ready");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// `VmRSS` of the process.
    pub(crate) fn resident_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
