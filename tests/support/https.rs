//! A minimal HTTPS client: one HTTP/1.1 request on a connection of its own, blocking.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, IpAddr, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};

/// No answer takes longer than this, not even a refused review.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The API server and the gate answer in JSON or plain text.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A server on loopback, and the certificate authority that vouches for it.
pub(crate) struct Server<'a> {
    pub(crate) port: u16,
    pub(crate) authority: &'a CertificateDer<'static>,
}

impl Server<'_> {
    pub(crate) fn get(&self, path: &str) -> io::Result<Response> {
        self.request(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n"), b"")
    }

    pub(crate) fn post_json(&self, path: &str, body: &[u8]) -> io::Result<Response> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n",
            body.len()
        );
        self.request(&head, body)
    }

    fn request(&self, head: &str, body: &[u8]) -> io::Result<Response> {
        let mut stream = self.connect()?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(b"Connection: close\r\n\r\n")?;
        stream.write_all(body)?;
        stream.flush()?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            // A server may close without TLS' closing alert.
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(error),
            _ => parse(&String::from_utf8_lossy(&answer)),
        }
    }

    /// A connection of TLS, its handshake still to come.
    pub(super) fn connect(&self) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).map_err(io::Error::other)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        socket.set_read_timeout(Some(TIMEOUT))?;
        socket.set_write_timeout(Some(TIMEOUT))?;
        Ok(StreamOwned::new(connection, socket))
    }
}

fn parse(answer: &str) -> io::Result<Response> {
    let (head, body) =
        answer.split_once("\r\n\r\n").ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no HTTP response"))?;
    let status = head
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no HTTP status"))?;
    Ok(Response { status, body: body.to_owned() })
}
