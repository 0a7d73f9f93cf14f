//! What has to be done to a Secret, from what is wanted and what is there. Pure.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use secrecy::ExposeSecret;

use super::error::{SecretError, SecretName};
use super::kept::{Kept, WhyKept};
use super::keys::{holds, is_same, keys_of};
use super::object::{self, Owner, RELIED_ON};
use super::store::Applied;
use crate::engine::{Before, Data, SecretEntry, WorkloadSecret};

/// The most that a Secret's values may have in all, in bytes (`MaxSecretSize` of
/// k8s.io/kubernetes/pkg/apis/core).
const LARGEST: usize = 1024 * 1024;

/// Whether a changed password of a server that keeps its data is taken over into the Secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChangedPasswords {
    /// It is refused: the initialised server would not take it over.
    #[default]
    Refuse,
    /// It gets a key of its own in the Secret, to which the pods then refer.
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

/// What has to be done, and what it comes to.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) what: Do<'a>,
    pub(super) applied: Applied,
}

/// What has to be done.
#[derive(Debug)]
pub(super) enum Do<'a> {
    /// It is all there.
    Nothing,
    /// There is no Secret yet.
    Create,
    /// It is there, and not as it has to be.
    Change(Change<'a>),
}

/// What has to be changed in a Secret. No value that is there ever becomes another.
#[derive(Debug, Default)]
pub(super) struct Change<'a> {
    /// Keys that are missing, with what they are to hold.
    pub(super) add: Vec<(String, &'a SecretEntry)>,
    /// Annotations that are missing or say something else.
    pub(super) annotations: BTreeMap<String, String>,
}

