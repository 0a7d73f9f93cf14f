//! The port for metrics: few connections, and none for long.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tidegate::server::MetricsPort;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any connection may stay.
const CUT_OFF: Duration = Duration::from_secs(15);

async fn start() -> SocketAddr {
    let port = MetricsPort::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = port.address();
    tokio::spawn(port.serve("text/plain", || "a 1\n".to_owned()));
    address
}

/// All that comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    let read = timeout(CUT_OFF, stream.read_to_string(&mut text)).await;
    read.expect("the connection is not closed").unwrap();
    text
}

async fn scraped(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: gate\r\n\r\n").as_bytes()).await.unwrap();
    rest(stream).await
}

fn is_answer(text: &str) -> bool {
    text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\na 1\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_cut_off_and_takes_nobodys_place_for_long() {
    let address = start().await;
    let begun = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..15 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    // One place is left, and each scrape gives it back.
    for _ in 0..3 {
        let text = scraped(address, "/metrics").await;
        assert!(is_answer(&text), "{text}");
    }
    assert!(scraped(address, "/").await.starts_with("HTTP/1.1 404 "));
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody had to be cut off for these");

    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHost:").await.unwrap();
    silent.push(slow);
    let text = scraped(address, "/metrics").await;
    let waited = begun.elapsed();
    assert!(is_answer(&text), "{text}");
    assert!(waited > Duration::from_millis(900), "the 17th was answered after {waited:?}, beside sixteen others");
    for stream in silent {
        assert_eq!(rest(stream).await, "");
    }
}
