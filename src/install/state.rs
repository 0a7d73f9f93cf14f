//! How the gate stands in a cluster, as far as the API server tells whoever asks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Client;
use kube::api::{Api, DynamicObject, ListParams};
use serde_json::Value;

use super::certificate::SECRET;
use super::plan::{Stage, configuration_kind};
use super::{InstallError, MANAGER, Options, Plan, checks, probe};
use crate::certificates::ends_at;
use crate::objects::{Objects, refused};

/// How many of the last refusals are told.
const REFUSALS: usize = 5;

/// How it stands. What the account may not see is none.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Whether it could be seen if there is a gate, and webhooks.
    pub is_seen: bool,
    /// The image; none: there is no gate in the namespace.
    pub image: Option<String>,
    /// How many replicas answer.
    pub ready: u64,
    /// How many there are to be.
    pub wanted: u64,
    /// Which of the two webhook configurations are in force.
    pub webhooks: Vec<&'static str>,
    /// Whether one is registered for the trial of an installation only, which did not come to its end.
    pub is_on_trial: bool,
    /// Until when the certificate can be used.
    pub certificate: Option<Timestamp>,
    /// The policies that are objects of the cluster.
    pub policies: Vec<PolicyState>,
    /// The last refusals, the latest first.
    pub refusals: Vec<Refusal>,
    /// What could not be read, and why.
    pub unheard: Vec<String>,
}

/// A policy of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyState {
    /// Its name.
    pub name: String,
    /// Whether it is in force as its document says; none: no gate has said so yet.
    pub is_ready: Option<bool>,
    /// Why, in one word.
    pub reason: String,
    /// Why, and the way out.
    pub message: String,
}

/// An object that was kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// When, last.
    pub at: Option<Timestamp>,
    /// `Deployment shop/mysql`.
    pub object: String,
    /// By which rules.
    pub note: String,
}

impl State {
    /// Whether all is as it should be; what could not be read may be otherwise.
    pub fn is_well(&self, now: Timestamp) -> bool {
        self.unheard.is_empty() && self.is_well_as_far_as_seen(now)
    }

    /// Whether what could be read is as it should be.
    pub fn is_well_as_far_as_seen(&self, now: Timestamp) -> bool {
        self.image.is_some()
            && self.wanted > 0
            && self.ready >= self.wanted
            && self.webhooks.len() == 2
            && self.certificate.is_none_or(|until| until > now)
            && self.policies.iter().all(|policy| policy.is_ready != Some(false) || policy.is_off())
    }
}

impl PolicyState {
    /// Whether its document switches it off: then it is as it should be.
    pub fn is_off(&self) -> bool {
        self.is_ready == Some(false) && self.reason == "Disabled"
    }
}

/// Looks at everything.
///
/// # Errors
/// [`InstallError`] if the API server does not answer.
pub async fn read_state(client: Client, namespace: &str) -> Result<State, InstallError> {
    let plan = Plan::new(&Options { namespace: namespace.to_owned(), ..Options::default() })?;
    let objects = Objects::new(client, MANAGER);
    checks::version(&objects.client()).await?;
    let mut state = State::default();
    if let Some(found) = heard(objects.get(plan.gate()).await, &mut state).flatten() {
        let number = |pointer: &str| found.data.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
        let image = found.data.pointer("/spec/template/spec/containers/0/image").and_then(Value::as_str);
        state.image = Some(image.unwrap_or_default().to_owned());
        state.ready = number("/status/availableReplicas");
        state.wanted = number("/spec/replicas");
    }
    for configuration in plan.of(Stage::Webhooks) {
        match heard(objects.get(configuration).await, &mut state).flatten() {
            Some(found) if probe::is_for_trial(&found.data) => state.is_on_trial = true,
            Some(_) => state.webhooks.push(configuration_kind(configuration)),
            None => {}
        }
    }
    // What was read until now says what there is; the rest may stay unknown.
    state.is_seen = state.unheard.is_empty();
    state.certificate = heard(certificate(&objects, namespace).await, &mut state).flatten();
    state.policies = heard(policies(&objects).await, &mut state).unwrap_or_default();
    state.refusals = heard(refusals(&objects).await, &mut state).unwrap_or_default();
    Ok(state)
}

