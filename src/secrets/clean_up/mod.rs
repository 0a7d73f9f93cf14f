//! Takes Secrets away whose workload was never seen stored, and reports those whose
//! workload and data are gone.
//!
//! Nothing is deleted on the word of a clock or of a replica's memory. A Secret goes if this process
//! has seen it without its workload for the whole time of grace, in the same version; if then nothing
//! in its namespace refers to it, and none of its claims is left; and if it is still that version when
//! the API server deletes it. An object that is made and relies on a Secret changes the Secret's
//! version before it is let in ([`RELIED_ON`](super::object::RELIED_ON)), so that for the workload itself
//! no moment is left between the two.

mod observed;
mod once;
mod survey;
mod verdict;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::{ObjectReference, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use kube::{Client, Error};
use serde_json::{Value, json};

use super::claims::claims_there;
use super::error::SecretName;
use super::object::{MANAGER, Owner, WORKLOAD_UID, annotation, grown, owner};
use super::wiped::Wiped;
use crate::engine::stored_owner;
use crate::leadership::{Leadership, RENEWAL};
use observed::{Observed, Version};
pub use once::{Disposal, READ_FOR_UNUSED, delete_unused};
use survey::Survey;
use verdict::{Verdict, refers_to, verdict};

/// The Lease by which the replicas agree on who cleans up.
const LEASE: &str = "tidegate-clean-up";
/// How long one look at all Secrets may take: a connection that hangs must not end the clean-up.
const TURN_LIMIT: Duration = Duration::from_mins(5);

/// What is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CleanUpScope {
    /// Secrets whose workload was never seen stored.
    Strays,
    /// These, and Secrets whose workload was deleted, once no claim of it is left and
    /// if its data were nowhere else.
    Orphans,
}

/// How the clean-up is done.
#[derive(Debug, Clone)]
pub struct CleanUp {
    /// What is deleted; what is not is reported.
    pub scope: CleanUpScope,
    /// How long a Secret has to be without its workload. It must be longer than the API server takes
    /// to store an object that was admitted: a minute (`--request-timeout`).
    pub after: Duration,
    /// The namespace of the Lease: the gate's own.
    pub namespace: String,
    /// Who this replica is, among the others.
    pub identity: String,
}

impl CleanUp {
    /// Goes on for as long as the process lives. What cannot be done now is tried again.
    pub async fn run(self, client: Client) {
        let mut leadership = Leadership::new(client.clone(), &self.namespace, LEASE, self.identity.clone());
        let mut round = Round::new(client, &self);
        // Often enough that a Secret is seen several times within the time of grace.
        let pause = (self.after / 5).clamp(Duration::from_millis(200), Duration::from_mins(3));
        let (mut problem, mut next) = (String::new(), Instant::now());
        loop {
            let turn = async {
                if !leadership.is_held().await? {
                    round.observed.forget();
                } else if Instant::now() >= next {
                    next = Instant::now() + pause;
                    round.run().await?;
                }
                Ok::<(), Error>(())
            };
            let said = match tokio::time::timeout(TURN_LIMIT, turn).await {
                Ok(Ok(())) => String::new(),
                Ok(Err(error)) => explained(&error),
                Err(_) => "the API server did not answer in time".to_owned(),
            };
            // Each problem is told once, until it is over.
            let told = std::mem::replace(&mut problem, said);
            if !problem.is_empty() && problem != told {
                tracing::warn!("Secrets without a workload cannot be cleaned up: {problem}");
            }
            tokio::time::sleep(pause.min(RENEWAL)).await;
        }
    }
}

/// The API server's words name the account, the right and the kind; never a value, since none travels.
fn explained(error: &Error) -> String {
    match error {
        Error::Api(status) if status.is_forbidden() => {
            format!("{} (see webhook-deploy/20-rbac.yaml)", status.message)
        }
        Error::Api(status) => format!("the API server answered {}", status.code),
        _ => "the API server cannot be reached".to_owned(),
    }
}

/// One look at all Secrets of the gate, again and again.
struct Round {
    client: Client,
    survey: Survey,
    scope: CleanUpScope,
    after: Duration,
    observed: Observed,
    recorder: Recorder,
}

impl Round {
    fn new(client: Client, clean_up: &CleanUp) -> Self {
        let reporter = Reporter { controller: MANAGER.to_owned(), instance: Some(clean_up.identity.clone()) };
        Self {
            survey: Survey(client.clone()),
            scope: clean_up.scope,
            after: clean_up.after,
            observed: Observed::default(),
            recorder: Recorder::new(client.clone(), reporter),
            client,
        }
    }

