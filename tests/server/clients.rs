//! Who may ask for reviews where clients have to show a certificate.

use axum::body::Body;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tidegate::server::ClientAuthority;

use crate::support::{Server, connect_as, get, log_lines, post, read, review};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for a client, or for a server.
    fn leaf(&self, usage: ExtendedKeyUsagePurpose) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let mut params = CertificateParams::new(vec!["apiserver".to_owned()]).unwrap();
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    }
}

#[tokio::test]
async fn reviews_are_for_clients_of_the_authority() {
    let (own, other) = (Authority::new(), Authority::new());
    let server = Server::start_for(ClientAuthority::from_pem(own.0.pem().as_bytes()).unwrap()).await;
    let client = ExtendedKeyUsagePurpose::ClientAuth;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        for (shown, status) in [
            (Some(own.leaf(client.clone())), Some(StatusCode::OK)),
            (None, Some(StatusCode::FORBIDDEN)),
            (Some(other.leaf(client.clone())), None),
            (Some(own.leaf(ExtendedKeyUsagePurpose::ServerAuth)), None),
        ] {
            for path in ["/mutate", "/validate"] {
                let shown = shown.as_ref().map(|(certificate, key)| (certificate.clone(), key.clone_key()));
                let asked = post(path, "application/json", review("fine").to_string());
                let answer = ask(&server, version, shown, asked).await;
                assert_eq!(answer.as_ref().map(|(status, _)| *status), status, "{path} {answer:?}");
                let told = answer.map(|(_, text)| text).unwrap_or_default();
                assert!(status != Some(StatusCode::FORBIDDEN) || told.contains("--client-ca"), "{told}");
            }
        }
        // Whoever asks whether it is ready has none.
        for path in ["/healthz", "/readyz"] {
            assert_eq!(ask(&server, version, None, get(path)).await.map(|(status, _)| status), Some(StatusCode::OK));
        }
    }
    let lines = String::from_utf8(log_lines().lock().unwrap().clone()).unwrap();
    assert!(lines.contains("no review: reviews are only for clients with a certificate"), "{lines}");
}

/// None if the connection does not come about: with TLS 1.3 a client hears of that only when it reads.
async fn ask(
    server: &Server,
    version: &'static rustls::SupportedProtocolVersion,
    own: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
    request: Request<Body>,
) -> Option<(StatusCode, String)> {
    let stream = connect_as(server.address, &server.chain, "http/1.1", version, own).await.ok()?;
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    Some(read(client.send_request(request).await.ok()?).await)
}

#[test]
fn what_is_no_authority_is_told() {
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    for (pem, told) in [
        ("", "it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"),
        ("no PEM", "it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"),
        (broken, "a certificate of it cannot be used: "),
    ] {
        let error = ClientAuthority::from_pem(pem.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}
