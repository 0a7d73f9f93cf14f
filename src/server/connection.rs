//! One connection, from the TLS handshake to its end; and one without TLS, for a single request.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

use super::clients::Stranger;
use super::listener::Service;

/// How long the TLS handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// How long a connection may stay without its first request.
const FIRST_REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// How long an HTTP/1.1 connection may wait for a request's headers, the idle time before them
/// included. Go's clients, the API server among them, close idle connections after 90 s
/// (net/http, `DefaultTransport.IdleConnTimeout`): they close first, so that no request meets a
/// connection that is just being closed.
const HEADER_LIMIT: Duration = Duration::from_secs(100);
/// How often a quiet HTTP/2 connection is asked whether it is still there, and how long it may think.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_LIMIT: Duration = Duration::from_secs(10);
/// Windows that let a body of the size of most objects come without a wait (the default is 64 KiB).
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;
/// Requests at a time on one HTTP/2 connection: what Go's clients assume before they are told.
const STREAMS: u32 = 100;
/// At a shutdown: how long a connection that has just come may take to ask what it came for.
const LAST_REQUEST_LIMIT: Duration = Duration::from_secs(1);

/// Where a connection is for one request: how long it may take to ask, and how long it may take in all. Prometheus gives
/// up after 10 s by default (`scrape_timeout`).
const ONE_HEADER_LIMIT: Duration = Duration::from_secs(1);
const ONE_LIMIT: Duration = Duration::from_secs(10);

/// Serves one connection. When `stopping` becomes true it is closed as soon as what is under way is
/// answered.
pub(super) async fn serve(stream: TcpStream, service: Service, mut stopping: watch::Receiver<bool>) {
    // An answer is one small write: it should not wait for more.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("cannot set TCP_NODELAY: {error}");
    }
    let Service { tls, knows_clients, router } = service;
    let stream = match tokio::time::timeout(HANDSHAKE_LIMIT, TlsAcceptor::from(tls).accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!("the TLS handshake failed: {error}"),
        Err(_) => return tracing::debug!("the TLS handshake took longer than {HANDSHAKE_LIMIT:?}"),
    };

    let is_stranger = knows_clients && stream.get_ref().1.peer_certificates().is_none();
    let (asked, mut has_asked) = watch::channel(false);
    let answers = service_fn(move |mut request: hyper::Request<Incoming>| {
        asked.send_if_modified(|asked| !std::mem::replace(asked, true));
        if is_stranger {
            request.extensions_mut().insert(Stranger);
        }
        answer(router.clone(), request)
    });
    let builder = builder(&stream);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), answers));

    let mut first_request =
        std::pin::pin!(tokio::time::timeout(FIRST_REQUEST_LIMIT, has_asked.wait_for(|asked| *asked)));
    let mut is_waiting = true;
    loop {
        tokio::select! {
            result = &mut connection => return ended(result),
            asked = &mut first_request, if is_waiting => match asked {
                Ok(_) => is_waiting = false,
                Err(_) => return tracing::debug!("no request within {FIRST_REQUEST_LIMIT:?}"),
            },
            _ = stopping.wait_for(|stop| *stop) => break,
        }
    }
    if is_waiting {
        // It has come in the last moment; closing it now would refuse what it came for.
        tokio::select! {
            result = &mut connection => return ended(result),
            _ = tokio::time::timeout(LAST_REQUEST_LIMIT, first_request) => {}
        }
    }
    connection.as_mut().graceful_shutdown();
    ended(connection.await);
}

/// Serves one request without TLS, and closes: whoever asks seldom needs no connection in between, and one that is kept
/// would take the place of another.
pub(super) async fn serve_one(stream: TcpStream, router: Router) {
    let answers = service_fn(move |request: hyper::Request<Incoming>| answer(router.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(ONE_HEADER_LIMIT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answers);
    match tokio::time::timeout(ONE_LIMIT, connection).await {
        Ok(result) => ended(result),
        Err(_) => tracing::debug!("a connection for one request took longer than {ONE_LIMIT:?}"),
    }
}

async fn answer(router: Router, request: hyper::Request<Incoming>) -> Result<Response, Infallible> {
    Ok(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
}

/// The protocol that the handshake agreed on: nothing has to be guessed from the first bytes.
fn builder(stream: &TlsStream<TcpStream>) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_LIMIT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS);
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => builder.http2_only(),
        Some(b"http/1.1") => builder.http1_only(),
        _ => builder,
    }
}

/// Peers that go away in the middle are no event; the text says nothing of what was sent.
fn ended<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        tracing::debug!("a connection ended early: {error}");
    }
}