impl Change<'_> {
    /// What is to be added to the Secret's `data`.
    pub(super) fn data(&self) -> BTreeMap<String, ByteString> {
        object::data(self.add.iter().map(|(key, entry)| (key.as_str(), *entry)))
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

    /// What has to be done so that what is wanted is there. `others` are Secrets that the stored workload
    /// refers to, by their names.
    pub(super) fn plan<'s>(
        &self,
        existing: Option<&'s Secret>,
        others: &dyn Fn(&str) -> Option<&'s Secret>,
        changed: ChangedPasswords,
    ) -> Result<Plan<'a>, SecretError> {
        let mut applied = Applied::default();
        if let Some(existing) = existing {
            self.check_owner(existing)?;
            if existing.metadata.deletion_timestamp.is_some() {
                return Err(SecretError::Ending { secret: self.secret.clone() });
            }
        }
        let secret = |name: &str| if name == self.secret.name { existing } else { others(name) };
        let was_another: Vec<&str> = self
            .entries
            .iter()
            .filter(|entry| was_another(entry, &secret))
            .map(|entry| {
                self.check_may_change(entry, entry.before.as_ref(), existing, changed)?;
                Ok(entry.key.as_str())
            })
            .collect::<Result<_, SecretError>>()?;
        let Some(existing) = existing else {
            self.check_size(&BTreeMap::new(), &self.entries)?;
            return Ok(Plan { what: Do::Create, applied });
        };
        let (empty, mut change) = (BTreeMap::new(), Change::default());
        let present = existing.data.as_ref().unwrap_or(&empty);
        for entry in &self.entries {
            if let Some(key) = holds(present, entry) {
                if was_another.contains(&entry.key.as_str()) {
                    applied.back.push((entry.variable.clone(), key.clone()));
                }
                if key != entry.key {
                    applied.keys.insert(entry.key.clone(), key);
                }
                continue;
            }
            let key = if present.contains_key(&entry.key) {
                self.check_may_change(entry, None, Some(existing), changed)?;
                let key = keys_of(&entry.key).find(|key| !self.is_taken(key, present, &change)).unwrap_or_default();
                applied.keys.insert(entry.key.clone(), key.clone());
                applied.added.push((entry.variable.clone(), key.clone()));
                key
            } else {
                entry.key.clone()
            };
            change.add.push((key, *entry));
        }
        change.annotations = self.annotations(existing);
        if let Some((key, _)) = change.add.first() {
            if existing.immutable == Some(true) {
                return Err(SecretError::Immutable { secret: self.secret.clone(), key: key.clone() });
            }
            self.check_size(present, change.add.iter().map(|(_, entry)| entry))?;
        }
        let is_empty = change.add.is_empty() && change.annotations.is_empty();
        Ok(Plan { what: if is_empty { Do::Nothing } else { Do::Change(change) }, applied })
    }

    fn is_taken(&self, key: &str, present: &BTreeMap<String, ByteString>, change: &Change<'_>) -> bool {
        present.contains_key(key)
            || self.entries.iter().any(|entry| entry.key == key)
            || change.add.iter().any(|(added, _)| added == key)
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

    /// Another value may come beside the old one unless somebody still goes by that. The old one is what
    /// the stored workload has, or else what the Secret holds under the entry's key.
    fn check_may_change(
        &self,
        entry: &SecretEntry,
        before: Option<&Before>,
        existing: Option<&Secret>,
        changed: ChangedPasswords,
    ) -> Result<(), SecretError> {
        let is_plain = matches!(before, Some(Before::Literal(_)));
        let why = if self.data(existing) > Data::Passing && changed == ChangedPasswords::Refuse {
            if is_plain { WhyKept::DataAreKeptInPlainText } else { WhyKept::DataAreKept }
        } else if self.of.owner.is_fixed {
            WhyKept::PodsAreFixed { kind: self.of.owner_kind.clone() }
        } else {
            return Ok(());
        };
        let kept = |key: &str| {
            let (container, variable) = (entry.container.clone(), entry.variable.clone());
            Box::new(Kept { key: key.to_owned(), container, variable, why })
        };
        Err(match before {
            Some(Before::Literal(_)) => SecretError::StoredDiffers {
                workload: workload(&self.of.owner_kind, &self.of.owner_name),
                kept: kept(&entry.key),
            },
            Some(Before::InSecret { name, key }) => SecretError::ValueDiffers {
                secret: SecretName { namespace: self.secret.namespace.clone(), name: name.clone() },
                kept: kept(key),
            },
            None => SecretError::ValueDiffers { secret: self.secret.clone(), kept: kept(&entry.key) },
        })
    }

    /// Where servers of the workload keep their data, now or before.
    pub(super) fn data(&self, existing: Option<&Secret>) -> Data {
        let before = existing.map(|existing| object::kept_data(&existing.metadata)).unwrap_or_default();
        self.of.owner.data.max(before)
    }

    /// Secrets other than this one that the stored workload takes its values from.
    pub(super) fn others(&self) -> BTreeSet<&'a str> {
        let named = self.entries.iter().filter_map(|entry| match &entry.before {
            Some(Before::InSecret { name, .. }) if *name != self.secret.name => Some(name.as_str()),
            _ => None,
        });
        named.collect()
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
        annotations.extend(object::grown(&existing.metadata, owner));
        annotations
    }

    fn check_size<'b>(
        &self,
        present: &BTreeMap<String, ByteString>,
        added: impl IntoIterator<Item = &'b &'b SecretEntry>,
    ) -> Result<(), SecretError> {
        let added = added.into_iter().map(|entry| entry.value.expose_secret().len()).sum::<usize>();
        let size = present.values().map(|value| value.0.len()).sum::<usize>() + added;
        if size > LARGEST {
            return Err(SecretError::TooLarge { secret: self.secret.clone(), size, largest: LARGEST });
        }
        Ok(())
    }
}

/// Whether the stored workload is known to have another value.
fn was_another<'s>(entry: &SecretEntry, secret: &dyn Fn(&str) -> Option<&'s Secret>) -> bool {
    match &entry.before {
        None => false,
        Some(Before::Literal(value)) => !is_same(entry, value.expose_secret().as_bytes()),
        Some(Before::InSecret { name, key }) => {
            let held = secret(name).and_then(|secret| secret.data.as_ref()?.get(key));
            held.is_some_and(|held| !is_same(entry, &held.0))
        }
    }
}

/// A workload, as people read it.
fn workload(kind: &str, name: &str) -> String {
    format!("{kind} \"{name}\"")
}
