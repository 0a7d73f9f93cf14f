//! What has to be done to a Secret, from what is wanted and what is there. Pure.

use k8s_openapi::api::core::v1::Secret;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::error::{SecretError, SecretName};
use super::object::{Owner, owner};
use crate::engine::SecretEntry;

/// All that is wanted of one Secret.
pub(super) struct Wanted<'a> {
    /// Which.
    pub(super) secret: SecretName,
    /// The kind of the workload that it belongs to.
    pub(super) owner_kind: &'a str,
    /// The workload's name.
    pub(super) owner_name: &'a str,
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
    /// These keys are missing.
    Add(Vec<&'a SecretEntry>),
}

/// Gathers the entries by Secret, so that each is written at once.
pub(super) fn by_secret(entries: &[SecretEntry]) -> Result<Vec<Wanted<'_>>, SecretError> {
    let mut all: Vec<Wanted<'_>> = Vec::new();
    for entry in entries {
        let Some(namespace) = entry.namespace.clone() else {
            return Err(SecretError::NoNamespace { name: entry.secret.clone() });
        };
        let secret = SecretName { namespace, name: entry.secret.clone() };
        let Some(wanted) = all.iter_mut().find(|wanted| wanted.secret == secret) else {
            let (owner_kind, owner_name) = (entry.owner_kind.as_str(), entry.owner_name.as_str());
            all.push(Wanted { secret, owner_kind, owner_name, entries: vec![entry] });
            continue;
        };
        if (wanted.owner_kind, wanted.owner_name) != (&entry.owner_kind, &entry.owner_name) {
            let found = workload(wanted.owner_kind, wanted.owner_name);
            return Err(SecretError::OtherWorkload {
                secret,
                found,
                wanted: workload(&entry.owner_kind, &entry.owner_name),
            });
        }
        match wanted.entries.iter().find(|other| other.key == entry.key) {
            None => wanted.entries.push(entry),
            Some(same) if is_same(entry, same.value.expose_secret().as_bytes()) => {}
            Some(_) => return Err(SecretError::TwoValues { secret, key: entry.key.clone() }),
        }
    }
    Ok(all)
}

/// What has to be done so that what is wanted is there.
pub(super) fn plan<'a>(wanted: &Wanted<'a>, existing: Option<&Secret>) -> Result<Plan<'a>, SecretError> {
    let Some(existing) = existing else { return Ok(Plan::Create) };
    let secret = || wanted.secret.clone();
    match owner(existing) {
        Owner::Somebody => return Err(SecretError::NotOurs { secret: secret() }),
        Owner::Workload { kind, name } if (kind, name) != (wanted.owner_kind, wanted.owner_name) => {
            return Err(SecretError::OtherWorkload {
                secret: secret(),
                found: workload(kind, name),
                wanted: workload(wanted.owner_kind, wanted.owner_name),
            });
        }
        Owner::Workload { .. } => {}
    }
    let mut missing = Vec::new();
    for entry in &wanted.entries {
        match existing.data.as_ref().and_then(|data| data.get(&entry.key)) {
            None => missing.push(*entry),
            Some(value) if is_same(entry, &value.0) => {}
            Some(_) => {
                return Err(SecretError::ValueDiffers {
                    secret: secret(),
                    key: entry.key.clone(),
                    container: entry.container.clone(),
                    variable: entry.variable.clone(),
                });
            }
        }
    }
    match missing.first() {
        None => Ok(Plan::Nothing),
        Some(first) if existing.immutable == Some(true) => {
            Err(SecretError::Immutable { secret: secret(), key: first.key.clone() })
        }
        Some(_) => Ok(Plan::Add(missing)),
    }
}

/// Compares in a time that does not tell how much of the value is right.
fn is_same(entry: &SecretEntry, value: &[u8]) -> bool {
    entry.value.expose_secret().as_bytes().ct_eq(value).into()
}

/// A workload, as people read it.
fn workload(kind: &str, name: &str) -> String {
    format!("{kind} \"{name}\"")
}
