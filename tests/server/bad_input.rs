//! What is no review, and what is asked in a wrong way.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::{Request, StatusCode};
use serde_json::json;
use tidegate::secrets::NoSecretStore;

use crate::support::{Server, connect, get, post, review};

async fn start() -> Server {
    Server::start(Arc::new(NoSecretStore), Duration::ZERO).await
}

#[tokio::test]
async fn each_wrong_request_is_told_what_is_wrong() {
    let server = start().await;
    let mut beta = review("fine");
    beta["apiVersion"] = json!("admission.k8s.io/v1beta1");
    let json_type = "application/json; charset=utf-8";
    for (request, status, expected) in [
        (post("/mutate", json_type, "{"), 400, "not JSON"),
        (post("/mutate", json_type, ""), 400, "not JSON"),
        (post("/mutate", json_type, vec![0xff, 0xfe, 0]), 400, "not JSON"),
        (post("/validate", json_type, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}"), 400, "a Pod of v1"),
        (post("/mutate", json_type, beta.to_string()), 400, "admission.k8s.io/v1beta1"),
        (post("/mutate", "text/yaml", review("fine").to_string()), 415, "application/json"),
        (post("/elsewhere", json_type, ""), 404, "POST /mutate"),
        (get("/mutate"), 405, "use POST"),
        (post("/healthz", json_type, ""), 405, "use GET"),
    ] {
        let (found, text) = server.ask(request).await;
        assert_eq!(found.as_u16(), status, "{text}");
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
    }
    let without_type = Request::post("/mutate").header("host", "localhost").body(Body::from("{}")).unwrap();
    assert_eq!(server.ask(without_type).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn twenty_megabytes_are_too_much_and_nine_are_not() {
    let server = start().await;
    let mut large = review("fine");
    large["request"]["object"]["metadata"]["annotations"] = json!({ "notes": "x".repeat(9 * 1024 * 1024) });
    assert_eq!(server.review("/mutate", &large).await["allowed"], true);

    let whole = vec![b' '; 20_000_000];
    let (status, text) = server.ask(post("/mutate", "application/json", whole.clone())).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("16 MiB"));
    // Without a declared length it is noticed on the way.
    let chunks = whole.chunks(64 * 1024).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    let chunked = Body::from_stream(futures::stream::iter(chunks));
    let (status, _) = server.ask(post("/mutate", "application/json", chunked)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn probes_are_answered() {
    let server = start().await;
    assert_eq!(server.ask(get("/healthz")).await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(server.ask(get("/readyz")).await, (StatusCode::OK, "ok\n".to_owned()));
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let server = start().await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for protocol in ["h2", "http/1.1"] {
            let stream = connect(server.address, &server.chain, protocol, version).await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
        }
    }
}

#[tokio::test]
async fn whoever_is_silent_or_no_tls_client_stops_nobody_else() {
    let server = start().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(tokio::net::TcpStream::connect(server.address).await.unwrap());
    }
    for stream in &mut silent[..10] {
        tokio::io::AsyncWriteExt::write_all(stream, b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    }
    let review = review("fine");
    let asked = server.review("/mutate", &review);
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), asked).await.unwrap()["allowed"], true);
}
