//! A port of its own for metrics, without TLS: they hold nothing that has to be kept, and scrapers seldom know the
//! gate's authority. Whoever reaches the Pod reaches it, so it takes few connections, and none for long.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::connection::serve_one;
use super::listener::{ListenError, accept};

/// Connections at a time: more than anybody has scrapers.
const CONNECTIONS: usize = 16;

/// What makes the text that is answered.
type Text = Arc<dyn Fn() -> String + Send + Sync>;

/// A port on which `/metrics` is answered.
pub struct MetricsPort {
    tcp: TcpListener,
    address: SocketAddr,
}

impl MetricsPort {
    /// Takes the port.
    ///
    /// # Errors
    /// [`ListenError`] says which address, and what to do.
    pub async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let failed = |source| ListenError::new(address, "--metrics-listen", source);
        let tcp = TcpListener::bind(address).await.map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { tcp, address })
    }

    /// The address in use; its port is the real one if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers `GET /metrics` with `text`, of that type, for as long as the process lives.
    pub async fn serve(self, content_type: &'static str, text: impl Fn() -> String + Send + Sync + 'static) {
        let text: Text = Arc::new(text);
        let answer = move |State(text): State<Text>| async move {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], text()).into_response() as Response
        };
        let router: Router = Router::new().route("/metrics", get(answer)).with_state(text);
        // They are answered to the end.
        let (_never, stopping) = watch::channel(false);
        accept(self.tcp, CONNECTIONS, stopping, |stream: TcpStream| serve_one(stream, router.clone())).await;
    }
}
