//! Somebody who applies all the time, and counts what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::kubectl::Kubectl;
use crate::node::Node;
use crate::wait;

/// How many more have to come through, until something counts as borne.
const ENOUGH: usize = 10;
const PATIENCE: Duration = Duration::from_mins(3);

/// What may not be stored: the manifest's password, as kubectl prints it.
const IN_PLAIN_TEXT: &str = "\"value\": \"password\"";

/// What came of it.
#[derive(Default)]
struct Counts {
    repaired: AtomicUsize,
    /// The API server was not there, which is no answer of the gate's.
    unanswered: AtomicUsize,
    /// Refused, or stored with the password in it: what was said.
    wrong: Mutex<Vec<String>>,
}

/// Applies, one after the other, until it is told to end.
pub(crate) struct Load {
    counts: Arc<Counts>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    /// Begins, in a namespace, with a manifest that has the password `password`.
    pub(crate) fn start(cluster: &Node, namespace: &str, manifest: String) -> Self {
        let (counts, ends) = (Arc::new(Counts::default()), Arc::new(AtomicBool::new(false)));
        let (client, namespace) = (cluster.handle(), namespace.to_owned());
        let thread = {
            let (counts, ends) = (Arc::clone(&counts), Arc::clone(&ends));
            thread::spawn(move || {
                while !ends.load(Ordering::Relaxed) {
                    once(&client, &namespace, &manifest, &counts);
                }
            })
        };
        Self { counts, ends, thread: Some(thread) }
    }

    /// Waits until some more have come through, and none went wrong.
    #[track_caller]
    pub(crate) fn goes_on(&self, when: &str) {
        let before = self.counts.repaired.load(Ordering::Relaxed);
        wait::eventually(&format!("admissions {when}"), PATIENCE, || {
            let wrong = self.counts.wrong.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(wrong.is_empty(), "{when}: {wrong:#?}");
            (self.counts.repaired.load(Ordering::Relaxed) >= before + ENOUGH).then_some(())
        });
    }

    /// Ends, and says what came of it.
    pub(crate) fn end(mut self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        let wrong = self.counts.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(wrong.is_empty(), "{wrong:#?}");
        let number = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        eprintln!(
            "{} admissions, none refused and none let through; {} met no API server",
            number(&self.counts.repaired),
            number(&self.counts.unanswered)
        );
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

/// One apply, as a dry run: what the API server would store is what it answers.
fn once(client: &Kubectl, namespace: &str, manifest: &str, counts: &Counts) {
    let create = ["create", "--dry-run=server", "-n", namespace, "-o", "json", "-f", "-"];
    let output = client.run_with_input(&create, manifest);
    let is_unanswered = [
        "connection refused",
        "refused - did you specify",
        "EOF",
        "connection reset",
        "was refused",
        "TLS handshake",
        "unexpected error",
    ]
    .iter()
    .any(|sign| output.stderr.contains(sign));
    if output.is_success() && !output.stdout.contains(IN_PLAIN_TEXT) {
        counts.repaired.fetch_add(1, Ordering::Relaxed);
    } else if !output.is_success() && is_unanswered && !output.stderr.contains("failed calling webhook") {
        counts.unanswered.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(200));
    } else {
        let mut wrong = counts.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.push(format!("{}{}", output.stdout, output.stderr));
    }
}
