//! Stands between the gate and its API server, and makes go wrong what a test says.
//!
//! One request on a connection: each is read whole, forwarded on a connection of its own, and what
//! comes back is handed on as it comes, so that watches stream. TLS ends here, on both sides.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConnection, ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use super::certificates::Certificates;
use super::folder::TemporaryFolder;
use super::https::Server;
use super::message::{Message, read_request};
use super::wait;

/// Within this time a request gets to where a test waits for it.
const ARRIVAL: Duration = Duration::from_secs(20);

/// What goes wrong.
#[derive(Clone)]
pub(crate) enum Fault {
    /// It is forwarded only after this time, also when nobody waits for the answer any more.
    Slow(Duration),
    /// It is not forwarded: this is the answer, from its status line on.
    Answer(String),
    /// The connection ends before it is forwarded.
    CutBefore,
    /// It is carried out, and the connection ends before the answer.
    CutAfter,
    /// It is carried out, and the connection ends in the middle of the answer.
    CutAmid,
    /// It is carried out, and the answer kept until [`FaultProxy::release`]; then it is cut.
    Hold,
}

/// Which requests a fault meets.
struct Rule {
    method: &'static str,
    path: &'static str,
    /// How many pass before the first that it meets.
    after: usize,
    /// How many it meets.
    times: usize,
    fault: Fault,
}

/// A proxy before an API server. Dropping it lets nobody in any more.
pub(crate) struct FaultProxy {
    shared: Arc<Shared>,
    port: u16,
    kubeconfig: PathBuf,
    _folder: TemporaryFolder,
}

struct Shared {
    tls: Arc<ServerConfig>,
    api_server_port: u16,
    api_server_authority: CertificateDer<'static>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    requests: VecDeque<String>,
    held: usize,
    released: bool,
    ended: bool,
}

impl FaultProxy {
    /// Before the API server that a kubeconfig of the tests names; [`Self::kubeconfig`] has the same
    /// account, and the proxy in the API server's place.
    pub(crate) fn before(kubeconfig: &Path) -> Self {
        let folder = TemporaryFolder::new("fault-proxy");
        let certificates = Certificates::write_to(folder.path());
        let text = std::fs::read_to_string(kubeconfig).expect("the kubeconfig can be read");
        let mut config: Value = serde_json::from_str(&text).expect("the tests' kubeconfigs are JSON");
        let cluster = &mut config["clusters"][0]["cluster"];
        let port_of = |address: &Value| address.as_str()?.rsplit_once(':')?.1.parse().ok();
        let api_server_port = port_of(&cluster["server"]).expect("the kubeconfig has an address with a port");
        let authority = cluster["certificate-authority"].as_str().expect("the kubeconfig has an authority");
        let api_server_authority = CertificateDer::from_pem_file(authority).expect("the authority can be read");

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        cluster["server"] = format!("https://127.0.0.1:{port}").into();
        cluster["certificate-authority"] = certificates.authority_file.display().to_string().into();
        let kubeconfig = folder.write("proxied.kubeconfig", config.to_string());

        let tls = Arc::new(server_config(&certificates));
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { tls, api_server_port, api_server_authority, state, changed });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&accepting, &listener));
        Self { shared, port, kubeconfig, _folder: folder }
    }

    /// For whoever is to go through the proxy.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// From now on this fault meets every request with this method whose path has this part.
    pub(crate) fn fail(&self, method: &'static str, path: &'static str, fault: Fault) {
        self.fail_some(method, path, 0, usize::MAX, fault);
    }

    /// Lets the first ones pass, and then meets so many.
    pub(crate) fn fail_some(&self, method: &'static str, path: &'static str, after: usize, times: usize, fault: Fault) {
        self.state().rules.push(Rule { method, path, after, times, fault });
    }

    /// Nothing goes wrong any more.
    pub(crate) fn mend(&self) {
        self.state().rules.clear();
    }

    /// Waits until a request is carried out whose answer is held.
    #[track_caller]
    pub(crate) fn await_held(&self) {
        wait::eventually("a request whose answer is held", ARRIVAL, || (self.state().held > 0).then_some(()));
    }

    /// Ends the requests that are held, and holds no more.
    pub(crate) fn release(&self) {
        self.mend();
        self.state().released = true;
        self.shared.changed.notify_all();
    }

    /// The requests since the last call, each `METHOD PATH`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state().requests.drain(..).collect()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().expect("nothing panics under this lock")
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.release();
        self.state().ended = true;
        // Wakes the thread that accepts, so that it sees the end.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn server_config(certificates: &Certificates) -> ServerConfig {
    let certificate = CertificateDer::from_pem_file(&certificates.certificate_file).expect("it was just written");
    let key = PrivateKeyDer::from_pem_file(&certificates.key_file).expect("it was just written");
    // No ALPN: HTTP/1.1, so that to cut a connection is to cut one request.
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
        .expect("the certificate is valid")
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for connection in listener.incoming() {
        if shared.state.lock().expect("nothing panics under this lock").ended {
            return;
        }
        let (Ok(connection), shared) = (connection, Arc::clone(shared)) else { continue };
        // Whatever fails here is a connection that ends early, which the gate has to bear.
        thread::spawn(move || drop(shared.serve(connection)));
    }
}

