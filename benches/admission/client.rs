//! A connection with keep-alive: HTTP/1.1 over TLS, as an API server keeps it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};

use crate::load::Target;

/// An open connection.
pub(crate) struct Connection(BufReader<StreamOwned<ClientConnection, TcpStream>>);

impl Connection {
    pub(crate) fn open(target: &Target) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(target.certificate.clone()).map_err(io::Error::other)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::IpAddress(IpAddr::from(Ipv4Addr::LOCALHOST).into());
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, target.port))?;
        socket.set_nodelay(true)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        Ok(Self(BufReader::new(StreamOwned::new(connection, socket))))
    }

    pub(crate) fn get(&mut self, path: &str) -> u16 {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: gate\r\n\r\n").as_bytes()).map_or(0, |(status, _)| status)
    }

    /// Sends a whole request and reads its answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.0.get_mut().write_all(request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }
}
