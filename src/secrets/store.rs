//! What can hold the credentials of workloads.

use futures::future::{BoxFuture, FutureExt, ready};

use super::error::SecretError;
use crate::engine::SecretEntry;

/// A place for Secrets.
pub trait SecretStore: Send + Sync {
    /// Whether [`Self::apply`] would be refused. Only reads.
    fn check<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Makes every entry be there with its value. Doing it twice is the same as doing it once.
    fn apply<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>>;
}

/// No place at all: what is due is refused, and what asks for nothing passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecretStore;

impl SecretStore for NoSecretStore {
    fn check<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>> {
        self.apply(entries)
    }

    fn apply<'a>(&'a self, entries: &'a [SecretEntry]) -> BoxFuture<'a, Result<(), SecretError>> {
        ready(if entries.is_empty() { Ok(()) } else { Err(SecretError::NoCluster) }).boxed()
    }
}
