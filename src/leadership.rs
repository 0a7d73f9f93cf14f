//! What one replica does at a time is done by whoever holds the Lease for it.
//!
//! As client-go does it (tools/leaderelection), the times in the Lease are for people: another's Lease
//! is over when it did not change for its length by this process's own clock.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, PostParams};
use kube::{Client, Error};

/// A Lease that did not change for so long is over.
const LENGTH: Duration = Duration::from_secs(15);
/// How often the one who holds it says so: three times in its length.
pub const RENEWAL: Duration = Duration::from_secs(5);

/// A replica that would lead.
pub struct Leadership {
    leases: Api<Lease>,
    /// The Lease's name.
    name: &'static str,
    identity: String,
    /// The version of another's Lease, and when it was first seen.
    seen: Option<(String, Instant)>,
}

impl Leadership {
    /// By the Lease of that name in that namespace. The identity must differ between replicas.
    pub fn new(client: Client, namespace: &str, name: &'static str, identity: String) -> Self {
        Self { leases: Api::namespaced(client, namespace), name, identity, seen: None }
    }

    /// Takes or renews the Lease, if that can be.
    ///
    /// # Errors
    /// What the API server says, but for conflicts: then another was faster.
    pub async fn is_held(&mut self) -> Result<bool, Error> {
        let Some(lease) = self.leases.get_opt(self.name).await? else {
            return won(self.leases.create(&PostParams::default(), &self.lease(None)).await);
        };
        let spec = lease.spec.clone().unwrap_or_default();
        let is_free = match spec.holder_identity.as_deref() {
            None | Some("") => true,
            Some(holder) if holder == self.identity => true,
            Some(_) => self.is_over(lease.metadata.resource_version.clone().unwrap_or_default()),
        };
        if !is_free {
            return Ok(false);
        }
        self.seen = None;
        won(self.leases.replace(self.name, &PostParams::default(), &self.lease(Some((lease.metadata, spec)))).await)
    }

    fn is_over(&mut self, version: String) -> bool {
        match &self.seen {
            Some((seen, since)) if *seen == version => since.elapsed() >= LENGTH,
            _ => {
                self.seen = Some((version, Instant::now()));
                false
            }
        }
    }

    /// The Lease as it is to be, after what it was.
    fn lease(&self, before: Option<(ObjectMeta, LeaseSpec)>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let named = || ObjectMeta { name: Some(self.name.to_owned()), ..ObjectMeta::default() };
        let (metadata, before) = before.unwrap_or_else(|| (named(), LeaseSpec::default()));
        let is_mine = before.holder_identity.as_deref() == Some(&self.identity);
        let transitions = before.lease_transitions.unwrap_or_default();
        let spec = LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(LENGTH.as_secs()).ok(),
            acquire_time: if is_mine { before.acquire_time } else { Some(now.clone()) },
            renew_time: Some(now),
            lease_transitions: Some(if is_mine { transitions } else { transitions.saturating_add(1) }),
            ..LeaseSpec::default()
        };
        Lease { metadata, spec: Some(spec) }
    }
}

/// A conflict means that another was faster.
fn won(written: Result<Lease, Error>) -> Result<bool, Error> {
    match written {
        Ok(_) => Ok(true),
        Err(Error::Api(status)) if status.is_conflict() || status.is_already_exists() => Ok(false),
        Err(error) => Err(error),
    }
}
