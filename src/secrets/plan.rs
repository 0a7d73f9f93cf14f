//! What has to be done to a Secret, from what is wanted and what is there. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::{SecretError, SecretName};
use super::kept::{Kept, WhyKept};
use super::object::{self, CLAIMS, KEEPS_DATA, Owner, RELIED_ON};
use super::store::Applied;
use crate::engine::{SecretEntry, WorkloadSecret};

/// The most that a Secret's values may have in all, in bytes (`MaxSecretSize` of
/// k8s.io/kubernetes/pkg/apis/core).
const LARGEST: usize = 1024 * 1024;

/// Whether a changed password of a server that keeps its data may replace the one in the Secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChangedPasswords {
    /// It is refused: the initialised server would not take it over.
    #[default]
    Refuse,
    /// It replaces the one in the Secret.
    Update,
}

/// All that is wanted of one Secret.
pub(super) struct Wanted<'a> {
    /// Which.
    pub(super) secret: SecretName,
    /// The workload that it belongs to.
    pub(super) of: &'a WorkloadSecret,
    /// Its entries, one a key.
    pub(super) entries: Vec<&'a SecretEntry>,
}

/// What has to be done.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    /// It is all there.
    Nothing,
    /// There is no Secret yet.
    Create,
    /// It is there, and not as it has to be.
    Change(Change<'a>),
}

/// What has to be changed in a Secret.
#[derive(Debug, Default)]
pub(super) struct Change<'a> {
    /// Keys that are missing.
    pub(super) add: Vec<&'a SecretEntry>,
    /// Keys with another value.
    pub(super) update: Vec<&'a SecretEntry>,
    /// Annotations that are missing or say something else.
    pub(super) annotations: BTreeMap<String, String>,
}

impl Plan<'_> {
    /// What the workload's author is to know of it once it is done.
    pub(super) fn applied(&self) -> Applied {
        let Plan::Change(change) = self else { return Applied::default() };
        Applied { updated: change.update.iter().map(|entry| entry.key.clone()).collect() }
    }
}

impl<'a> Change<'a> {
    /// Every entry that is to be written.
    pub(super) fn entries(&self) -> Vec<&'a SecretEntry> {
        [self.add.as_slice(), self.update.as_slice()].concat()
    }
}

impl<'a> Wanted<'a> {
    /// Each key once.
    pub(super) fn of(of: &'a WorkloadSecret) -> Result<Self, SecretError> {
        let Some(namespace) = of.namespace.clone() else {
            return Err(SecretError::NoNamespace { name: of.name.clone() });
        };
        let secret = SecretName { namespace, name: of.name.clone() };
        let mut entries: Vec<&SecretEntry> = Vec::new();
        for entry in &of.entries {
            match entries.iter().find(|other| other.key == entry.key) {
                None => entries.push(entry),
                Some(same) if is_same(entry, same.value.expose_secret().as_bytes()) => {}
                Some(_) => return Err(SecretError::TwoValues { secret, key: entry.key.clone() }),
            }
        }
        Ok(Self { secret, of, entries })
    }

