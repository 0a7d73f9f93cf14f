//! Who may ask for reviews: whoever reaches the port, or only who shows a certificate of a given authority.
//!
//! The API server shows none unless it is told to (`--admission-control-config-file`). Where it does, nobody else in
//! the cluster's network can have an object judged, and a Secret made for it, that was never to be stored.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

/// Why an authority of clients cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientAuthorityError {
    /// There is none.
    #[error("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")]
    None,
    /// There is one that is no authority, or damaged.
    #[error("a certificate of it cannot be used: {0}")]
    Unusable(String),
}

/// The authorities that clients have their certificates of.
#[derive(Debug, Clone)]
pub struct ClientAuthority(pub(super) Arc<dyn ClientCertVerifier>);

impl ClientAuthority {
    /// Reads them, one or more.
    ///
    /// # Errors
    /// [`ClientAuthorityError`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, ClientAuthorityError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| ClientAuthorityError::None)?;
            roots.add(certificate).map_err(|error| ClientAuthorityError::Unusable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(ClientAuthorityError::None);
        }
        // Who shows none is not turned away yet: a kubelet that asks whether the gate is ready has none.
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider()))
            .allow_unauthenticated()
            .build()
            .map(Self)
            .map_err(|error| ClientAuthorityError::Unusable(error.to_string()))
    }
}

/// A connection on which a certificate was wanted, and none shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stranger;
