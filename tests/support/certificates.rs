//! Certificates for servers on loopback, made anew for each of them.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::CertificateDer;

/// A certificate authority of its own and one server certificate from it, as files.
pub(crate) struct Certificates {
    pub(crate) authority_file: PathBuf,
    pub(crate) authority_pem: String,
    pub(crate) authority: CertificateDer<'static>,
    pub(crate) certificate_file: PathBuf,
    pub(crate) key_file: PathBuf,
}

impl Certificates {
    /// Writes `ca.crt`, `tls.crt` and `tls.key` into `folder`, for 127.0.0.1 and localhost.
    pub(crate) fn write_to(folder: &Path) -> Self {
        let authority = authority();
        let (certificate, key) = leaf(&authority);
        let write = |name: &str, content: &str| {
            let path = folder.join(name);
            fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            path
        };
        Self {
            authority_file: write("ca.crt", &authority.pem()),
            authority_pem: authority.pem(),
            authority: authority.der().clone(),
            certificate_file: write("tls.crt", &certificate),
            key_file: write("tls.key", &key),
        }
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "tidegate tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().expect("a key can be generated");
    CertifiedIssuer::self_signed(params, key).expect("the parameters are valid")
}

fn leaf(authority: &CertifiedIssuer<'static, KeyPair>) -> (String, String) {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().expect("a key can be generated");
    let certificate = params.signed_by(&key, authority).expect("the parameters are valid");
    (certificate.pem(), key.serialize_pem())
}
