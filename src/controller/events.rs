//! Events of the policies' objects: one when a policy cannot be put in force, one when it is again.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::api::DynamicObject;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};

use super::problem::{Problem, Told};
use super::replica::MANAGER;
use super::standing::{Reason, Standing};
use super::status::{Condition, ConditionStatus};
use super::text::short;

/// Events take 1 KiB of text (`noteLengthLimit` of the API server).
const LONGEST_NOTE: usize = 1_000;

/// What makes Events. Only changes are told, so that nothing has to be held back.
pub(super) struct Events {
    recorder: Recorder,
    told: Told,
}

impl Events {
    pub(super) fn new(client: Client, identity: &str) -> Self {
        let reporter = Reporter { controller: MANAGER.to_owned(), instance: Some(short(identity, 128)) };
        Self { recorder: Recorder::new(client, reporter), told: Told::default() }
    }

    /// Tells what changed from one condition to the next. No setting is quoted.
    pub(super) async fn tell(
        &mut self,
        object: &DynamicObject,
        before: Option<&Condition>,
        now: Option<&Condition>,
        own: Option<&Standing>,
    ) {
        let Some(event) = event(before, now, own) else { return };
        let regarding = ObjectReference {
            api_version: Some("tidegate.dev/v1alpha1".to_owned()),
            kind: Some("ClusterPolicy".to_owned()),
            name: object.metadata.name.clone(),
            uid: object.metadata.uid.clone(),
            ..ObjectReference::default()
        };
        let published = self.recorder.publish(&event, &regarding).await;
        self.told.tell(published.err().map(|error| Problem::from(&error)), |problem| {
            tracing::warn!("Events of policies cannot be made: {problem}");
        });
    }
}

fn event(before: Option<&Condition>, now: Option<&Condition>, own: Option<&Standing>) -> Option<Event> {
    let now = now?;
    let failed = |condition: &Condition| {
        condition.status == ConditionStatus::False && condition.reason != Reason::Disabled.word()
    };
    let had_failed = before.is_some_and(failed);
    let is_same = before
        .is_some_and(|before| (&before.reason, before.observed_generation) == (&now.reason, now.observed_generation));
    let told = |type_: EventType, reason: &str, note: String| Event {
        type_,
        reason: reason.to_owned(),
        note: Some(short(&note, LONGEST_NOTE)),
        action: "Load".to_owned(),
        secondary: None,
    };
    if failed(now) && !(had_failed && is_same) {
        // The condition's message may quote what the document says; the summary does not.
        let own = own.filter(|own| own.reason.word() == now.reason);
        let why = own.map_or("its status says where and why", |own| own.summary.as_str());
        let still = own.and_then(|own| own.still).map(|still| format!("; {still}")).unwrap_or_default();
        let note = format!("{}: {why}{still}", now.reason);
        return Some(told(EventType::Warning, "PolicyFailed", note));
    }
    (now.status == ConditionStatus::True && had_failed)
        .then(|| told(EventType::Normal, "PolicyReady", "in force as its document says".to_owned()))
}
