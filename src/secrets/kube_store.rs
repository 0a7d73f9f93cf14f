//! Secrets on an API server. The only file that writes a Secret.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, core::Status};
use serde::Serialize;
use serde_json::json;

use super::claims::{claims_there, is_claim};
use super::error::SecretError;
use super::object::{self, MANAGER, new_secret};
use super::plan::{Change, ChangedPasswords, Do, Plan, Wanted};
use super::refusal::refusal;
use super::store::{Applied, SecretStore};
use super::wiped::Wiped;
use crate::engine::{Data, WorkloadSecret};

/// How long one call of the API server may take. The API server waits for a webhook 10 s by
/// default, and a first apply needs two calls.
pub(super) const CALL_LIMIT: Duration = Duration::from_secs(3);
/// How often a Secret that others change meanwhile is looked at anew.
const ATTEMPTS: usize = 4;

/// Secrets on an API server.
pub struct KubeSecretStore {
    client: Client,
    changed: ChangedPasswords,
}

impl KubeSecretStore {
    /// Uses a client; its account needs `get`, `create` and `patch` on Secrets.
    pub fn new(client: Client, changed: ChangedPasswords) -> Self {
        Self { client, changed }
    }

    async fn check_one(&self, wanted: &WorkloadSecret) -> Result<Applied, SecretError> {
        let wanted = Wanted::of(wanted)?;
        let existing = self.get(&wanted, &wanted.secret.name).await?;
        Ok(self.plan(&wanted, existing.as_deref()).await?.applied)
    }

    /// Looks first and writes then: a re-apply, the usual case, costs one read, sends no value and
    /// is not stopped by a full quota. Whoever comes between is noticed by the API server (the name
    /// is taken; the version is another), and everything is looked at anew.
    async fn apply_one(&self, wanted: &WorkloadSecret) -> Result<Applied, SecretError> {
        let wanted = Wanted::of(wanted)?;
        for _ in 0..ATTEMPTS {
            let existing = self.get(&wanted, &wanted.secret.name).await?;
            let Plan { what, applied } = self.plan(&wanted, existing.as_deref()).await?;
            let is_done = match (what, existing) {
                (Do::Nothing, _) => return Ok(applied),
                (Do::Change(change), Some(existing)) => self.change(&wanted, &existing, &change).await?,
                (Do::Change(_) | Do::Create, _) => self.create(&wanted).await?,
            };
            if is_done {
                log_written(&wanted, &applied);
                return Ok(applied);
            }
        }
        Err(SecretError::Contended { secret: wanted.secret.clone() })
    }