    /// Looks at every Secret. What cannot be done for one does not keep the others waiting; the first such
    /// problem is told.
    async fn run(&mut self) -> Result<(), Error> {
        let secrets = self.survey.secrets().await?;
        let mut workloads: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
        let (mut without, mut problem) = (Vec::new(), Ok(()));
        for (secret, metadata) in &secrets {
            let Owner::Workload { kind, name } = owner(metadata) else { continue };
            let key = (secret.namespace.clone(), kind.to_owned());
            if !workloads.contains_key(&key) {
                let found = self.survey.workloads(&secret.namespace, kind).await?;
                workloads.insert(key.clone(), found);
            }
            match workloads.get(&key).and_then(|all| owned_by(all, name)) {
                Some(workload) => problem = problem.and(self.note_stored(secret, metadata, workload).await),
                None => without.push((secret, metadata)),
            }
        }
        let names: Vec<SecretName> = without.iter().map(|(secret, _)| (*secret).clone()).collect();
        self.observed.keep_only(&names);
        for (secret, metadata) in without {
            let version = Version {
                uid: metadata.uid.clone().unwrap_or_default(),
                resource: metadata.resource_version.clone().unwrap_or_default(),
            };
            if self.observed.note(secret, &version, Instant::now()) >= self.after {
                problem = problem.and(self.judge(secret, metadata, version).await);
            }
        }
        problem
    }

    /// Looks once more, and at everything, at a Secret that was without its workload for long.
    async fn judge(&mut self, secret: &SecretName, metadata: &ObjectMeta, version: Version) -> Result<(), Error> {
        let Owner::Workload { kind, name } = owner(metadata) else { return Ok(()) };
        let stored = self.survey.workloads(&secret.namespace, kind).await?;
        if let Some(workload) = owned_by(&stored, name) {
            return self.note_stored(secret, metadata, workload).await;
        }
        let used_by = self.survey.all_workloads(&secret.namespace).await?;
        let claims = claims_there(&self.client, &secret.namespace).await?;
        let is_used = used_by.iter().any(|object| refers_to(object, &secret.name));
        match (verdict(metadata, is_used, &claims), self.scope) {
            (Verdict::Keep, _) => Ok(()),
            (Verdict::Stray, _) => {
                self.delete(secret, version, &format!("{kind} \"{name}\" was never seen stored")).await
            }
            (Verdict::Orphan, CleanUpScope::Orphans) => {
                self.delete(secret, version, &format!("{kind} \"{name}\" and its claims are gone")).await
            }
            (Verdict::Orphan, CleanUpScope::Strays) | (Verdict::OpensDataElsewhere, _) => {
                self.report(secret, metadata, kind, name).await
            }
        }
    }

    /// From now on the Secret is that of a workload that was there, with the data that this has now: its
    /// author may have put them into a claim after the password had moved.
    async fn note_stored(&self, secret: &SecretName, metadata: &ObjectMeta, workload: &Value) -> Result<(), Error> {
        let mut annotations = stored_owner(workload).map(|owner| grown(metadata, &owner)).unwrap_or_default();
        let uid = workload.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default();
        // Objects of one `generateName` come and go: one of them is enough.
        if annotation(metadata, WORKLOAD_UID).is_none() {
            annotations.insert(WORKLOAD_UID.to_owned(), uid.to_owned());
        }
        if annotations.is_empty() {
            return Ok(());
        }
        let patch = json!({ "metadata": { "uid": metadata.uid, "annotations": annotations } });
        let how = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        match self.secrets(secret).patch_metadata(&secret.name, &how, &Patch::Merge(patch)).await {
            Ok(_) => Ok(()),
            Err(Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, secret: &SecretName, version: Version, why: &str) -> Result<(), Error> {
        let this = Preconditions { uid: Some(version.uid), resource_version: Some(version.resource) };
        match self.secrets(secret).delete(&secret.name, &DeleteParams::default().preconditions(this)).await {
            Ok(answer) => {
                match answer.left() {
                    // Something keeps it back, and the API server answers with the Secret.
                    Some(kept_back) => drop(Wiped(kept_back)),
                    None => {
                        tracing::info!(namespace = secret.namespace, secret = secret.name, "deleted a Secret: {why}");
                    }
                }
                Ok(())
            }
            // Somebody relies on it since, or was faster.
            Err(Error::Api(status)) if status.is_conflict() || status.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn report(&mut self, secret: &SecretName, of: &ObjectMeta, kind: &str, name: &str) -> Result<(), Error> {
        if !self.observed.report(secret) {
            return Ok(());
        }
        let note = format!(
            "{kind} \"{name}\", whose passwords this Secret holds, is gone, and nothing uses the Secret. If no data of it \
             are left anywhere, delete it: kubectl delete secret {} -n {}",
            secret.name, secret.namespace
        );
        tracing::warn!(namespace = secret.namespace, secret = secret.name, "{note}");
        let event = Event {
            type_: EventType::Normal,
            reason: "CredentialsUnused".to_owned(),
            note: Some(note),
            action: "CleanUp".to_owned(),
            secondary: None,
        };
        let regarding = ObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Secret".to_owned()),
            name: Some(secret.name.clone()),
            namespace: Some(secret.namespace.clone()),
            uid: of.uid.clone(),
            ..ObjectReference::default()
        };
        self.recorder.publish(&event, &regarding).await
    }

    fn secrets(&self, secret: &SecretName) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &secret.namespace)
    }
}

/// The object that a Secret belongs to: by its name, or by the `generateName` that several share.
fn owned_by<'a>(workloads: &'a [Value], name: &str) -> Option<&'a Value> {
    let is = |object: &Value, field: &str| object["metadata"][field].as_str() == Some(name);
    workloads.iter().find(|object| is(object, "name") || is(object, "generateName"))
}
