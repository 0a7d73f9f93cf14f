//! Kubernetes Events of what the gate did: an object was kept out, or repaired. They name rules, and no value.
//!
//! Whoever is told never waits: what is too much is dropped. An object that is refused is stored nowhere; its Event tells
//! of it by kind, namespace and name, for an hour (`--event-ttl` of the API server).

mod pace;

use std::time::Duration;

use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::server::{Outcome, Witness, Witnessed};
use pace::Pace;

/// What waits at most; the rest of a flood is dropped.
const WAITING: usize = 64;
/// So many at once, and one more each second from then on: what a person can read, and etcd does not notice.
const AT_ONCE: u32 = 20;
const EVERY: Duration = Duration::from_secs(1);
/// Events take 1 KiB of text (`noteLengthLimit` of the API server).
const LONGEST_NOTE: usize = 1_000;
/// `reportingController`, by which `tidegate status` finds them.
const CONTROLLER: &str = "tidegate";

/// Makes Events of what it is told.
pub struct Announcer {
    waiting: Sender<Witnessed>,
}

impl Announcer {
    /// Begins, with a task that ends when the announcer is dropped; `identity` is the replica's name.
    pub fn start(client: Client, identity: &str) -> Self {
        let (waiting, told) = channel(WAITING);
        let reporter = Reporter { controller: CONTROLLER.to_owned(), instance: Some(cut(identity, 128)) };
        tokio::spawn(publish(Recorder::new(client, reporter), told));
        Self { waiting }
    }
}

impl Witness for Announcer {
    fn saw(&self, witnessed: Witnessed) {
        // More than can be told.
        let _ = self.waiting.try_send(witnessed);
    }
}

async fn publish(recorder: Recorder, mut told: Receiver<Witnessed>) {
    let mut pace = Pace::new(AT_ONCE, EVERY, Instant::now().into_std());
    let mut has_failed = false;
    while let Some(witnessed) = told.recv().await {
        if !pace.allows(Instant::now().into_std()) {
            continue;
        }
        let published = recorder.publish(&event(&witnessed), &regarding(&witnessed)).await;
        if let Err(error) = &published
            && !has_failed
        {
            // Often it is one thing for all: a right that is missing.
            tracing::warn!("Events of refusals and repairs cannot be made: {}", cut(&error.to_string(), LONGEST_NOTE));
        }
        has_failed = published.is_err();
    }
}

fn event(witnessed: &Witnessed) -> Event {
    let (type_, reason, action, done) = match witnessed.outcome {
        Outcome::Refused => (EventType::Warning, "Refused", "Refuse", "refused by"),
        Outcome::Repaired => (EventType::Normal, "Repaired", "Repair", "repaired by"),
    };
    Event {
        type_,
        reason: reason.to_owned(),
        note: Some(cut(&format!("{done} {}", witnessed.rules), LONGEST_NOTE)),
        action: action.to_owned(),
        secondary: None,
    }
}

fn regarding(witnessed: &Witnessed) -> ObjectReference {
    ObjectReference {
        api_version: Some(witnessed.api_version.clone()),
        kind: Some(witnessed.kind.clone()),
        namespace: witnessed.namespace.clone(),
        name: Some(witnessed.name.clone()),
        uid: witnessed.uid.clone(),
        ..ObjectReference::default()
    }
}

/// As much of a text as fits into so many bytes.
fn cut(text: &str, most: usize) -> String {
    text[..text.floor_char_boundary(most)].to_owned()
}
