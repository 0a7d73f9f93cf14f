//! What can hold the credentials of workloads.

use std::collections::BTreeMap;

use futures::future::{BoxFuture, FutureExt, ready};

use super::error::SecretError;
use crate::engine::WorkloadSecret;

/// A place for Secrets.
pub trait SecretStore: Send + Sync {
    /// Whether [`Self::apply`] would be refused, and else what it would come to. Only reads.
    fn check<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>>;

    /// Makes every entry be there with its value. Doing it twice is the same as doing it once.
    fn apply<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>>;
}

/// What became of a Secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The keys that hold the values, where they are not those that were wanted.
    pub keys: BTreeMap<String, String>,
    /// Of these, the ones that are new: the variable, and the key that its value got.
    pub added: Vec<(String, String)>,
    /// The variables whose value changes to one that the Secret holds already, and its key.
    pub back: Vec<(String, String)>,
}

/// No place at all: what is due is refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecretStore;

impl SecretStore for NoSecretStore {
    fn check<'a>(&'a self, wanted: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        self.apply(wanted)
    }

    fn apply<'a>(&'a self, _: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        ready(Err(SecretError::NoCluster)).boxed()
    }
}
