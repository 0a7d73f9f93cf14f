//! The policies' objects on their way to being in force: what has to be loaded, what came of it, and the set that
//! follows. Pure: it is told what there is, what was loaded, and what time it is.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::standing::{Failure, InForce, Reason, Standing};
use super::stored::StoredPolicy;
use super::text::short;
use crate::policy::{InstalledPolicy, PolicyDocument, PolicySet, pinned, resolved_digest};

/// When code that could not be had is asked for again: after this, then twice as long each time,
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// but at least so often.
const LAST_RETRY: Duration = Duration::from_mins(5);

/// How much of a failure's message is told, in bytes: it may quote what the document says.
const LONGEST_FAILURE: usize = 2_000;

/// The policies' objects.
#[derive(Default)]
pub(super) struct Objects(BTreeMap<String, Object>);

struct Object {
    stored: StoredPolicy,
    /// What of this object is in force.
    good: Good,
    /// What came of which version; none yet: nothing.
    outcome: Option<(String, Result<(), Failure>)>,
    /// What is being loaded.
    loading: Option<String>,
    /// The version of the ConfigMap that holds the code, as it was before the code was read.
    code_version: Option<String>,
    failures: u32,
    next_try: Option<Instant>,
    missing_rights: Option<String>,
}

/// What is in force by an object's word.
enum Good {
    /// Nothing yet: what is beneath it is.
    Nothing,
    /// It is switched off.
    Off,
    /// This policy.
    Policy(Box<InstalledPolicy>),
}

/// What has to be loaded.
#[derive(Debug, Clone)]
pub(super) struct Load {
    pub(super) name: String,
    /// The version of the object.
    pub(super) version: String,
    pub(super) document: PolicyDocument,
}

impl Objects {
    /// Takes over what there is now.
    pub(super) fn observe(&mut self, stored: Vec<StoredPolicy>) {
        let mut before = std::mem::take(&mut self.0);
        for stored in stored {
            let name = stored.name.clone();
            let object = match before.remove(&name) {
                Some(mut object) => {
                    if object.stored.version != stored.version {
                        (object.failures, object.next_try) = (0, None);
                    }
                    object.stored = stored;
                    object
                }
                None => Object::new(stored),
            };
            self.0.insert(name, object);
        }
    }

    /// What is to be loaded now; what needs no loading is settled at once.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Load> {
        self.0.values_mut().filter_map(|object| object.due(now)).collect()
    }

    /// Takes over what was loaded, if it is still wanted.
    pub(super) fn loaded(
        &mut self,
        load: &Load,
        code_version: Option<String>,
        loaded: Result<InstalledPolicy, Failure>,
        now: Instant,
    ) {
        let Some(object) = self.0.get_mut(&load.name) else { return };
        if object.loading.as_ref() == Some(&load.version) {
            object.loading = None;
        }
        if object.stored.version == load.version {
            object.code_version = code_version;
            object.settle(loaded, now);
        }
    }

    /// The ConfigMap with a policy's code is another than when it was read: it is read again.
    pub(super) fn code_changed(&mut self, name: &str, now: Instant) {
        if let Some(object) = self.0.get_mut(name) {
            object.next_try = Some(now);
        }
    }

    /// The policies whose code is in a ConfigMap, with the version that was read.
    pub(super) fn code_versions(&self) -> Vec<(String, PolicyDocument, Option<String>)> {
        let of = |object: &Object| {
            let document = object.stored.document.as_ref().ok().filter(|document| document.spec.enabled)?;
            let is_there = object.outcome.is_some() && object.loading.is_none();
            (is_there && document.spec.module.starts_with("configmap://"))
                .then(|| (object.stored.name.clone(), document.clone(), object.code_version.clone()))
        };
        self.0.values().filter_map(of).collect()
    }

    /// The documents of those that are in force, by name.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (&String, &PolicyDocument)> {
        self.0.iter().filter_map(|(name, object)| {
            let is_in_force = matches!((&object.good, &object.outcome), (Good::Policy(_), Some((_, Ok(())))));
            object.stored.document.as_ref().ok().filter(|_| is_in_force).map(|document| (name, document))
        })
    }

    /// Whether each is in force as it is now, or switched off.
    pub(super) fn are_all_in_force(&self) -> bool {
        let is_so = |object: &Object| {
            object
                .outcome
                .as_ref()
                .is_some_and(|(version, outcome)| *version == object.stored.version && outcome.is_ok())
        };
        self.0.values().all(is_so)
    }

    /// What the gate's account may not read of what a policy was granted; none if it may read all.
    pub(super) fn set_missing_rights(&mut self, name: &str, missing: Option<String>) {
        if let Some(object) = self.0.get_mut(name) {
            object.missing_rights = missing;
        }
    }

    /// When something is to be tried again.
    pub(super) fn next_try(&self) -> Option<Instant> {
        self.0.values().filter(|object| object.loading.is_none()).filter_map(|object| object.next_try).min()
    }

    /// The set that follows: what the objects put in force, above what is beneath them.
    pub(super) fn above(&self, beneath: &PolicySet) -> PolicySet {
        let mut policies: BTreeMap<&str, &InstalledPolicy> =
            beneath.iter().map(|policy| (policy.name.as_str(), policy)).collect();
        for (name, object) in &self.0 {
            match &object.good {
                Good::Nothing => {}
                Good::Off => drop(policies.remove(name.as_str())),
                Good::Policy(policy) => drop(policies.insert(name, policy)),
            }
        }
        PolicySet::new(policies.into_values().cloned().collect())
    }

    /// What became of each.
    pub(super) fn standings(&self) -> BTreeMap<String, Standing> {
        self.0.iter().filter_map(|(name, object)| Some((name.clone(), object.standing()?))).collect()
    }
}

