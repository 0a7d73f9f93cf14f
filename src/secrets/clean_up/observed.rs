//! How long a Secret has been without its workload, by this process's own clock.
//!
//! Times that are written into objects come from other machines' clocks, which may be wrong. So the
//! one who cleans up waits itself: as long as the Secret is the same one, in the same version.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::secrets::error::SecretName;

/// The Secrets that were seen without their workload.
#[derive(Default)]
pub(super) struct Observed(BTreeMap<SecretName, Observation>);

struct Observation {
    version: Version,
    since: Instant,
    is_reported: bool,
}

/// One version of one Secret: its uid and its `resourceVersion`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) uid: String,
    pub(super) resource: String,
}

impl Observed {
    /// How long this version has been seen without its workload; this is the first time if it is new.
    pub(super) fn note(&mut self, secret: &SecretName, version: &Version, now: Instant) -> Duration {
        let new = || Observation { version: version.clone(), since: now, is_reported: false };
        let observation = self.0.entry(secret.clone()).or_insert_with(new);
        if observation.version != *version {
            *observation = new();
        }
        now.saturating_duration_since(observation.since)
    }

    /// Whether it is to be reported now: once for each version.
    pub(super) fn report(&mut self, secret: &SecretName) -> bool {
        self.0.get_mut(secret).is_some_and(|observation| !std::mem::replace(&mut observation.is_reported, true))
    }

    /// Forgets all but these.
    pub(super) fn keep_only(&mut self, secrets: &[SecretName]) {
        self.0.retain(|secret, _| secrets.contains(secret));
    }

    /// Forgets all: what happened while others cleaned up was not seen.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_begins_anew_with_each_version() {
        let (mut observed, start) = (Observed::default(), Instant::now());
        let secret = SecretName { namespace: "shop".into(), name: "mysql-credentials".into() };
        let version = |uid: &str, resource: &str| Version { uid: uid.into(), resource: resource.into() };
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(observed.note(&secret, &version("a", "1"), after(0)), Duration::ZERO);
        assert_eq!(observed.note(&secret, &version("a", "1"), after(9)), Duration::from_secs(9));
        assert!(observed.report(&secret) && !observed.report(&secret));
        assert_eq!(observed.note(&secret, &version("a", "2"), after(10)), Duration::ZERO);
        assert!(observed.report(&secret));
        assert_eq!(observed.note(&secret, &version("b", "2"), after(20)), Duration::ZERO);
        assert_eq!(observed.note(&secret, &version("b", "2"), after(25)), Duration::from_secs(5));
        observed.keep_only(&[]);
        assert_eq!(observed.note(&secret, &version("b", "2"), after(30)), Duration::ZERO);
    }
}
