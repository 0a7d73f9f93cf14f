//! Answers for an audit: what is asked about one object of a namespace is asked about the next one too, so whole
//! lists are fetched, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use kube::Client;
use serde_json::Value;
use tokio::runtime::Handle;

use super::api_server::{Answer, ApiServer, is_absence_of, is_possible_name, to_value};
use super::pages::{Choice, Pages};
use super::types::Types;
use super::unlisted::{Unlisted, Why};
use crate::lookup::{Lookup, ResourceType, SeenObject, Unavailable};

/// How long one answer may take: nobody waits at an API server for an audit.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// How much of lists is kept, in bytes of JSON as it arrives; in memory it is a few times that. A namespace
/// of 5,000 Deployments comes to half of it.
const MOST_KEPT: usize = 64 << 20;

/// A cluster, as it is while an audit takes place.
///
/// It is asked by whoever judges, on threads that may block. Objects that are judged namespace by namespace
/// find its lists there; those used least lately go first.
pub struct Snapshot {
    server: ApiServer,
    pages: Pages,
    most_kept: usize,
    lists: Mutex<Lists>,
}

/// The objects of a type in one namespace.
enum List {
    /// All of them, by their names.
    Objects(BTreeMap<String, Arc<SeenObject>>),
    /// Only their names.
    Names(BTreeSet<String>),
    /// They cannot be listed, and this is why.
    Unavailable(String),
    /// There are more than are kept.
    TooLarge,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: ResourceType,
    namespace: Option<String>,
    only_names: bool,
}

#[derive(Default)]
struct Lists {
    slots: HashMap<Key, Slot>,
    bytes: usize,
    /// Counts questions, to know which list was used last.
    questions: u64,
}

#[derive(Default)]
struct Slot {
    list: Arc<OnceLock<List>>,
    bytes: usize,
    used: u64,
}

impl Snapshot {
    /// Once `is_stopped` says so, nobody can say any more.
    pub fn new(client: Client, runtime: Handle, is_stopped: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let types = Types::new(client.clone());
        Self {
            server: ApiServer::new(client.clone(), types.clone(), runtime.clone(), CALL_LIMIT),
            pages: Pages::new(client, types, runtime, CALL_LIMIT, is_stopped),
            most_kept: MOST_KEPT,
            lists: Mutex::default(),
        }
    }

    /// The list that answers a question; it is fetched if this is the first.
    fn list(&self, kind: &ResourceType, namespace: Option<&str>, only_names: bool) -> Arc<OnceLock<List>> {
        let namespace = namespace.filter(|_| !self.pages.is_cluster_scoped(kind)).map(str::to_owned);
        let key = Key { kind: kind.clone(), namespace, only_names };
        let list = self.lists().use_slot(&key);
        // Whoever asks for the same at the same time waits here, and other questions go on.
        list.get_or_init(|| {
            let (list, bytes) = self.fetch(&key);
            self.lists().keep(&key, bytes, self.most_kept);
            list
        });
        list
    }

    fn fetch(&self, key: &Key) -> (List, usize) {
        let (mut objects, mut names, mut bytes) = (BTreeMap::new(), BTreeSet::new(), 0);
        let choice = Choice {
            kind: &key.kind,
            is_cluster_scoped: self.pages.is_cluster_scoped(&key.kind),
            namespace: key.namespace.as_deref(),
            labels: None,
            fields: None,
            only_metadata: key.only_names,
        };
        let read = self.pages.read(&choice, |page| {
            for mut object in page.items {
                let Some(name) = name_of(&object) else { continue };
                if key.only_names {
                    bytes += name.len();
                    names.insert(name);
                } else {
                    forget_fields(&mut object);
                    objects.insert(name, Arc::new(SeenObject::from(object)));
                }
            }
            bytes += if key.only_names { 0 } else { page.bytes };
            if bytes > self.most_kept { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match read {
            Err(why) => (List::Unavailable(reason(&choice, why)), 0),
            Ok(_) if bytes > self.most_kept => (List::TooLarge, 0),
            Ok(_) if key.only_names => (List::Names(names), bytes),
            Ok(_) => (List::Objects(objects), bytes),
        }
    }

    /// Whether anybody still waits for an answer.
    fn go_on(&self) -> Result<(), Unavailable> {
        if self.pages.is_stopped() { Err(Unavailable::because("the audit was stopped")) } else { Ok(()) }
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lists {
    fn use_slot(&mut self, key: &Key) -> Arc<OnceLock<List>> {
        self.questions += 1;
        let slot = self.slots.entry(key.clone()).or_default();
        slot.used = self.questions;
        Arc::clone(&slot.list)
    }

    /// Takes note of a list's size, and lets go of others until all fit.
    fn keep(&mut self, key: &Key, bytes: usize, most: usize) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.bytes = bytes;
            self.bytes += bytes;
        }
        while self.bytes > most {
            let others = self.slots.iter().filter(|(other, slot)| *other != key && slot.bytes > 0);
            let Some(oldest) = others.min_by_key(|(_, slot)| slot.used).map(|(oldest, _)| oldest.clone()) else {
                return;
            };
            self.bytes -= self.slots.remove(&oldest).map_or(0, |slot| slot.bytes);
        }
    }
}

impl Lookup for Snapshot {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let api = self.server.objects(kind, namespace)?;
        if !is_possible_name(name) {
            return Ok(None);
        }
        if let Some(List::Objects(objects)) = self.list(kind, namespace, false).get() {
            return Ok(objects.get(name).map(|object| object.value.clone()));
        }
        self.go_on()?;
        // Some may read one by one what they may not list.
        match self.server.ask(api.get(name)) {
            Ok(object) => to_value(&object).map(Some),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(None),
            Err(answer) => Err(self.server.unavailable(&answer, kind)),
        }
    }

    fn find(&self, kind: &ResourceType, namespace: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        self.server.objects(kind, namespace)?;
        match self.list(kind, namespace, false).get() {
            Some(List::Objects(objects)) => Ok(objects.values().map(|object| object.value.clone()).collect()),
            Some(List::Unavailable(reason)) => Err(Unavailable::because(reason)),
            _ => Err(Unavailable::because(format!("there are too many {} objects", kind.kind))),
        }
    }

    fn seen(&self, kind: &ResourceType, namespace: Option<&str>) -> Vec<Arc<SeenObject>> {
        if self.server.objects(kind, namespace).is_err() {
            return Vec::new();
        }
        match self.list(kind, namespace, false).get() {
            Some(List::Objects(objects)) => objects.values().map(Arc::clone).collect(),
            _ => Vec::new(),
        }
    }

    fn exists(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<bool, Unavailable> {
        if !is_possible_name(name) {
            return Ok(false);
        }
        let objects = self.server.any_objects(kind, namespace)?;
        // Only names are kept, of Secrets above all.
        if let Some(List::Names(names)) = self.list(kind, namespace, true).get() {
            return Ok(names.contains(name));
        }
        self.go_on()?;
        match self.server.ask(objects.get_metadata(name)) {
            Ok(_) => Ok(true),
            Err(Answer::Refused(status)) if is_absence_of(&status, name) => Ok(false),
            Err(answer) => Err(self.server.unavailable(&answer, kind)),
        }
    }
}

fn name_of(object: &Value) -> Option<String> {
    object.pointer("/metadata/name").and_then(Value::as_str).map(str::to_owned)
}

/// Takes away who wrote which field: half of an object, and no policy asks for it.
fn forget_fields(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
}

fn reason(choice: &Choice<'_>, why: Why) -> String {
    let Unlisted { what, reason, .. } = Unlisted::of(choice, why);
    format!("{what}: {reason}")
}
