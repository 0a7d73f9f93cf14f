//! The end: nothing is refused, nothing is cut off.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use tidegate::secrets::NoSecretStore;
use tidegate::server::Ending;
use tokio::net::TcpStream;

use crate::support::{Server, get, post, read, review};

async fn start(delay: Duration) -> Server {
    Server::start(Arc::new(NoSecretStore), delay).await
}

#[tokio::test]
async fn requests_are_answered_while_endpoints_catch_up() {
    let server = start(Duration::from_millis(600)).await;
    server.review("/mutate", &review("fine")).await;
    server.signals.unbounded_send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (status, text) = server.ask(get("/readyz")).await;
    assert_eq!((status, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not ready: shutting down\n"));
    assert_eq!(server.ask(get("/healthz")).await.0, StatusCode::OK);
    assert_eq!(server.review("/mutate", &review("fine")).await["allowed"], true);
    let address = server.address;
    assert_eq!(server.ended.await.unwrap(), Ending::Finished);
    assert!(TcpStream::connect(address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn what_is_under_way_is_finished() {
    let server = start(Duration::ZERO).await;
    let (mut one, two) = (server.connect().await, server.connect_h2().await);
    let body = review("slow").to_string();
    let first = one.send_request(post("/mutate", "application/json", body.clone()));
    let mut client = two.clone();
    let mut request = post("/mutate", "application/json", body);
    *request.uri_mut() = "https://localhost/mutate".parse().unwrap();
    let second = client.send_request(request);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.signals.unbounded_send(()).unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, stop);
    assert!(read(first.unwrap()).await.1.contains("\"allowed\":true"));
    assert!(read(second.unwrap()).await.1.contains("\"allowed\":true"));
    drop((one, two, client));
    assert_eq!(server.ended.await.unwrap(), Ending::Finished);
}

#[tokio::test]
async fn whoever_came_in_the_last_moment_is_still_served() {
    let server = start(Duration::from_millis(100)).await;
    server.review("/mutate", &review("fine")).await;
    let mut client = server.connect().await;
    server.signals.unbounded_send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = client.send_request(post("/mutate", "application/json", review("fine").to_string())).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    assert_eq!(server.ended.await.unwrap(), Ending::Finished);
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let server = start(Duration::ZERO).await;
    let mut client = server.connect().await;
    read(client.send_request(get("/healthz")).await.unwrap()).await;
    let started = Instant::now();
    server.signals.unbounded_send(()).unwrap();
    assert_eq!(server.ended.await.unwrap(), Ending::Finished);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let server = start(Duration::from_secs(60)).await;
    server.review("/mutate", &review("fine")).await;
    server.signals.unbounded_send(()).unwrap();
    server.signals.unbounded_send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(5), server.ended).await.unwrap();
    assert_eq!(ended.unwrap(), Ending::Aborted);
}
