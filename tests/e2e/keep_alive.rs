//! A client that keeps its connections, as the API server does.

use std::sync::Arc;

use axum::body::Body;
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Why a request was not answered.
#[derive(Debug)]
#[allow(dead_code, reason = "the texts are for the message of a failed test")]
pub(crate) enum Failure {
    /// There was no connection to send it on.
    NotConnected(String),
    /// It was sent, and no whole answer came.
    NotAnswered(String),
}

/// One connection at a time to a server on loopback, made anew when it was closed.
pub(crate) struct KeepAlive {
    port: u16,
    tls: TlsConnector,
    connection: Option<SendRequest<Body>>,
}

impl KeepAlive {
    pub(crate) fn new(port: u16, authority: &CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { port, tls: TlsConnector::from(Arc::new(config)), connection: None }
    }

    /// Posts JSON on the open connection, or on a new one; the answer's status.
    pub(crate) async fn post(&mut self, path: &str, body: Arc<[u8]>) -> Result<u16, Failure> {
        let mut connection = match self.connection.take() {
            Some(open) if !open.is_closed() => open,
            _ => self.connect().await.map_err(Failure::NotConnected)?,
        };
        let not_answered = |error: hyper::Error| Failure::NotAnswered(error.to_string());
        connection.ready().await.map_err(|error| Failure::NotConnected(error.to_string()))?;
        let request = Request::post(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Body::from(body.to_vec()))
            .unwrap();
        let response = connection.send_request(request).await.map_err(not_answered)?;
        let status = response.status().as_u16();
        let read = axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await;
        read.map_err(|error| Failure::NotAnswered(error.to_string()))?;
        self.connection = Some(connection);
        Ok(status)
    }

    async fn connect(&self) -> Result<SendRequest<Body>, String> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.map_err(|error| error.to_string())?;
        let name = ServerName::try_from("localhost").unwrap();
        let stream = self.tls.connect(name, stream).await.map_err(|error| error.to_string())?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        Ok(sender)
    }
}
