//! Secrets as manifests in a text. The rules are those of a cluster: no value ever becomes another.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::error::{SecretError, SecretName};
use super::object::{RELIED_ON, new_secret};
use super::plan::{ChangedPasswords, Do, Plan, Wanted};
use super::store::Applied;
use super::wiped::Wiped;
use crate::engine::WorkloadSecret;
use crate::yaml::{self, Document};

/// What stands at the beginning of a text that was empty.
const HEADING: &str =
    "# Passwords that tidegate took out of manifests. Keep this file out of Git, and apply it before them.\n";

/// Why a text cannot be used. Holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretTextError {
    /// It is no YAML.
    #[error("line {line}: {problem}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// It holds something else too: it is no place for Secrets alone.
    #[error("line {line}: this is a manifest, and not one of a Secret; name a file that is for Secrets alone")]
    Other {
        /// The line, from 1.
        line: usize,
    },
    /// A document that should be a Secret is none.
    #[error("line {line}: this Secret cannot be read: kubectl apply --dry-run=client says why")]
    NotASecret {
        /// The line, from 1.
        line: usize,
    },
    /// Which of the two counts is not known.
    #[error("line {line}: {secret} is there twice; remove one of the two")]
    Twice {
        /// The line, from 1.
        line: usize,
        /// The Secret.
        secret: SecretName,
    },
    /// A document that cannot be changed.
    #[error("{0}")]
    Edit(yaml::EditError),
    /// What came out is not what is wanted: a fault of ours.
    #[error("the Secrets cannot be added to it; name another file")]
    Garbled,
}

/// The Secrets of a text, and those that are to be added.
///
/// It is not `Debug`: it holds passwords.
#[derive(Default)]
pub struct FileSecretStore {
    text: Zeroizing<String>,
    documents: Vec<Document>,
    secrets: BTreeMap<SecretName, Held>,
}

/// One Secret.
struct Held {
    /// As it is read: with what `stringData` says among its data.
    secret: Wiped,
    /// As it is written.
    value: Value,
    /// Which document it is; none if it is new.
    document: Option<usize>,
    changed: bool,
}

impl FileSecretStore {
    /// Reads the Secrets of a text. What else is in it but comments is refused: it may be a manifest for Git.
    ///
    /// # Errors
    /// [`SecretTextError`] if the text cannot be read, or holds something that is not understood.
    pub fn read(text: String) -> Result<Self, SecretTextError> {
        let mut store = Self { text: Zeroizing::new(text), ..Self::default() };
        for document in yaml::parse(&store.text) {
            let document = document
                .map_err(|problem| SecretTextError::Unreadable { line: problem.line, problem: problem.to_string() })?;
            let line = document.first_line;
            if document.value.get("kind").and_then(Value::as_str) == Some("Secret") {
                let secret = secret_of(&document.value).ok_or(SecretTextError::NotASecret { line })?;
                let (name, value) = (name_of(&secret), document.value.clone());
                let held = Held { secret, value, document: Some(store.documents.len()), changed: false };
                match store.secrets.entry(name) {
                    Entry::Vacant(free) => drop(free.insert(held)),
                    Entry::Occupied(taken) => {
                        return Err(SecretTextError::Twice { line, secret: taken.key().clone() });
                    }
                }
            } else {
                return Err(SecretTextError::Other { line });
            }
            store.documents.push(document);
        }
        Ok(store)
    }

    /// Lets a Secret have every entry with its value. A manifest keeps the value that it has: another one than the
    /// Secret holds gets a key of its own.
    ///
    /// # Errors
    /// [`SecretError`] if it may not; nothing is changed then.
    pub fn add(&mut self, wanted: &WorkloadSecret) -> Result<Applied, SecretError> {
        // A manifest that says no namespace has a Secret that says none.
        let namespace = wanted.namespace.clone().unwrap_or_default();
        let wanted = WorkloadSecret { namespace: Some(namespace), ..wanted.clone() };
        let wanted = Wanted::of(&wanted)?;
        let existing = self.secrets.get(&wanted.secret).map(|held| &*held.secret);
        let Plan { what, applied } = wanted.plan(existing, &|_| None, ChangedPasswords::Update)?;
        match what {
            Do::Nothing => {}
            Do::Create => {
                let secret = Wiped(new_secret(&wanted));
                // What is made of texts alone can be written as JSON.
                let value = serde_json::to_value(&*secret).map(without_empty_namespace).unwrap_or_default();
                self.secrets.insert(wanted.secret.clone(), Held { secret, value, document: None, changed: true });
            }
            Do::Change(mut change) => {
                // It is about versions, which only a cluster gives.
                change.annotations.remove(RELIED_ON);
                if let Some(held) = self.secrets.get_mut(&wanted.secret)
                    && !(change.add.is_empty() && change.annotations.is_empty())
                {
                    held.take(change.data(), change.annotations);
                }
            }
        }
        Ok(applied)
    }

