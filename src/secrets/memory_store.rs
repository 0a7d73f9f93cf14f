//! Secrets in memory: for `tidegate demo` and for tests. The rules are those of a cluster.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt, ready};
use k8s_openapi::api::core::v1::Secret;

use super::error::{SecretError, SecretName};
use super::object::{data, new_secret};
use super::plan::{Plan, by_secret, plan};
use super::store::SecretStore;
use crate::engine::SecretEntry;

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

    /// Plans everything first, so that a refusal of one Secret leaves the others as they were.
    fn run(&self, entries: &[SecretEntry], writes: bool) -> Result<(), SecretError> {
        let wanted = by_secret(entries)?;
        let mut secrets = self.lock();
        let plans: Vec<_> =
            wanted.iter().map(|wanted| plan(wanted, secrets.get(&wanted.secret))).collect::<Result<_, _>>()?;
        if !writes {
            return Ok(());
        }
        for (wanted, plan) in wanted.iter().zip(plans) {
            match plan {
                Plan::Nothing => {}
                Plan::Create => drop(secrets.insert(wanted.secret.clone(), new_secret(wanted))),
                Plan::Add(entries) => {
                    let secret = secrets.entry(wanted.secret.clone()).or_default();
                    secret.data.get_or_insert_default().extend(data(&entries));
                }
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SecretName, Secret>> {
        // A panic elsewhere leaves the map whole: every change of it is one insertion.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemorySecretStore {
    fn check<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>> {
        ready(self.run(entries, false)).boxed()
    }

    fn apply<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>> {
        ready(self.run(entries, true)).boxed()
    }
}
