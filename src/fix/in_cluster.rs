//! Passwords go straight into Secrets of a cluster.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::destination::{Destination, DestinationError, Kept};
use crate::engine::WorkloadSecret;
use crate::secrets::{Applied, SecretError, SecretStore};

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
        let applied = (self.wait)(self.store.check(&secret))?;
        self.taken.push((secret, applied.clone()));
        Ok(applied)
    }

    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError> {
        let mut kept = Vec::new();
        for (secret, expected) in std::mem::take(&mut self.taken) {
            let told = Kept::new(self.name.clone(), &secret);
            let applied = (self.wait)(self.store.apply(&secret))?;
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
