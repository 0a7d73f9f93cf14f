//! Stands between two that talk HTTP over TLS, and makes go wrong what a test says: between the gate
//! and its API server, or between the API server and the gates.

mod message;
mod relay;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use super::certificates::Certificates;
use super::folder::TemporaryFolder;
use super::gate::Gate;
use super::wait;
use super::webhooks::Address;
use relay::{Relay, State, Upstream};

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
    /// How many it still meets.
    times: usize,
    fault: Fault,
}

/// A proxy. Dropping it lets nobody in any more.
pub(crate) struct FaultProxy {
    relay: Arc<Relay>,
    port: u16,
    certificates: Certificates,
    folder: TemporaryFolder,
}

impl FaultProxy {
    /// Before the API server that a kubeconfig of the tests names. The other kubeconfig has the same
    /// account, and the proxy in the API server's place.
    pub(crate) fn before_api_server(kubeconfig: &Path) -> (Self, PathBuf) {
        let text = std::fs::read_to_string(kubeconfig).expect("the kubeconfig can be read");
        let mut config: Value = serde_saphyr::from_str(&text).expect("the kubeconfig is YAML");
        let cluster = &mut config["clusters"][0]["cluster"];
        let port_of = |address: &Value| address.as_str()?.rsplit_once(':')?.1.parse().ok();
        let port = port_of(&cluster["server"]).expect("the kubeconfig has an address with a port");
        let authority = cluster["certificate-authority"].as_str().expect("the kubeconfig has an authority");
        let authority = CertificateDer::from_pem_file(authority).expect("the authority can be read");

        let proxy = Self::before(vec![Upstream { port, authority }]);
        cluster["server"] = format!("https://127.0.0.1:{}", proxy.port).into();
        cluster["certificate-authority"] = proxy.certificates.authority_file.display().to_string().into();
        let kubeconfig = proxy.folder.write("proxied.kubeconfig", config.to_string());
        (proxy, kubeconfig)
    }

    /// Before several gates, as a Service is: each request goes to the next one. An API server would
    /// otherwise keep to one connection, and that to one gate.
    pub(crate) fn before_gates(gates: &[&Gate]) -> Self {
        let upstream = |gate: &&Gate| Upstream { port: gate.port(), authority: gate.certificates().authority.clone() };
        Self::before(gates.iter().map(upstream).collect())
    }

    fn before(upstreams: Vec<Upstream>) -> Self {
        let folder = TemporaryFolder::new("fault-proxy");
        let certificates = Certificates::write_to(folder.path());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let relay = Arc::new(Relay::new(server_config(&certificates), upstreams));
        let accepting = Arc::clone(&relay);
        thread::spawn(move || relay::accept(&accepting, &listener));
        Self { relay, port, certificates, folder }
    }

    /// Where it is, for webhook configurations.
    pub(crate) fn address(&self) -> Address {
        Address { port: self.port, authorities: self.certificates.authority_pem.clone() }
    }

    /// From now on this fault meets every request with this method whose path has this part.
    pub(crate) fn fail(&self, method: &'static str, path: &'static str, fault: Fault) {
        self.fail_some(method, path, usize::MAX, fault);
    }

    /// This fault meets the next few.
    pub(crate) fn fail_some(&self, method: &'static str, path: &'static str, times: usize, fault: Fault) {
        self.state().rules.push(Rule { method, path, times, fault });
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
        self.relay.changed.notify_all();
    }

    /// The requests since the last call, each `METHOD PATH`.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state().requests)
    }

    /// Every answer that was handed on, as it was sent.
    pub(crate) fn answers(&self) -> Vec<String> {
        self.state().answers.iter().map(|answer| String::from_utf8_lossy(answer).into_owned()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.relay.state()
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
