//! TLS: one certificate at a time, replaceable while connections are served.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};

use super::clients::ClientAuthority;
use crate::certificates::ends_at;
use crate::metrics::CertificateMetrics;

/// Why a certificate cannot be used. No message holds anything of the key.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file with the certificate holds none.
    #[error("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// The file with the key holds none.
    #[error("the key's file holds no private key in PEM (-----BEGIN PRIVATE KEY-----)")]
    NoKey,
    /// They do not belong together.
    #[error("the certificate and the private key do not belong together; give the two files of one pair")]
    Mismatch,
    /// The key is of a kind that is not supported, or the certificate is damaged.
    #[error("the certificate or its key cannot be used: {0}")]
    Unusable(#[source] Error),
    /// The versions of TLS are not supported. Never, with the provider that is built in.
    #[error("TLS cannot be set up: {0}")]
    Protocol(#[source] Error),
}

/// A certificate with its key, checked to belong together.
#[derive(Debug, Clone)]
pub struct Certificate {
    pair: Arc<CertifiedKey>,
    /// In seconds since 1970.
    ends_at: Option<i64>,
}

impl Certificate {
    /// Reads a chain, the server's own certificate first, and its key.
    ///
    /// # Errors
    /// [`CertificateError`] if they cannot be used, or not together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let ends_at = std::str::from_utf8(chain).ok().and_then(ends_at).map(Timestamp::as_second);
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::NoCertificate)?;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateError::NoKey)?;
        match CertifiedKey::from_der(chain, key, &ring::default_provider()) {
            Ok(pair) => Ok(Self { pair: Arc::new(pair), ends_at }),
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(CertificateError::Mismatch),
            Err(error) => Err(CertificateError::Unusable(error)),
        }
    }
}

/// The certificate in use. New handshakes get the newest; connections keep theirs.
#[derive(Debug)]
pub struct CurrentCertificate {
    pair: ArcSwap<CertifiedKey>,
    metrics: CertificateMetrics,
}

impl CurrentCertificate {
    /// Starts with one, whose end is told.
    pub fn new(certificate: Certificate, metrics: &CertificateMetrics) -> Arc<Self> {
        metrics.ends_at(certificate.ends_at.unwrap_or_default());
        Arc::new(Self { pair: ArcSwap::new(certificate.pair), metrics: metrics.clone() })
    }

    /// Takes another one from now on.
    pub fn replace(&self, certificate: Certificate) {
        self.metrics.ends_at(certificate.ends_at.unwrap_or_default());
        self.pair.store(certificate.pair);
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.pair.load_full())
    }
}

/// TLS 1.3 and 1.2, HTTP/2 and HTTP/1.1; of clients a certificate is wanted if their authority is given.
///
/// # Errors
/// [`CertificateError::Protocol`], which does not happen with the provider that is built in.
pub fn server_config(
    certificate: Arc<CurrentCertificate>,
    clients: Option<&ClientAuthority>,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(CertificateError::Protocol)?;
    let config = match clients {
        Some(ClientAuthority(verifier)) => config.with_client_cert_verifier(Arc::clone(verifier)),
        None => config.with_no_client_auth(),
    };
    let mut config = config.with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Makes ring the process's choice, for the clients that ask the process (kube's).
pub fn use_ring() {
    // Someone was first: then it is ring too, the only one that is built in.
    let _: Result<(), Arc<CryptoProvider>> = ring::default_provider().install_default();
}
