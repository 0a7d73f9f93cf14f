//! What policies may ask about other objects during an audit: the other documents of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::lookup::{Lookup, ResourceType, SeenObject, Unavailable};
use crate::policy::PolicySet;

/// Namespace and name.
type Key = (Option<String>, String);

/// Type and namespace.
type SeenKey = (ResourceType, Option<String>);

/// An object, with the folder that it stands in.
type Placed = (Arc<str>, Arc<SeenObject>);

/// The objects of each folder, with their names.
type Folders = BTreeMap<Arc<str>, Vec<(String, Placed)>>;

/// Objects of one type, each with the folder that it stands in.
type Objects = BTreeMap<Key, Vec<Placed>>;

/// Knows the objects of an audit, as an object in one folder sees them.
///
/// What is among them is found. What is not among them may still be in the cluster: nobody can say,
/// and no answer here is ever "it is not there". Of several with the same name, as they are where
/// one repository has folders for test and production, the nearest counts: the one with which the
/// object shares most of its path.
#[derive(Clone, Default)]
pub struct DocumentsLookup {
    documents: Arc<Documents>,
    folder: Arc<str>,
    /// What was seen from here already: the policies of one file ask for the same.
    seen: Arc<Mutex<BTreeMap<SeenKey, Vec<Arc<SeenObject>>>>>,
}

/// The objects of an audit that anybody may ask for.
#[derive(Default)]
pub(crate) struct Documents {
    objects: HashMap<ResourceType, Objects>,
    /// Those that name no namespace and would be in one, by their folders: which of them are together, only the
    /// folders say.
    apart: HashMap<ResourceType, Folders>,
}

impl DocumentsLookup {
    /// Remembers objects; of several with the same name the first counts.
    pub fn new<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut documents = Documents::default();
        for object in objects {
            documents.add(&Arc::from(""), object);
        }
        Self::near(&Arc::new(documents), "")
    }

    /// The documents as an object in this folder sees them.
    pub(crate) fn near(documents: &Arc<Documents>, folder: &str) -> Self {
        Self { documents: Arc::clone(documents), folder: Arc::from(folder), seen: Arc::default() }
    }

    /// The one that shares most of the path, and of those the one in the least deep folder: what stands in one's own
    /// folder, or in one above it, counts before what stands in folders below. Of equally near ones the first counts.
    fn nearest<'a>(&self, of_one_name: impl DoubleEndedIterator<Item = &'a Placed>) -> Option<Arc<SeenObject>> {
        let nearest =
            of_one_name.rev().max_by_key(|(folder, _)| (shared(folder, &self.folder), Reverse(parts(folder))));
        nearest.map(|(_, object)| Arc::clone(object))
    }

    /// Those of the objects without a namespace that count as being in the same one: in this folder, in those above
    /// it and in those below. Two folders side by side are as likely two applications as one.
    fn beside(&self, folders: &Folders) -> Vec<Arc<SeenObject>> {
        let own: &str = &self.folder;
        let mut here: Vec<&(String, Placed)> = Vec::new();
        if !own.is_empty() {
            let above: BTreeSet<&str> = own.match_indices('/').map(|(at, _)| &own[..at]).chain(["", own]).collect();
            here.extend(above.into_iter().filter_map(|folder| folders.get(folder)).flatten());
        }
        let within = if own.is_empty() { String::new() } else { format!("{own}/") };
        let below = folders
            .range::<str, _>((Bound::Included(within.as_str()), Bound::Unbounded))
            .take_while(|(folder, _)| folder.starts_with(&within));
        here.extend(below.flat_map(|(_, objects)| objects));
        let mut by_name: BTreeMap<&str, Vec<&Placed>> = BTreeMap::new();
        for (name, object) in here {
            by_name.entry(name).or_default().push(object);
        }
        by_name.values().filter_map(|of_one_name| self.nearest(of_one_name.iter().copied())).collect()
    }
}

/// How many parts a path has.
fn parts(folder: &str) -> usize {
    if folder.is_empty() { 0 } else { folder.split('/').count() }
}

/// How many parts two paths have in common.
fn shared(this: &str, that: &str) -> usize {
    let (this, that) = (this.as_bytes(), that.as_bytes());
    let alike = this.iter().zip(that).take_while(|(ours, theirs)| ours == theirs).count();
    let ends = |path: &[u8]| path.get(alike).is_none_or(|next| *next == b'/');
    let whole = this[..alike].iter().filter(|byte| **byte == b'/').count();
    // The part in which they begin to differ counts only if it ends there in both.
    whole + usize::from(ends(this) && ends(that))
}