    /// What has to be done. Secrets that the stored workload refers to are read for it, and claims are
    /// asked about, if it depends on them.
    async fn plan<'w>(&self, wanted: &Wanted<'w>, existing: Option<&Secret>) -> Result<Plan<'w>, SecretError> {
        let mut others = BTreeMap::new();
        for name in wanted.others() {
            if let Some(secret) = self.get(wanted, name).await? {
                others.insert(name, secret);
            }
        }
        let other = |name: &str| others.get(name).map(|secret| &**secret);
        match wanted.plan(existing, &other, self.changed) {
            Err(SecretError::ValueDiffers { .. }) if self.has_no_data(wanted, existing).await => {
                wanted.plan(existing, &other, ChangedPasswords::Update)
            }
            plan => plan,
        }
    }

    /// Whether it is sure that no data are there yet, or any more: the workload is being made, its data are to
    /// be in claims alone, and none of these is there. A first try that the API server refused, or what was
    /// there before and was deleted with its claims, must not be in the way of another password.
    async fn has_no_data(&self, wanted: &Wanted<'_>, existing: Option<&Secret>) -> bool {
        if !wanted.of.owner.is_new || wanted.data(existing) != Data::InClaims {
            return false;
        }
        let mut claims = existing.map(|existing| object::claims(&existing.metadata)).unwrap_or_default();
        claims.extend(wanted.of.owner.claims.iter().cloned());
        let there = tokio::time::timeout(CALL_LIMIT, claims_there(&self.client, &wanted.secret.namespace)).await;
        let is_there = |there: &[String]| claims.iter().any(|claim| there.iter().any(|name| is_claim(claim, name)));
        matches!(there, Ok(Ok(there)) if !is_there(&there))
    }

    async fn get(&self, wanted: &Wanted<'_>, name: &str) -> Result<Option<Wiped>, SecretError> {
        let secrets = self.secrets(wanted);
        match self.call(wanted, "get", secrets.get_opt(name)).await? {
            Ok(secret) => Ok(secret.map(Wiped)),
            Err(status) => Err(refusal(&self.client, wanted, "get", &status).await),
        }
    }

    /// False: one of that name came between.
    async fn create(&self, wanted: &Wanted<'_>) -> Result<bool, SecretError> {
        let (secrets, secret) = (self.secrets(wanted), Wiped(new_secret(wanted)));
        let how = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        match self.call(wanted, "create", secrets.create(&how, &*secret)).await? {
            Ok(created) => {
                drop(Wiped(created));
                Ok(true)
            }
            Err(status) if status.is_already_exists() => Ok(false),
            Err(status) => Err(refusal(&self.client, wanted, "create", &status).await),
        }
    }

    /// False: it was deleted meanwhile, or changed where that matters: what only notes something would be in
    /// the way of others who do.
    async fn change(&self, wanted: &Wanted<'_>, existing: &Wiped, change: &Change<'_>) -> Result<bool, SecretError> {
        let (secrets, metadata) = (self.secrets(wanted), &existing.metadata);
        let version = metadata.resource_version.as_ref().filter(|_| !change.add.is_empty());
        let patch = Patch::Merge(Withheld(json!({
            "metadata": { "uid": metadata.uid, "resourceVersion": version, "annotations": change.annotations },
            "data": change.data(),
        })));
        let how = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        match self.call(wanted, "patch", secrets.patch(&wanted.secret.name, &how, &patch)).await? {
            Ok(changed) => {
                drop(Wiped(changed));
                Ok(true)
            }
            Err(status) if status.is_conflict() || status.is_not_found() => Ok(false),
            Err(status) => Err(refusal(&self.client, wanted, "patch", &status).await),
        }
    }

    fn secrets(&self, wanted: &Wanted<'_>) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &wanted.secret.namespace)
    }

    /// One call, with its limit; what the API server answered is told from what came between.
    async fn call<T>(
        &self,
        wanted: &Wanted<'_>,
        verb: &'static str,
        call: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<Result<T, Box<Status>>, SecretError> {
        let secret = || wanted.secret.clone();
        match tokio::time::timeout(CALL_LIMIT, call).await {
            Ok(Ok(answer)) => Ok(Ok(answer)),
            Ok(Err(kube::Error::Api(status))) => Ok(Err(status)),
            Ok(Err(kube::Error::SerdeError(_) | kube::Error::FromUtf8(_))) => {
                Err(SecretError::Unreadable { secret: secret(), verb })
            }
            Ok(Err(source)) => Err(SecretError::Unreachable { secret: secret(), verb, source: Box::new(source) }),
            Err(_) => Err(SecretError::Timeout { secret: secret(), verb, seconds: CALL_LIMIT.as_secs() }),
        }
    }
}

impl SecretStore for KubeSecretStore {
    fn check<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        self.check_one(wanted).boxed()
    }

    fn apply<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        self.apply_one(wanted).boxed()
    }
}

/// Says which keys of which Secret were written, and for which workload. Never a value.
fn log_written(wanted: &Wanted<'_>, applied: &Applied) {
    let used = |key: &str| applied.keys.get(key).map_or(key, String::as_str).to_owned();
    let keys: Vec<String> = wanted.entries.iter().map(|entry| used(&entry.key)).collect();
    tracing::info!(
        namespace = wanted.secret.namespace,
        secret = wanted.secret.name,
        kind = wanted.of.owner_kind,
        workload = wanted.of.owner_name,
        keys = keys.join(","),
        "the workload's Secret is ready"
    );
}

/// A patch that cannot be printed: the client asks for `Debug`.
#[derive(Serialize)]
#[serde(transparent)]
struct Withheld(serde_json::Value);

impl fmt::Debug for Withheld {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[withheld]")
    }
}