impl Object {
    fn new(stored: StoredPolicy) -> Self {
        Self {
            stored,
            good: Good::Nothing,
            outcome: None,
            loading: None,
            code_version: None,
            failures: 0,
            next_try: None,
            missing_rights: None,
        }
    }

    fn due(&mut self, now: Instant) -> Option<Load> {
        let version = self.stored.version.clone();
        if self.loading.as_ref() == Some(&version) {
            return None;
        }
        let is_settled = self.outcome.as_ref().is_some_and(|(settled, _)| *settled == version);
        let is_retry = self.next_try.is_some_and(|at| at <= now);
        if is_settled && !is_retry && !self.is_pinned_elsewhere() {
            return None;
        }
        let document = match &self.stored.document {
            Ok(document) if document.spec.enabled => document,
            Ok(_) => {
                self.good = Good::Off;
                (self.outcome, self.next_try) = (Some((version, Ok(()))), None);
                return None;
            }
            Err(problem) => {
                let failure = Failure::of_document(problem.clone());
                (self.outcome, self.next_try) = (Some((version, Err(failure))), None);
                return None;
            }
        };
        let document = match &self.stored.pinned {
            Some(digest) => pinned(document, digest),
            None => document.clone(),
        };
        self.loading = Some(version.clone());
        self.next_try = None;
        Some(Load { name: self.stored.name.clone(), version, document })
    }

    /// Whether another replica found another digest behind this document's tag, and was the first.
    fn is_pinned_elsewhere(&self) -> bool {
        let (Some(pinned), Good::Policy(policy)) = (&self.stored.pinned, &self.good) else { return false };
        let own = policy.resolved.as_deref().and_then(resolved_digest);
        matches!(self.outcome, Some((_, Ok(())))) && own.is_some_and(|own| own != *pinned)
    }

    fn settle(&mut self, loaded: Result<InstalledPolicy, Failure>, now: Instant) {
        let version = self.stored.version.clone();
        match loaded {
            Ok(mut policy) => {
                if policy.resolved.is_none()
                    && let (Some(digest), Ok(document)) = (&self.stored.pinned, &self.stored.document)
                    && document.spec.module.starts_with("oci://")
                {
                    policy.resolved = Some(pinned(document, digest).spec.module);
                }
                self.good = Good::Policy(Box::new(policy));
                self.outcome = Some((version, Ok(())));
                (self.failures, self.next_try) = (0, None);
            }
            Err(failure) => {
                if failure.reason == Reason::DownloadFailed {
                    let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(self.failures)).min(LAST_RETRY);
                    self.failures = self.failures.saturating_add(1);
                    self.next_try = Some(now + wait);
                }
                self.outcome = Some((version, Err(failure)));
            }
        }
    }

    fn standing(&self) -> Option<Standing> {
        let (version, outcome) = self.outcome.as_ref()?;
        // What is said of an earlier version is told until something is known of this one.
        let generation =
            if *version == self.stored.version { self.stored.generation } else { self.stored.generation - 1 };
        let in_force = match &self.good {
            Good::Policy(policy) => InForce::from(policy.as_ref()),
            Good::Nothing | Good::Off => InForce::default(),
        };
        let standing = |reason: Reason, message: String, summary: String| Standing {
            generation,
            reason,
            message,
            summary,
            still: None,
            in_force: in_force.clone(),
        };
        Some(match (outcome, &self.good, &self.missing_rights) {
            (Err(failure), good, _) => {
                let still = match good {
                    Good::Nothing => {
                        "what is beneath it is in force instead: the policy of this name in a file or in the program, if there is one"
                    }
                    Good::Off => "it stays switched off",
                    Good::Policy(_) => "its last good version stays in force",
                };
                let message = format!("{}; {still}", short(&failure.message, LONGEST_FAILURE));
                Standing { still: Some(still), ..standing(failure.reason, message, failure.summary.clone()) }
            }
            (Ok(()), Good::Off, _) => {
                let message = "spec.enabled is false".to_owned();
                standing(Reason::Disabled, message.clone(), message)
            }
            (Ok(()), _, Some(missing)) => standing(Reason::RightsMissing, missing.clone(), missing.clone()),
            (Ok(()), _, None) => {
                let message = "in force as this document says".to_owned();
                standing(Reason::Ready, message.clone(), message)
            }
        })
    }
}
