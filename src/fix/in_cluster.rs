//! Passwords go straight into Secrets of a cluster.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use secrecy::ExposeSecret;

use super::destination::{Destination, DestinationError, Kept};
use crate::engine::{SecretEntry, WorkloadSecret};
use crate::secrets::{Applied, SecretError, SecretName, SecretStore};

/// Waits for what a store does; whoever has the runtime knows how.
pub type Wait = Box<dyn Fn(BoxFuture<'_, Result<Applied, SecretError>>) -> Result<Applied, SecretError>>;

/// The Secrets of a cluster.
pub struct InCluster {
    /// Where they are made.
    pub store: Arc<dyn SecretStore>,
    /// The namespace of manifests that say none: as with `kubectl apply`, that of the context.
    pub namespace: String,
    /// What people call the cluster.
    pub name: String,
    /// How it is waited for them.
    pub wait: Wait,
    /// What is to be made, and the keys that are expected.
    pub taken: Vec<(WorkloadSecret, Applied)>,
}

impl Destination for InCluster {
    fn take(&mut self, secret: &WorkloadSecret, _: Option<&Path>) -> Result<Applied, DestinationError> {
        let mut secret = secret.clone();
        secret.namespace.get_or_insert_with(|| self.namespace.clone());
        self.check_others(&secret)?;
        let applied = (self.wait)(self.store.check(&secret)).map_err(|error| self.told(error))?;
        self.taken.push((secret, applied.clone()));
        Ok(applied)
    }

    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError> {
        let mut kept = Vec::new();
        for (secret, expected) in std::mem::take(&mut self.taken) {
            let told = Kept::new(self.name.clone(), &secret);
            let applied = (self.wait)(self.store.apply(&secret)).map_err(|error| self.told(error))?;
            if applied.keys != expected.keys {
                return Err(DestinationError::ChangedMeanwhile { secret: told.secret });
            }
            kept.push(told);
        }
        kept.sort();
        kept.dedup();
        Ok(kept)
    }
}

impl InCluster {
    /// Whether what was taken already leaves room for it: the store knows only what the cluster has.
    fn check_others(&self, secret: &WorkloadSecret) -> Result<(), DestinationError> {
        let is_same = |other: &&WorkloadSecret| (&other.namespace, &other.name) == (&secret.namespace, &secret.name);
        for other in self.taken.iter().map(|(taken, _)| taken).filter(is_same) {
            let name =
                SecretName { namespace: secret.namespace.clone().unwrap_or_default(), name: secret.name.clone() };
            if (&other.owner_kind, &other.owner_name) != (&secret.owner_kind, &secret.owner_name) {
                let workload = |of: &WorkloadSecret| format!("{} \"{}\"", of.owner_kind, of.owner_name);
                let (found, wanted) = (workload(other), workload(secret));
                return Err(SecretError::OtherWorkload { secret: name, found, wanted }.into());
            }
            let differs = |entry: &&SecretEntry| {
                let same_key = other.entries.iter().find(|taken| taken.key == entry.key);
                same_key.is_some_and(|taken| taken.value.expose_secret() != entry.value.expose_secret())
            };
            if let Some(entry) = secret.entries.iter().find(differs) {
                return Err(DestinationError::TwoPasswords { secret: name, key: entry.key.clone() });
            }
        }
        Ok(())
    }

    /// An error in words for whoever repairs: the gate's are for those who meet it in a cluster.
    fn told(&self, error: SecretError) -> DestinationError {
        let cluster = self.name.clone();
        match error {
            SecretError::NotPermitted { secret, verb } => DestinationError::NotPermitted { secret, verb, cluster },
            SecretError::Unreachable { secret, .. } => DestinationError::Unreachable { secret, cluster },
            other => other.into(),
        }
    }
}