/// What was read; what was not is noted.
fn heard<T>(read: Result<T, impl ToString>, state: &mut State) -> Option<T> {
    read.map_err(|error| state.unheard.push(error.to_string())).ok()
}

/// The end of the certificate in the Secret. Of the Secret nothing else is looked at.
async fn certificate(objects: &Objects, namespace: &str) -> Result<Option<Timestamp>, InstallError> {
    let secrets: Api<Secret> = Api::namespaced(objects.client(), namespace);
    let title = || format!("Secret {namespace}/{SECRET}");
    let found = secrets.get_opt(SECRET).await.map_err(|error| refused(title(), &error))?;
    let Some(chain) = found.and_then(|secret| secret.data?.remove("tls.crt")) else { return Ok(None) };
    Ok(std::str::from_utf8(&chain.0).ok().and_then(ends_at))
}

async fn policies(objects: &Objects) -> Result<Vec<PolicyState>, InstallError> {
    let api = objects.api("tidegate.dev/v1alpha1", "ClusterPolicy", None);
    match api.list(&ListParams::default()).await {
        Ok(list) => Ok(list.items.iter().map(policy).collect()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(Vec::new()),
        Err(error) => Err(refused("the list of ClusterPolicies".to_owned(), &error).into()),
    }
}

fn policy(object: &DynamicObject) -> PolicyState {
    let conditions = object.data["status"]["conditions"].as_array();
    let ready = conditions.into_iter().flatten().find(|condition| condition["type"] == "Ready");
    let text = |field: &str| ready.and_then(|ready| ready[field].as_str()).unwrap_or_default().to_owned();
    PolicyState {
        name: object.metadata.name.clone().unwrap_or_default(),
        is_ready: ready.map(|ready| ready["status"] == "True"),
        reason: text("reason"),
        message: text("message"),
    }
}

/// The Events of the gate that tell of refusals; Kubernetes keeps them for an hour.
async fn refusals(objects: &Objects) -> Result<Vec<Refusal>, InstallError> {
    let api: Api<Event> = Api::all(objects.client());
    let wanted = ListParams::default().fields("reason=Refused,reportingController=tidegate");
    let list = api.list(&wanted).await.map_err(|error| refused("the list of Events".to_owned(), &error))?;
    let mut latest: BTreeMap<(i128, usize), Refusal> = BTreeMap::new();
    for (number, event) in list.items.into_iter().enumerate() {
        let refusal = refusal(event);
        latest.insert((refusal.at.map_or(0, Timestamp::as_nanosecond), number), refusal);
    }
    Ok(latest.into_values().rev().take(REFUSALS).collect())
}

fn refusal(event: Event) -> Refusal {
    let seen = event.series.as_ref().map(|series| series.last_observed_time.0).or(event.event_time.map(|time| time.0));
    let regarding = event.regarding.unwrap_or_default();
    let (kind, name) = (regarding.kind.unwrap_or_default(), regarding.name.unwrap_or_default());
    let object = match regarding.namespace {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    };
    Refusal { at: seen, object, note: event.note.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use kube::core::ObjectMeta;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_switched_off_is_well_and_what_is_not_known_is_not() {
        let now = Timestamp::UNIX_EPOCH;
        let sound = || State {
            is_seen: true,
            image: Some("tidegate".to_owned()),
            ready: 2,
            wanted: 2,
            webhooks: vec!["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
            ..State::default()
        };
        let policy = |status: &str, reason: &str| {
            let condition = json!({ "type": "Ready", "status": status, "reason": reason });
            let data = json!({ "status": { "conditions": [condition] } });
            super::policy(&DynamicObject { types: None, metadata: ObjectMeta::default(), data })
        };
        for (policies, unheard, expected) in [
            (vec![], vec![], (true, true)),
            (vec![policy("True", "Ready"), policy("False", "Disabled")], vec![], (true, true)),
            (vec![policy("False", "CompileFailed")], vec![], (false, false)),
            (vec![], vec!["the list of Events".to_owned()], (false, true)),
        ] {
            let state = State { policies, unheard, ..sound() };
            assert_eq!((state.is_well(now), state.is_well_as_far_as_seen(now)), expected, "{state:?}");
        }
    }
}
