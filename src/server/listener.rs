//! Ports: connections are accepted here, and each is served in a task of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::FutureExt;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::connection;
use super::in_flight::InFlight;

/// More connections than API servers ever open to one webhook; each costs some 50 KiB at most times.
const CONNECTIONS: usize = 1_024;
/// How long to wait after an error that more accepting would only repeat (no file descriptors).
const PAUSE: Duration = Duration::from_millis(100);

/// Why the port cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}{advice}")]
pub struct ListenError {
    address: String,
    advice: String,
    source: io::Error,
}

impl ListenError {
    /// For an address that `flag` named.
    pub(super) fn new(address: SocketAddr, flag: &str, source: io::Error) -> Self {
        let advice = match source.kind() {
            io::ErrorKind::AddrInUse => "another process has the port: stop it, or choose another with",
            io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose another with",
            io::ErrorKind::AddrNotAvailable => "this machine has no such address: choose another with",
            _ => "",
        };
        let advice = if advice.is_empty() { String::new() } else { format!("; {advice} {flag}") };
        Self { address: address.to_string(), advice, source }
    }
}

/// A port that connections come to.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
}

/// What every connection needs.
#[derive(Clone)]
pub struct Service {
    /// TLS.
    pub tls: Arc<ServerConfig>,
    /// Whether only clients that show a certificate may ask for reviews.
    pub knows_clients: bool,
    /// The answers.
    pub router: Router,
}

impl Listener {
    /// Takes the port. From now on connections wait; they are served from [`Self::serve`] on.
    ///
    /// # Errors
    /// [`ListenError`] says which address, and what to do.
    pub async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let failed = |source| ListenError::new(address, "--listen", source);
        let tcp = TcpListener::bind(address).await.map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { tcp, address })
    }

    /// The address in use; its port is the real one if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves connections until `stopping` becomes true, then also those that the kernel has already completed.
    pub(super) async fn serve(self, service: Service, open: InFlight, stopping: watch::Receiver<bool>) {
        let stop = stopping.clone();
        let serve = |stream: TcpStream| {
            let (served, counted) = (connection::serve(stream, service.clone(), stop.clone()), open.begin());
            async move {
                served.await;
                drop(counted);
            }
        };
        accept(self.tcp, CONNECTIONS, stopping, serve).await;
    }
}

/// Accepts connections until `stopping` becomes true, then also those that the kernel has already completed, and gives
/// the port back. Each is served in a task of its own, at most so many at a time: the next ones wait in the kernel.
pub(super) async fn accept<Served>(
    tcp: TcpListener,
    most: usize,
    mut stopping: watch::Receiver<bool>,
    serve: impl Fn(TcpStream) -> Served + Send + Sync,
) where
    Served: Future<Output = ()> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(most));
    let start = |stream: TcpStream, slot: Option<OwnedSemaphorePermit>| {
        let served = serve(stream);
        tokio::spawn(async move {
            served.await;
            drop(slot);
        });
    };
    loop {
        let accepted = tokio::select! {
            // The semaphore is never closed: an error cannot come.
            accepted = async { (Arc::clone(&slots).acquire_owned().await.ok(), tcp.accept().await) } => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        match accepted {
            (slot, Ok((stream, _))) => start(stream, slot),
            (_, Err(error)) if is_about_one_connection(&error) => {}
            (_, Err(error)) => {
                tracing::error!("cannot accept connections for the moment: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    while let Some(Ok((stream, _))) = tcp.accept().now_or_never() {
        start(stream, Arc::clone(&slots).try_acquire_owned().ok());
    }
}

/// A peer that has gone before it was accepted; the next is not concerned.
fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
