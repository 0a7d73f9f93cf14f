//! One replica writes the objects' status, after what all of them say, and makes Events of what changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use kube::{Client, Error};
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{interval, sleep, timeout};

use super::aggregate::{self, exception_status};
use super::events::Events;
use super::in_force::InForceHere;
use super::kinds::{exceptions_api, policies_api};
use super::problem::{Problem, Told};
use super::replica::{LENGTH, MANAGER, Replica, name};
use super::status::{ClusterPolicyStatus, PolicyExceptionStatus};
use super::stored::status_of;
use super::watched::Known;
use crate::leadership::{Leadership, RENEWAL};

/// The Lease by which the replicas agree on who writes.
const LEASE: &str = "tidegate-policies";
/// What changes within this time is written together.
const TOGETHER: Duration = Duration::from_millis(200);
/// How long one round of writing may take: a connection that hangs must not end it for ever.
const ROUND_LIMIT: Duration = Duration::from_secs(60);

/// What is followed.
pub(super) struct Followed {
    pub(super) policies: watch::Receiver<Known>,
    pub(super) exceptions: watch::Receiver<Known>,
    pub(super) leases: watch::Receiver<Known>,
    pub(super) here: watch::Receiver<Arc<InForceHere>>,
}

/// Writes what follows from what all replicas say.
pub(super) struct Leader {
    client: Client,
    namespace: String,
    identity: String,
    events: Events,
    /// The version of each other replica's Lease, and since when it is that.
    seen: BTreeMap<String, (String, Instant)>,
    /// The status that was written last of each policy, and the version of the object before that: what is watched may
    /// be behind what was written, and a change would be told twice.
    written: BTreeMap<String, (Option<String>, ClusterPolicyStatus)>,
}

impl Leader {
    pub(super) fn new(client: Client, namespace: &str, identity: &str) -> Self {
        let events = Events::new(client.clone(), identity);
        let (namespace, identity) = (namespace.to_owned(), identity.to_owned());
        Self { client, namespace, identity, events, seen: BTreeMap::new(), written: BTreeMap::new() }
    }

    /// Leads when it can, for as long as the process lives.
    pub(super) async fn run(mut self, mut followed: Followed) {
        let mut leadership = Leadership::new(self.client.clone(), &self.namespace, LEASE, self.identity.clone());
        let mut renewal = interval(RENEWAL);
        let (mut told, mut is_leading) = (Told::default(), false);
        loop {
            tokio::select! {
                _ = renewal.tick() => {
                    let held = timeout(RENEWAL, leadership.is_held()).await;
                    let problem = match &held {
                        Ok(held) => held.as_ref().err().map(Problem::from),
                        Err(_) => Some(Problem::Unreachable),
                    };
                    told.tell(problem, |problem| tracing::warn!("no status of policies can be written: {problem}"));
                    is_leading = matches!(held, Ok(Ok(true)));
                }
                Ok(()) = followed.policies.changed(), if is_leading => sleep(TOGETHER).await,
                Ok(()) = followed.exceptions.changed(), if is_leading => sleep(TOGETHER).await,
                Ok(()) = followed.leases.changed(), if is_leading => sleep(TOGETHER).await,
                Ok(()) = followed.here.changed(), if is_leading => sleep(TOGETHER).await,
            }
            if !is_leading {
                self.seen.clear();
                continue;
            }
            let problem = match timeout(ROUND_LIMIT, self.round(&mut followed)).await {
                Ok(done) => done.err().map(|error| Problem::from(&error)),
                Err(_) => Some(Problem::Unreachable),
            };
            if let Some(problem) = problem {
                told.tell(Some(problem), |problem| tracing::warn!("no status of policies can be written: {problem}"));
            }
        }
    }

    /// Writes each status that is to be another one. What cannot be written now is written in another round.
    async fn round(&mut self, followed: &mut Followed) -> Result<(), Error> {
        let here = Arc::clone(&followed.here.borrow_and_update());
        let leases = followed.leases.borrow_and_update().clone();
        let policies = followed.policies.borrow_and_update().clone();
        let exceptions = followed.exceptions.borrow_and_update().clone();
        let replicas = self.replicas(&here, &leases).await?;
        // To the second, as Kubernetes writes times.
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut outcome = Ok(());
        let mut written = std::mem::take(&mut self.written);
        for ((_, name), object) in policies.objects() {
            let version = object.metadata.resource_version.clone();
            let before = match written.remove(name) {
                Some((after, status)) if after == version => {
                    self.written.insert(name.clone(), (after, status.clone()));
                    status
                }
                _ => status_of(object).unwrap_or_default(),
            };
            let generation = object.metadata.generation.unwrap_or_default();
            let known = aggregate::Known { name, generation, own: here.policies.get(name), replicas: &replicas };
            let status = known.status(&before, &now);
            if status == before {
                continue;
            }
            match self.write(&policies_api(&self.client), "ClusterPolicy", object, &status).await {
                Ok(()) => {
                    self.events.tell(object, before.ready(), status.ready(), known.own).await;
                    self.written.insert(name.clone(), (version, status));
                }
                Err(error) => outcome = Err(error),
            }
        }
        for (key, object) in exceptions.objects() {
            let Some(standing) = here.exceptions.get(key) else { continue };
            let before: PolicyExceptionStatus = object
                .data
                .get("status")
                .and_then(|status| serde_json::from_value(status.clone()).ok())
                .unwrap_or_default();
            let status = exception_status(standing, &before, &now);
            if status != before {
                let api = exceptions_api(&self.client, Some(&key.0));
                outcome = self.write(&api, "PolicyException", object, &status).await.and(outcome);
            }
        }
        outcome
    }

    /// The replicas that there are. The Leases of those that are gone are deleted.
    async fn replicas(&mut self, here: &InForceHere, leases: &Known) -> Result<Vec<Replica>, Error> {
        let own = name(&self.identity);
        let mut replicas = vec![Replica::of(&self.identity, here)];
        let mut seen = BTreeMap::new();
        for ((_, lease), object) in leases.objects().filter(|((_, lease), _)| *lease != own) {
            let metadata = &object.metadata;
            let version = metadata.resource_version.clone().unwrap_or_default();
            let since = match self.seen.remove(lease) {
                Some((before, since)) if before == version => since,
                _ => Instant::now(),
            };
            if since.elapsed() < LENGTH {
                let annotations = metadata.annotations.clone().unwrap_or_default();
                replicas.extend(Replica::read(lease, &annotations));
                seen.insert(lease.clone(), (version, since));
                continue;
            }
            let this = Preconditions { uid: metadata.uid.clone(), resource_version: Some(version) };
            let api: Api<Lease> = Api::namespaced(self.client.clone(), &self.namespace);
            match api.delete(lease, &DeleteParams::default().preconditions(this)).await {
                Ok(_) => {}
                // It is gone already, or back.
                Err(Error::Api(status)) if status.is_not_found() || status.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        self.seen = seen;
        Ok(replicas)
    }

    async fn write(
        &self,
        api: &Api<DynamicObject>,
        kind: &str,
        object: &DynamicObject,
        status: &impl Serialize,
    ) -> Result<(), Error> {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        let patch = json!({
            "apiVersion": "tidegate.dev/v1alpha1",
            "kind": kind,
            // The object of another uid is another one, of which this is not to be said.
            "metadata": { "name": name, "uid": object.metadata.uid },
            "status": status,
        });
        let how = PatchParams::apply(MANAGER).force();
        match api.patch_status(name, &how, &Patch::Apply(patch)).await {
            Ok(_) => Ok(()),
            Err(Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
            Err(error) => Err(error),
        }
    }
}