impl Shared {
    fn serve(&self, connection: TcpStream) -> io::Result<()> {
        let tls = ServerConnection::new(Arc::clone(&self.tls)).map_err(io::Error::other)?;
        let mut client = StreamOwned::new(tls, connection);
        let Some(request) = read_request(&mut client)? else { return Ok(()) };
        match self.fault(&request) {
            None => relay(&mut self.forward(&request)?, &mut client)?,
            Some(Fault::Slow(delay)) => {
                thread::sleep(delay);
                relay(&mut self.forward(&request)?, &mut client)?;
            }
            Some(Fault::Answer(answer)) => client.write_all(answer.as_bytes())?,
            Some(Fault::CutBefore) => return Ok(()),
            Some(Fault::CutAfter) => return self.whole_answer(&request).map(drop),
            Some(Fault::CutAmid) => {
                let answer = self.whole_answer(&request)?;
                client.write_all(&answer[..answer.len() * 2 / 3])?;
                return client.flush();
            }
            Some(Fault::Hold) => {
                self.whole_answer(&request)?;
                let mut state = self.state.lock().expect("nothing panics under this lock");
                state.held += 1;
                while !state.released {
                    state = self.changed.wait(state).expect("nothing panics under this lock");
                }
                return Ok(());
            }
        }
        client.conn.send_close_notify();
        client.flush()
    }

    /// Notes the request, and says what is to become of it.
    fn fault(&self, request: &Message) -> Option<Fault> {
        let mut state = self.state.lock().expect("nothing panics under this lock");
        state.requests.push_back(format!("{} {}", request.method, request.path));
        let rules = state.rules.iter_mut();
        let mut met = rules.filter(|rule| rule.method == request.method && request.path.contains(rule.path));
        let rule = met.next()?;
        if rule.after > 0 {
            rule.after -= 1;
            return None;
        }
        rule.times = rule.times.checked_sub(1)?;
        Some(rule.fault.clone())
    }

    fn forward(&self, request: &Message) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let server = Server { port: self.api_server_port, authority: &self.api_server_authority };
        let mut stream = server.connect()?;
        // A watch may be silent for long.
        stream.sock.set_read_timeout(None)?;
        stream.write_all(&request.bytes)?;
        stream.flush()?;
        Ok(stream)
    }

    fn whole_answer(&self, request: &Message) -> io::Result<Vec<u8>> {
        let mut answer = Vec::new();
        relay(&mut self.forward(request)?, &mut answer)?;
        Ok(answer)
    }
}

/// Hands on what comes, as it comes, until the end.
fn relay(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                to.write_all(&buffer[..length])?;
                to.flush()?;
            }
            // A server may close without TLS' closing alert.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
