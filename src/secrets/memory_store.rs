//! Secrets in memory: for `tidegate demo` and for tests. The rules are those of a cluster.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt, ready};
use k8s_openapi::api::core::v1::Secret;

use super::error::{SecretError, SecretName};
use super::object::new_secret;
use super::plan::{ChangedPasswords, Do, Plan, Wanted};
use super::store::{Applied, SecretStore};
use crate::engine::WorkloadSecret;

/// Secrets in memory.
#[derive(Default)]
pub struct MemorySecretStore {
    secrets: Mutex<BTreeMap<SecretName, Secret>>,
}

impl MemorySecretStore {
    /// Every Secret with its keys, never with a value.
    pub fn keys(&self) -> Vec<(SecretName, Vec<String>)> {
        let keys = |secret: &Secret| secret.data.iter().flat_map(BTreeMap::keys).cloned().collect();
        self.lock().iter().map(|(name, secret)| (name.clone(), keys(secret))).collect()
    }

    fn run(&self, wanted: &WorkloadSecret, writes: bool) -> Result<Applied, SecretError> {
        let wanted = Wanted::of(wanted)?;
        let mut secrets = self.lock();
        let other =
            |name: &str| secrets.get(&SecretName { namespace: wanted.secret.namespace.clone(), name: name.to_owned() });
        let plan = wanted.plan(secrets.get(&wanted.secret), &other, ChangedPasswords::Refuse)?;
        let Plan { what, applied } = plan;
        if !writes {
            return Ok(applied);
        }
        match what {
            Do::Nothing => {}
            Do::Create => drop(secrets.insert(wanted.secret.clone(), new_secret(&wanted))),
            Do::Change(change) => {
                let secret = secrets.entry(wanted.secret.clone()).or_default();
                secret.data.get_or_insert_default().extend(change.data());
                secret.metadata.annotations.get_or_insert_default().extend(change.annotations);
            }
        }
        Ok(applied)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SecretName, Secret>> {
        // A panic elsewhere leaves the map whole: every change of it is one insertion.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemorySecretStore {
    fn check<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        ready(self.run(wanted, false)).boxed()
    }

    fn apply<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        ready(self.run(wanted, true)).boxed()
    }
}
