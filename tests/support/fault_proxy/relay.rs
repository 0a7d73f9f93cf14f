//! One request on a connection: each is read whole, forwarded on a connection of its own, and what
//! comes back is handed on as it comes, so that watches stream. TLS ends here, on both sides.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConnection, ServerConfig, ServerConnection, StreamOwned};

use super::message::{Message, read_request};
use super::{Fault, Rule};
use crate::support::https::Server;

/// Who really answers.
pub(super) struct Upstream {
    pub(super) port: u16,
    pub(super) authority: CertificateDer<'static>,
}

pub(super) struct Relay {
    tls: Arc<ServerConfig>,
    upstreams: Vec<Upstream>,
    next: AtomicUsize,
    state: Mutex<State>,
    pub(super) changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) rules: Vec<Rule>,
    pub(super) requests: Vec<String>,
    pub(super) answers: Vec<Vec<u8>>,
    pub(super) held: usize,
    pub(super) released: bool,
    pub(super) ended: bool,
}

/// Serves each connection on a thread of its own.
pub(super) fn accept(relay: &Arc<Relay>, listener: &TcpListener) {
    for connection in listener.incoming() {
        if relay.state().ended {
            return;
        }
        let (Ok(connection), relay) = (connection, Arc::clone(relay)) else { continue };
        // Whatever fails here is a connection that ends early, which both sides have to bear.
        thread::spawn(move || drop(relay.serve(connection)));
    }
}

impl Relay {
    pub(super) fn new(tls: ServerConfig, upstreams: Vec<Upstream>) -> Self {
        let (state, changed) = (Mutex::default(), Condvar::new());
        Self { tls: Arc::new(tls), upstreams, next: AtomicUsize::new(0), state, changed }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under this lock")
    }

    fn serve(&self, connection: TcpStream) -> io::Result<()> {
        let tls = ServerConnection::new(Arc::clone(&self.tls)).map_err(io::Error::other)?;
        let mut client = StreamOwned::new(tls, connection);
        let Some(request) = read_request(&mut client)? else { return Ok(()) };
        match self.fault(&request) {
            None => self.hand_on(&request, &mut client)?,
            Some(Fault::Slow(delay)) => {
                thread::sleep(delay);
                self.hand_on(&request, &mut client)?;
            }
            Some(Fault::Answer(answer)) => client.write_all(answer.as_bytes())?,
            Some(Fault::CutBefore) => return Ok(()),
            Some(Fault::CutAfter) => return self.carry_out(&request).map(drop),
            Some(Fault::CutAmid) => {
                let answer = self.carry_out(&request)?;
                client.write_all(&answer[..answer.len() * 2 / 3])?;
                return client.flush();
            }
            Some(Fault::Hold) => {
                self.carry_out(&request)?;
                let mut state = self.state();
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
        let mut state = self.state();
        state.requests.push(format!("{} {}", request.method, request.path));
        let mut rules = state.rules.iter_mut();
        let rule = rules.find(|rule| rule.method == request.method && request.path.contains(rule.path))?;
        rule.times = rule.times.checked_sub(1)?;
        Some(rule.fault.clone())
    }

    fn forward(&self, request: &Message) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let Upstream { port, authority } =
            &self.upstreams[self.next.fetch_add(1, Ordering::Relaxed) % self.upstreams.len()];
        let mut stream = Server { port: *port, authority }.connect()?;
        // A watch may be silent for long.
        stream.sock.set_read_timeout(None)?;
        stream.write_all(&request.bytes)?;
        stream.flush()?;
        Ok(stream)
    }

    /// Each part is noted before it is handed on: whoever has seen an answer finds it noted.
    fn hand_on(&self, request: &Message, client: &mut impl Write) -> io::Result<()> {
        let mut from = self.forward(request)?;
        let number = {
            let mut state = self.state();
            state.answers.push(Vec::new());
            state.answers.len() - 1
        };
        copy(&mut from, |part| {
            self.state().answers[number].extend_from_slice(part);
            client.write_all(part)?;
            client.flush()
        })
    }

    fn carry_out(&self, request: &Message) -> io::Result<Vec<u8>> {
        let mut answer = Vec::new();
        copy(&mut self.forward(request)?, |part| {
            answer.extend_from_slice(part);
            Ok(())
        })?;
        Ok(answer)
    }
}

/// Hands on what comes, as it comes, until the end.
fn copy(from: &mut impl Read, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => to(&buffer[..length])?,
            // A server may close without TLS' closing alert.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