impl Documents {
    /// Remembers an object that stands in a folder.
    pub(crate) fn add(&mut self, folder: &Arc<str>, object: &Value) {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some(api_version), Some(kind), Some(name)) = (text("/apiVersion"), text("/kind"), text("/metadata/name"))
        else {
            return;
        };
        let kind = ResourceType::new(api_version, kind);
        let namespace = text("/metadata/namespace").filter(|_| !kind.is_cluster_scoped()).map(str::to_owned);
        let is_apart = namespace.is_none() && !kind.is_cluster_scoped();
        let same = self.objects.entry(kind.clone()).or_default().entry((namespace, name.to_owned())).or_default();
        if same.iter().any(|(own, _)| own == folder) {
            return;
        }
        // Copies in many folders are kept once.
        let equal = same.iter().find(|(_, own)| own.value == *object).map(|(_, own)| Arc::clone(own));
        let placed = (Arc::clone(folder), equal.unwrap_or_else(|| Arc::new(SeenObject::from(object.clone()))));
        same.push(placed.clone());
        if is_apart {
            let folders = self.apart.entry(kind).or_default();
            folders.entry(Arc::clone(folder)).or_default().push((name.to_owned(), placed));
        }
    }
}

/// Whether anybody may ask for an object of this kind: a policy that says so, or the engine itself.
pub(crate) fn may_be_asked_for(object: &Value, policies: &PolicySet) -> bool {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    // The engine reads option files, and the labels of namespaces.
    (api_version == "v1" && matches!(kind, "ConfigMap" | "Namespace"))
        || policies.iter().any(|policy| {
            policy.module.description().reads.iter().any(|asked| asked.api_version == api_version && asked.kind == kind)
        })
}

impl Lookup for DocumentsLookup {
    fn get(&self, kind: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        let namespace = namespace.filter(|namespace| !namespace.is_empty() && !kind.is_cluster_scoped());
        let objects = self.documents.objects.get(kind);
        let of_one_name = objects.and_then(|objects| objects.get(&(namespace.map(str::to_owned), name.to_owned())));
        of_one_name
            .and_then(|objects| self.nearest(objects.iter()))
            .map(|object| Some(object.value.clone()))
            .ok_or_else(|| Unavailable::because("it is not among the documents of the audit"))
    }

    /// Never an answer: the documents of an audit are hardly ever all that is in a cluster.
    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Err(Unavailable::because("the documents of an audit are not all that is in the cluster"))
    }

    fn seen(&self, kind: &ResourceType, namespace: Option<&str>) -> Vec<Arc<SeenObject>> {
        let look = || {
            if namespace.is_none() && !kind.is_cluster_scoped() {
                return self.documents.apart.get(kind).map_or_else(Vec::new, |folders| self.beside(folders));
            }
            let objects = self.documents.objects.get(kind).into_iter().flatten();
            objects
                .filter(|((own, _), _)| kind.is_cluster_scoped() || own.as_deref() == namespace)
                .filter_map(|(_, of_one_name)| self.nearest(of_one_name.iter()))
                .collect()
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry((kind.clone(), namespace.map(str::to_owned))).or_insert_with(look).clone()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_several_with_one_name_the_nearest_counts() {
        let mut documents = Documents::default();
        for folder in
            ["base", "overlays/archive", "overlays", "overlays/test", "overlays/test/old", "overlays/production"]
        {
            let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "mysql" },
                "data": { "from": folder } });
            documents.add(&Arc::from(folder), &object);
        }
        let documents = Arc::new(documents);
        let kind = ResourceType::new("v1", "ConfigMap");
        // What a folder sees by name, and whether it counts as being beside it.
        for (folder, from, is_beside) in [
            ("overlays/production", "overlays/production", true),
            ("overlays/test/mysql", "overlays/test", true),
            ("", "base", true),
            ("overlays/other", "overlays", true),
            ("overlays/prod", "overlays", true),
            ("elsewhere", "base", false),
            ("overlays", "overlays", true),
            ("overlays/test/a/b", "overlays/test", true),
        ] {
            let lookup = DocumentsLookup::near(&documents, folder);
            let found = lookup.get(&kind, None, "mysql").unwrap().unwrap();
            assert_eq!(found["data"]["from"], from, "{folder}");
            let seen = lookup.seen(&kind, None);
            assert!(seen.iter().map(|object| &object.value).eq(is_beside.then_some(&found)), "{folder}");
        }
    }
}
