//! The certificate's files, read anew while the gate runs.
//!
//! What is compared is the content, read through the path each time. Kubernetes replaces a mounted
//! Secret by swapping a symlink (`..data`): whoever watches the file itself sees the first swap and
//! misses the second.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::tls::{Certificate, CertificateError, CurrentCertificate};

/// How often the files are read. Reading two small files costs microseconds; the kubelet needs up
/// to a minute to bring a change.
pub const INTERVAL: Duration = Duration::from_secs(2);
/// A swap may come between reading the one file and the other: then they are read once more.
const SETTLE: Duration = Duration::from_millis(100);

/// Where a certificate and its key are.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The chain in PEM.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// Why the files give no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFilesError {
    /// One cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// They hold no pair that can be used.
    #[error("{} with {}: {source}", certificate.display(), key.display())]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        source: CertificateError,
    },
}

/// The content of both files.
struct Pair {
    chain: Vec<u8>,
    key: Vec<u8>,
}

/// What was last found in the files, told apart from other finds without keeping it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen(Result<[u8; 32], io::ErrorKind>);

impl CertificateFiles {
    /// Reads the pair; what was seen is for [`Self::follow`].
    ///
    /// # Errors
    /// [`CertificateFilesError`] names the file.
    pub fn load(&self) -> Result<(Certificate, Seen), CertificateFilesError> {
        let pair = self.read()?;
        let certificate = self.parse(&pair)?;
        Ok((certificate, seen(&Ok(pair))))
    }

    /// Reads the pair again and again, for ever, and puts each new one into use. A broken pair is
    /// logged once, and the old one stays.
    pub async fn follow(self, current: Arc<CurrentCertificate>, mut last: Seen, interval: Duration) {
        loop {
            tokio::time::sleep(interval).await;
            let mut found = self.read();
            if seen(&found) == last {
                continue;
            }
            if !found.as_ref().is_ok_and(|pair| self.parse(pair).is_ok()) {
                tokio::time::sleep(SETTLE).await;
                found = self.read();
            }
            last = seen(&found);
            match found.and_then(|pair| self.parse(&pair)) {
                Ok(certificate) => {
                    current.replace(certificate);
                    tracing::info!(file = %self.certificate.display(), "a new certificate is in use");
                }
                Err(error) => tracing::error!("the old certificate stays in use: {error}"),
            }
        }
    }

    /// Two small files: reading them holds a task up no longer than handing them to another thread.
    fn read(&self) -> Result<Pair, CertificateFilesError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|source| CertificateFilesError::Unreadable { path: path.to_owned(), source })
        };
        Ok(Pair { chain: read(&self.certificate)?, key: read(&self.key)? })
    }

    fn parse(&self, pair: &Pair) -> Result<Certificate, CertificateFilesError> {
        Certificate::from_pem(&pair.chain, &pair.key).map_err(|source| CertificateFilesError::Unusable {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            source,
        })
    }
}

fn seen(found: &Result<Pair, CertificateFilesError>) -> Seen {
    Seen(match found {
        Ok(Pair { chain, key }) => {
            let length = chain.len().to_be_bytes();
            Ok(Sha256::new().chain_update(length).chain_update(chain).chain_update(key).finalize().into())
        }
        Err(CertificateFilesError::Unreadable { source, .. }) => Err(source.kind()),
        Err(CertificateFilesError::Unusable { .. }) => Err(io::ErrorKind::InvalidData),
    })
}