    /// Whether there is anything to write.
    pub fn is_changed(&self) -> bool {
        self.secrets.values().any(|held| held.changed)
    }

    /// The text with all that was added.
    ///
    /// # Errors
    /// [`SecretTextError`] if it cannot be added.
    pub fn text(&self) -> Result<Zeroizing<String>, SecretTextError> {
        let mut splices = Vec::new();
        for (index, document) in self.documents.iter().enumerate() {
            if let Some(held) = self.secrets.values().find(|held| held.changed && held.document == Some(index)) {
                splices.extend(yaml::edit(&self.text, document, &held.value).map_err(SecretTextError::Edit)?);
            }
        }
        let mut text = Zeroizing::new(yaml::apply(&self.text, &splices));
        if text.trim().is_empty() {
            text.push_str(HEADING);
        }
        let mut documents = self.documents.len();
        for held in self.secrets.values().filter(|held| held.document.is_none()) {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            if documents > 0 {
                text.push_str("---\n");
            }
            text.push_str(&Zeroizing::new(yaml::render(&held.value)));
            documents += 1;
        }
        let read: Vec<Value> = yaml::parse(&text).into_iter().flatten().map(|document| document.value).collect();
        let is_whole = read.len() == documents;
        let read: HashSet<Value> = read.into_iter().collect();
        if !is_whole || !self.secrets.values().all(|held| read.contains(&held.value)) {
            return Err(SecretTextError::Garbled);
        }
        Ok(text)
    }

    /// Each Secret that is new or changed, as a manifest of its own.
    pub fn manifests(&self) -> Vec<(SecretName, Zeroizing<String>)> {
        let changed = self.secrets.iter().filter(|(_, held)| held.changed);
        changed.map(|(name, held)| (name.clone(), Zeroizing::new(yaml::render(&held.value)))).collect()
    }
}

impl Held {
    fn take(&mut self, data: BTreeMap<String, ByteString>, annotations: BTreeMap<String, String>) {
        // A path that is there leads through mappings: the Secret was read from it.
        if !data.is_empty() {
            let written = data.iter().map(|(key, value)| (key.clone(), BASE64_STANDARD.encode(&value.0)));
            extend(&mut self.value, &["data"], written);
        }
        if !annotations.is_empty() {
            extend(&mut self.value, &["metadata", "annotations"], annotations.clone());
        }
        self.secret.0.data.get_or_insert_default().extend(data);
        self.secret.0.metadata.annotations.get_or_insert_default().extend(annotations);
        self.changed = true;
    }
}

/// Puts texts below the fields that a path leads to, which are made if they are not there.
fn extend(value: &mut Value, path: &[&str], texts: impl IntoIterator<Item = (String, String)>) {
    let mut place = value;
    for key in path {
        let next = &mut place[*key];
        if !next.is_object() {
            *next = Value::Object(Map::new());
        }
        place = next;
    }
    for (key, text) in texts {
        place[key.as_str()] = Value::from(text);
    }
}

/// The Secret that a manifest makes.
fn secret_of(value: &Value) -> Option<Wiped> {
    let mut secret = Wiped(serde_json::from_value::<Secret>(value.clone()).ok()?);
    secret.metadata.name.as_ref()?;
    // The API server lets it override `data`.
    let texts = secret.0.string_data.take().unwrap_or_default();
    let texts = texts.into_iter().map(|(key, text)| (key, ByteString(text.into_bytes())));
    secret.0.data.get_or_insert_default().extend(texts);
    Some(secret)
}

fn name_of(secret: &Secret) -> SecretName {
    SecretName {
        namespace: secret.metadata.namespace.clone().unwrap_or_default(),
        name: secret.metadata.name.clone().unwrap_or_default(),
    }
}

fn without_empty_namespace(mut value: Value) -> Value {
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|key, value| key != "namespace" || value != "");
    }
    value
}
