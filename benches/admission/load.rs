//! Load: as many reviews as connections with keep-alive can send.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};

use crate::client::Connection;

/// Connections that send at the same time: the API server opens few to a webhook.
pub(crate) const CONNECTIONS: usize = 4;

/// The replicated example.
pub(crate) fn example() -> Value {
    serde_saphyr::from_str(include_str!("../../examples/mysql-statefulset.yaml")).unwrap()
}

/// A whole request with the replicated example, as an API server would send it.
pub(crate) fn review(operation: &str, subresource: Option<&str>) -> Vec<u8> {
    review_in("mysql", operation, subresource)
}

/// The same in a namespace.
pub(crate) fn review_in(namespace: &str, operation: &str, subresource: Option<&str>) -> Vec<u8> {
    let mut object = example();
    object["metadata"]["namespace"] = namespace.into();
    let kind = json!({ "group": "apps", "version": "v1", "kind": "StatefulSet" });
    let review = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": kind, "requestKind": kind,
            "resource": { "group": "apps", "version": "v1", "resource": "statefulsets" },
            "subResource": subresource,
            "name": "mysql", "namespace": namespace, "operation": operation, "dryRun": false,
            "userInfo": { "username": "bench", "groups": ["system:authenticated"] },
            "object": object,
        },
    })
    .to_string();
    post("/mutate?timeout=10s", "", &review)
}

/// A whole request with more headers, each with its line's end.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A server on loopback, and the certificate that vouches for it.
pub(crate) struct Target {
    pub(crate) port: u16,
    pub(crate) certificate: CertificateDer<'static>,
}

/// Latencies, and how long it took to gather them.
#[derive(Default)]
pub(crate) struct Figures {
    latencies: Vec<Duration>,
    elapsed: Duration,
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
        let rate = sorted.len() as f64 / self.elapsed.as_secs_f64();
        write!(out, "{rate:>12.0}{:>10.0}{:>10.0}", at(0.5), at(0.99))
    }
}

/// What an answer has to be, by its status and body: what fails is faster, and no measure.
pub(crate) type Answer = fn(u16, &[u8]) -> bool;

/// The gate lets the object pass.
pub(crate) fn allowed(status: u16, body: &[u8]) -> bool {
    status == 200 && contains(body, b"\"allowed\":true")
}

/// The gate has judged the object, and refuses it.
pub(crate) fn refused(status: u16, body: &[u8]) -> bool {
    status == 200 && contains(body, b"\"allowed\":false") && contains(body, b"is refused by tidegate")
}

/// The API server has made an object.
pub(crate) fn created(status: u16, _: &[u8]) -> bool {
    status == 201
}

/// Sends request after request for a while, on every connection.
pub(crate) fn run(target: &Target, next: &(impl Fn() -> Vec<u8> + Sync), turn: Duration, is_wanted: Answer) -> Figures {
    let started = Instant::now();
    let latencies = thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(target).unwrap();
                    let mut latencies = Vec::new();
                    while started.elapsed() < turn {
                        let request = next();
                        let sent = Instant::now();
                        let (status, body) = connection.send(&request).unwrap();
                        latencies.push(sent.elapsed());
                        assert!(is_wanted(status, &body), "status {status}: {}", String::from_utf8_lossy(&body));
                    }
                    latencies
                })
            })
            .collect();
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    Figures { latencies, elapsed: started.elapsed() }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
