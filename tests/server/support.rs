//! A server and a client for the occasion.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::body::Body;
use futures::channel::mpsc;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::{Value, json};
use tidegate::lookup::NoLookup;
use tidegate::metrics::Metrics;
use tidegate::policy::CurrentPolicies;
use tidegate::secrets::{MemorySecretStore, SecretStore};
use tidegate::server::{
    Certificate, ClientAuthority, CurrentCertificate, Ending, Gate, Lifecycle, Listener, Readiness, Service, Tracer,
    router, server_config,
};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The password in every object here: it must never be seen outside of its Secret.
pub(crate) const PASSWORD: &str = "hunter2-correct-horse";

/// A self-made certificate and its key, in PEM.
pub(crate) fn pair() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) chain: String,
    pub(crate) certificate: Arc<CurrentCertificate>,
    pub(crate) signals: mpsc::UnboundedSender<()>,
    pub(crate) ended: JoinHandle<Ending>,
    pub(crate) metrics: Metrics,
}

impl Server {
    pub(crate) async fn start(secrets: Arc<dyn SecretStore>, delay: Duration) -> Self {
        let policies = Arc::new(CurrentPolicies::new(Arc::new(crate::policy::policies())));
        Self::start_with(policies, secrets, delay).await
    }

    /// One whose policies may be replaced.
    pub(crate) async fn start_with(
        policies: Arc<CurrentPolicies>,
        secrets: Arc<dyn SecretStore>,
        delay: Duration,
    ) -> Self {
        Self::start_traced(policies, secrets, delay, None).await
    }

    /// One that knows its clients.
    pub(crate) async fn start_for(clients: ClientAuthority) -> Self {
        let policies = Arc::new(CurrentPolicies::new(Arc::new(crate::policy::policies())));
        Self::start_all(policies, Arc::new(MemorySecretStore::default()), Duration::ZERO, None, Some(clients)).await
    }

    /// One whose reviews are traced.
    pub(crate) async fn start_traced(
        policies: Arc<CurrentPolicies>,
        secrets: Arc<dyn SecretStore>,
        delay: Duration,
        tracer: Option<Arc<dyn Tracer>>,
    ) -> Self {
        Self::start_all(policies, secrets, delay, tracer, None).await
    }

    async fn start_all(
        policies: Arc<CurrentPolicies>,
        secrets: Arc<dyn SecretStore>,
        delay: Duration,
        tracer: Option<Arc<dyn Tracer>>,
        clients: Option<ClientAuthority>,
    ) -> Self {
        log_lines();
        let (chain, key) = pair();
        let metrics = Metrics::default();
        let certificate = Certificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
        let certificate = CurrentCertificate::new(certificate, metrics.certificate());
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.address();
        let gate = Gate::new(policies, Arc::new(NoLookup), secrets, metrics.clone());
        let gate = Arc::new(gate.with_tracer(tracer));
        let readiness = Readiness::default();
        let lifecycle = Lifecycle {
            readiness: readiness.clone(),
            prepared: Box::pin(std::future::ready(())),
            effects: gate.effects().clone(),
            delay,
        };
        let service = Service {
            tls: server_config(Arc::clone(&certificate), clients.as_ref()).unwrap(),
            knows_clients: clients.is_some(),
            router: router(gate, readiness),
        };
        let (signals, received) = mpsc::unbounded();
        let ended = tokio::spawn(lifecycle.run(listener, service, received));
        Self { address, chain, certificate, signals, ended, metrics }
    }

    pub(crate) async fn connect(&self) -> http1::SendRequest<Body> {
        let stream = connect(self.address, &self.chain, "http/1.1", &rustls::version::TLS13).await.unwrap();
        let (client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub(crate) async fn connect_h2(&self) -> http2::SendRequest<Body> {
        let stream = connect(self.address, &self.chain, "h2", &rustls::version::TLS13).await.unwrap();
        let (client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        read(self.connect().await.send_request(request).await.unwrap()).await
    }

    /// One review on a connection of its own.
    pub(crate) async fn review(&self, path: &str, review: &Value) -> Value {
        let (status, text) = self.ask(post(path, "application/json", review.to_string())).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["response"].clone()
    }
}

pub(crate) async fn connect(
    address: SocketAddr,
    root: &str,
    protocol: &str,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_as(address, root, protocol, version, None).await
}

/// The same, showing a certificate with its key.
pub(crate) async fn connect_as(
    address: SocketAddr,
    root: &str,
    protocol: &str,
    version: &'static SupportedProtocolVersion,
    own: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        Some((certificate, key)) => config.with_client_auth_cert(vec![certificate], key).unwrap(),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

pub(crate) fn post(path: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("host", "localhost").header("content-type", content_type).body(body.into()).unwrap()
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "localhost").body(Body::empty()).unwrap()
}

pub(crate) async fn read(response: Response<hyper::body::Incoming>) -> (StatusCode, String) {
    let status = response.status();
    let body = axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A review of a Deployment whose name says what the policy here does with it.
pub(crate) fn review(name: &str) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": { "group": "apps", "version": "v1", "kind": "Deployment" },
            "operation": "CREATE", "namespace": "shop", "name": name, "dryRun": false,
            "userInfo": { "username": "ann", "groups": ["dev"] },
            "object": {
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "namespace": "shop" },
                "spec": { "template": { "spec": { "containers": [{
                    "name": "mysql", "image": "mysql:5.7", "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": PASSWORD }]
                }] } } }
            },
            "oldObject": null
        }
    })
}

/// All that this process logs, at the most talkative level.
pub(crate) fn log_lines() -> &'static Mutex<Vec<u8>> {
    static LINES: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
    static STARTED: OnceLock<()> = OnceLock::new();
    let lines = LINES.get_or_init(Mutex::default);
    STARTED.get_or_init(|| {
        struct Writer(&'static Mutex<Vec<u8>>);
        impl std::io::Write for Writer {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let format = tracing_subscriber::fmt().with_env_filter("tidegate=trace").with_ansi(false);
        format.with_writer(move || Writer(lines)).init();
    });
    lines
}
