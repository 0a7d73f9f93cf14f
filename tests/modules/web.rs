//! A server that answers whatever a test wants: one connection for each request, with or without TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::certificates::Certificates;
use crate::folder::TemporaryFolder;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Path and query.
    pub(crate) path: String,
    /// The header `Authorization`.
    pub(crate) authorization: Option<String>,
}

/// What is answered.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Without `Content-Length`: what comes is all.
    pub(crate) is_endless: bool,
    /// Before the last half of the body.
    pub(crate) pause: Option<Duration>,
}

/// A running server; its thread ends with the test's process.
pub(crate) struct Web {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

/// Certificates for servers with TLS, and their folder.
pub(crate) struct Tls {
    pub(crate) certificates: Certificates,
    _folder: TemporaryFolder,
}

impl Tls {
    pub(crate) fn new() -> Self {
        let folder = TemporaryFolder::new("web");
        Self { certificates: Certificates::write_to(folder.path()), _folder: folder }
    }

    fn config(&self) -> Arc<ServerConfig> {
        let chain = CertificateDer::pem_file_iter(&self.certificates.certificate_file).unwrap().map(Result::unwrap);
        let key = PrivateKeyDer::from_pem_file(&self.certificates.key_file).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.collect(), key)
            .unwrap();
        Arc::new(config)
    }
}

impl Web {
    pub(crate) fn start(tls: Option<&Tls>, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (config, noted, answer) = (tls.map(Tls::config), Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (config, noted, answer) = (config.clone(), Arc::clone(&noted), Arc::clone(&answer));
                thread::spawn(move || {
                    let serve = |stream: &mut dyn ReadWrite| {
                        if let Some(request) = read(stream) {
                            noted.lock().unwrap().push(request.clone());
                            // Who has heard enough may go.
                            let _ = write(stream, &answer(&request));
                        }
                    };
                    match config {
                        None => serve(&mut { socket }),
                        Some(config) => {
                            let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
                            serve(&mut stream);
                            stream.conn.send_close_notify();
                            let _ = stream.flush();
                        }
                    }
                });
            }
        });
        Self { port, asked }
    }

    /// What was asked until now.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    /// An address of this server by the name `localhost`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, headers: vec![("Location", to.to_owned())], ..Self::default() }
    }

    pub(crate) fn unauthorized(challenge: String) -> Self {
        Self { status: 401, headers: vec![("WWW-Authenticate", challenge)], ..Self::default() }
    }
}

trait ReadWrite: Read + Write {}
impl ReadWrite for TcpStream {}
impl ReadWrite for StreamOwned<ServerConnection, TcpStream> {}

fn read(stream: &mut dyn ReadWrite) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    // Whoever begins to speak TLS where there is none gets no answer.
    if !reader.fill_buf().ok()?.first()?.is_ascii_uppercase() {
        return None;
    }
    let mut lines = reader.lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let authorization = headers.iter().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
    });
    Some(Request { path, authorization })
}

fn write(stream: &mut dyn ReadWrite, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !answer.is_endless {
        head += &format!("Content-Length: {}\r\n", answer.body.len());
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    let (first, last) = answer.body.split_at(answer.body.len() / 2);
    stream.write_all(first)?;
    if let Some(pause) = answer.pause {
        stream.flush()?;
        thread::sleep(pause);
    }
    stream.write_all(last)?;
    stream.flush()
}
