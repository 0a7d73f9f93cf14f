//! The end: SIGTERM refuses nobody for as long as endpoints may still name the gate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::keep_alive::{Failure, KeepAlive};
use crate::manifests::example;
use crate::start::nowhere;
use crate::support::gate::Gate;
use crate::support::wait::eventually;

/// As many connections as an API server keeps, and more.
const CLIENTS: usize = 8;
/// How long connections are still accepted.
const DELAY: Duration = Duration::from_secs(2);

struct Sent {
    at: Instant,
    outcome: Result<u16, Failure>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_refuses_nobody_meanwhile() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = Gate::builder(&nowhere(folder.path())).argument("--shutdown-delay").argument("2s").start();
    let body: Arc<[u8]> = review().to_string().into_bytes().into();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let client = KeepAlive::new(gate.port(), &gate.certificates().authority);
            tokio::spawn(load(client, Arc::clone(&body), Arc::clone(&stop)))
        })
        .collect();

    tokio::time::sleep(Duration::from_millis(500)).await;
    let told = Instant::now();
    gate.signal("TERM");
    eventually("not to be ready", DELAY, || {
        gate.server().get("/readyz").is_ok_and(|answer| answer.status == 503).then_some(())
    });
    // `stop` sends a second signal, which would cut the end short.
    tokio::time::sleep(DELAY + Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut sent = Vec::new();
    for client in clients {
        sent.extend(client.await.unwrap());
    }

    let before_the_end: Vec<_> =
        sent.iter().filter(|sent| sent.at < told + DELAY - Duration::from_millis(100)).collect();
    let after_the_signal = before_the_end.iter().filter(|sent| sent.at > told).count();
    assert!(after_the_signal > 20, "only {after_the_signal} requests after the signal");
    for sent in before_the_end {
        let after = sent.at.saturating_duration_since(told);
        assert!(matches!(sent.outcome, Ok(200)), "{after:?} after the signal: {:?}", sent.outcome);
    }
    assert!(
        sent.iter().any(|sent| matches!(sent.outcome, Err(Failure::NotConnected(_)))),
        "it accepts connections after the delay"
    );
    assert!(gate.logs().contains("shutting down: connections are accepted for another 2s"), "{}", gate.logs());
    assert!(!gate.logs().contains("cut off"), "{}", gate.logs());
}

#[test]
fn it_ends_with_success_when_asked_once() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = Gate::builder(&nowhere(folder.path())).argument("--shutdown-delay").argument("100ms").start();
    let (status, logs) = gate.stop();
    assert!(status.success(), "{status}: {logs}");
}

/// Requests one after the other on connections that are kept.
async fn load(mut client: KeepAlive, body: Arc<[u8]>, stop: Arc<AtomicBool>) -> Vec<Sent> {
    let mut all = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let at = Instant::now();
        let outcome = client.post("/mutate", Arc::clone(&body)).await;
        all.push(Sent { at, outcome });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    all
}

/// The review of the example's StatefulSet, which goes through all policies and needs no Secret.
fn review() -> Value {
    let object: Value = serde_saphyr::from_str(&example("mysql-statefulset.yaml")).unwrap();
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "shutdown", "kind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
        "namespace": "mysql", "name": "mysql", "operation": "CREATE", "dryRun": true, "object": object,
    }})
}