    /// What has to be done so that what is wanted is there.
    pub(super) fn plan(&self, existing: Option<&Secret>, changed: ChangedPasswords) -> Result<Plan<'a>, SecretError> {
        let Some(existing) = existing else {
            self.check_size(&BTreeMap::new())?;
            return Ok(Plan::Create);
        };
        self.check_owner(existing)?;
        let (empty, mut change) = (BTreeMap::new(), Change::default());
        let present = existing.data.as_ref().unwrap_or(&empty);
        for entry in &self.entries {
            match present.get(&entry.key) {
                None => change.add.push(*entry),
                Some(value) if is_same(entry, &value.0) => {}
                Some(_) => {
                    self.check_may_change(entry, existing, changed)?;
                    change.update.push(*entry);
                }
            }
        }
        change.annotations = self.annotations(existing);
        if let Some(first) = change.add.first().or(change.update.first()) {
            if existing.immutable == Some(true) {
                return Err(SecretError::Immutable { secret: self.secret.clone(), key: first.key.clone() });
            }
            self.check_size(&present.iter().map(|(key, value)| (key.as_str(), value.0.len())).collect())?;
        }
        let is_empty = change.add.is_empty() && change.update.is_empty() && change.annotations.is_empty();
        Ok(if is_empty { Plan::Nothing } else { Plan::Change(change) })
    }

    fn check_owner(&self, existing: &Secret) -> Result<(), SecretError> {
        let secret = || self.secret.clone();
        match object::owner(&existing.metadata) {
            Owner::Somebody => Err(SecretError::NotOurs { secret: secret() }),
            Owner::Workload { kind, name } if (kind, name) != (&self.of.owner_kind, &self.of.owner_name) => {
                Err(SecretError::OtherWorkload {
                    secret: secret(),
                    found: workload(kind, name),
                    wanted: workload(&self.of.owner_kind, &self.of.owner_name),
                })
            }
            Owner::Workload { .. } => Ok(()),
        }
    }

    /// A key's value may change unless somebody still goes by the old one.
    fn check_may_change(
        &self,
        entry: &SecretEntry,
        existing: &Secret,
        changed: ChangedPasswords,
    ) -> Result<(), SecretError> {
        let owner = &self.of.owner;
        let keeps_data = owner.keeps_data || object::keeps_data(&existing.metadata);
        let why = if owner.is_fixed {
            WhyKept::PodsAreFixed { kind: self.of.owner_kind.clone() }
        } else if owner.is_generated {
            WhyKept::Shared { prefix: self.of.owner_name.clone() }
        } else if keeps_data && changed == ChangedPasswords::Refuse {
            WhyKept::DataAreKept
        } else {
            return Ok(());
        };
        Err(SecretError::ValueDiffers {
            secret: self.secret.clone(),
            kept: Box::new(Kept {
                key: entry.key.clone(),
                container: entry.container.clone(),
                variable: entry.variable.clone(),
                why,
            }),
        })
    }

    /// What a Secret that is there has to say of its workload from now on.
    fn annotations(&self, existing: &Secret) -> BTreeMap<String, String> {
        let owner = &self.of.owner;
        let mut annotations = BTreeMap::new();
        if owner.is_new {
            // Whoever wants to delete a Secret that nobody uses has looked at a version before this
            // one, and is refused: see `clean_up`.
            annotations.insert(RELIED_ON.to_owned(), existing.metadata.resource_version.clone().unwrap_or_default());
        }
        if owner.keeps_data && !object::keeps_data(&existing.metadata) {
            annotations.insert(KEEPS_DATA.to_owned(), "true".to_owned());
        }
        // A claim that is no longer used still holds data that only this password opens.
        let known = object::claims(&existing.metadata);
        if owner.claims.iter().any(|claim| !known.contains(claim)) {
            let mut all = [known, owner.claims.clone()].concat();
            all.sort_unstable();
            all.dedup();
            annotations.insert(CLAIMS.to_owned(), all.join(","));
        }
        annotations
    }

    fn check_size(&self, present: &BTreeMap<&str, usize>) -> Result<(), SecretError> {
        let kept = present.iter().filter(|(key, _)| !self.entries.iter().any(|entry| entry.key == **key));
        let size = kept.map(|(_, size)| size).sum::<usize>()
            + self.entries.iter().map(|entry| entry.value.expose_secret().len()).sum::<usize>();
        if size > LARGEST {
            return Err(SecretError::TooLarge { secret: self.secret.clone(), size, largest: LARGEST });
        }
        Ok(())
    }
}

/// Compares in a time that tells neither how much of the value is right nor how long it is: digests,
/// in constant time.
fn is_same(entry: &SecretEntry, value: &[u8]) -> bool {
    let wanted = Sha256::digest(entry.value.expose_secret().as_bytes());
    wanted.ct_eq(&Sha256::digest(value)).into()
}

/// A workload, as people read it.
fn workload(kind: &str, name: &str) -> String {
    format!("{kind} \"{name}\"")
}
