//! Certificates: which pairs are refused, and how they are replaced while running.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidegate::secrets::NoSecretStore;
use tidegate::server::{Certificate, CertificateError, CertificateFiles, Listener};

use crate::support::{Server, connect, pair};

#[test]
fn a_pair_must_be_one() {
    let ((chain, key), (_, other)) = (pair(), pair());
    let result = |chain: &str, key: &str| Certificate::from_pem(chain.as_bytes(), key.as_bytes()).err();
    assert!(result(&chain, &key).is_none());
    assert!(matches!(result(&chain, &other), Some(CertificateError::Mismatch)));
    assert!(matches!(result("", &key), Some(CertificateError::NoCertificate)));
    assert!(matches!(result(&key, &key), Some(CertificateError::NoCertificate)));
    assert!(matches!(result(&chain, &chain), Some(CertificateError::NoKey)));
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(result(damaged, &key), Some(CertificateError::Unusable(_))));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let files = CertificateFiles { certificate: "/nowhere/tls.crt".into(), key: "/nowhere/tls.key".into() };
    assert!(files.load().err().unwrap().to_string().starts_with("cannot read /nowhere/tls.crt: No such file"));
}

/// Puts a pair where Kubernetes puts a new version of a mounted Secret, and swaps the link.
fn swap(mount: &Path, version: &str, (chain, key): &(String, String)) {
    let folder = mount.join(version);
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("tls.crt"), chain).unwrap();
    std::fs::write(folder.join("tls.key"), key).unwrap();
    symlink(version, mount.join("..data_tmp")).unwrap();
    std::fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
}

#[tokio::test]
async fn every_swap_of_the_mounted_files_is_seen_and_a_broken_one_changes_nothing() {
    let mount = tempfile::tempdir().unwrap();
    let first = pair();
    swap(mount.path(), "..1", &first);
    for file in ["tls.crt", "tls.key"] {
        symlink(Path::new("..data").join(file), mount.path().join(file)).unwrap();
    }
    let files = CertificateFiles { certificate: mount.path().join("tls.crt"), key: mount.path().join("tls.key") };
    let server = Server::start(Arc::new(NoSecretStore), Duration::ZERO).await;
    let (certificate, seen) = files.load().unwrap();
    server.certificate.replace(certificate);
    tokio::spawn(files.follow(Arc::clone(&server.certificate), seen, Duration::from_millis(20)));
    assert!(serves(&server, &first.0).await);

    let (second, third) = (pair(), pair());
    swap(mount.path(), "..2", &second);
    assert!(serves(&server, &second.0).await, "the first swap was missed");
    assert!(!accepts(&server, &first.0).await);
    std::fs::remove_dir_all(mount.path().join("..1")).unwrap();
    swap(mount.path(), "..3", &(third.0.clone(), pair().1));
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(accepts(&server, &second.0).await, "a broken pair is in use");
    swap(mount.path(), "..4", &third);
    assert!(serves(&server, &third.0).await, "the second swap was missed");
}

async fn accepts(server: &Server, chain: &str) -> bool {
    connect(server.address, chain, "http/1.1", &rustls::version::TLS13).await.is_ok()
}

/// Whether the server comes to use a certificate within some seconds.
async fn serves(server: &Server, chain: &str) -> bool {
    for _ in 0..100 {
        if accepts(server, chain).await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_way_out() {
    let taken = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let error = Listener::bind(taken.address()).await.err().unwrap().to_string();
    assert!(error.contains(&taken.address().to_string()) && error.contains("--listen"), "{error}");
}
