//! The reference manifests are what they teach: every document can be read, the policies find nothing
//! in them, and no file holds a password.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tidegate::engine::evaluate;
use tidegate::lookup::{KnownObjects, Lookup};
use tidegate::request::Request;
use tidegate::wasm::{Runtime, load_policies};
use tidegate::workload::{Role, Workload, withheld, withhold_text};

/// A document of a file.
struct Document {
    file: PathBuf,
    object: Value,
}

/// All documents below a folder of the repository.
fn documents(folder: &str) -> Vec<Document> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What is below there is made of it, and held to it by tests/chart.
                if !path.starts_with(Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy")) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(text.starts_with("# "), "{}: the first line says what it is for", path.display());
                let objects: Vec<Value> =
                    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.extend(objects.into_iter().map(|object| Document { file: path.clone(), object }));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no manifests");
    found.sort_by(|left, right| left.file.cmp(&right.file));
    found
}

fn servers(documents: &[Document]) -> usize {
    let roles = documents.iter().filter_map(|Document { object, .. }| {
        let workload = Workload::read(object, &withheld(object), false, &|_| None).unwrap()?;
        Some(workload.containers.into_iter().filter(|container| matches!(container.role, Role::Server(_))).count())
    });
    roles.sum()
}

#[test]
fn the_policies_find_nothing() {
    let runtime = Arc::new(Runtime::new(None).unwrap());
    let policies = load_policies(&runtime, vec![]).unwrap();
    for (folder, expected) in [("manifests/single", 1), ("manifests/replicated", 1), ("manifests/client", 0)] {
        let documents = documents(folder);
        // Else there would be nothing to find.
        assert_eq!(servers(&documents), expected, "{folder}");
        // Each folder alone: it must not need the other one's objects.
        let mut known: Vec<Value> = documents.iter().map(|document| document.object.clone()).collect();
        // Made by hand, as the README tells.
        known.push(json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "mysql-passwords" } }));
        let known = KnownObjects::new(known);
        let lookup: Arc<dyn Lookup> = Arc::new(known);
        for Document { file, object } in &documents {
            let evaluation = evaluate(&Request::audit(object.clone()), &policies, &lookup).unwrap();
            let messages: Vec<&str> =
                evaluation.findings.iter().map(|judged| judged.finding.message.as_str()).collect();
            assert!(messages.is_empty(), "{}: {messages:#?}", file.display());
            assert!(evaluation.failures.is_empty(), "{}: {:?}", file.display(), evaluation.failures);
            assert!(evaluation.is_allowed() && evaluation.patch.0.is_empty(), "{}", file.display());
        }
    }
}

#[test]
fn no_file_holds_a_password() {
    for Document { file, object } in documents("manifests") {
        assert_ne!(object["kind"], "Secret", "{}", file.display());
        let mut texts = Vec::new();
        collect_texts(&object, &mut texts);
        // What looks like a credential is withheld.
        let suspect = texts.iter().find(|text| withhold_text(text) != **text);
        assert_eq!(suspect, None, "{}", file.display());
        let workload = Workload::read(&object, &withheld(&object), false, &|_| None).unwrap();
        let containers = workload.iter().flat_map(|workload| &workload.containers);
        for variable in containers.flat_map(|container| &container.env) {
            assert!(!variable.credential || variable.value.is_none(), "{}: {}", file.display(), variable.name);
        }
    }
}

fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect_texts(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn both_folders_make_the_same_storage_class() {
    let [single, replicated] = ["manifests/single", "manifests/replicated"].map(|folder| {
        let classes = documents(folder).into_iter().filter(|document| document.object["kind"] == "StorageClass");
        classes.map(|document| document.object).collect::<Vec<_>>()
    });
    assert_eq!(single.len(), 1);
    assert_eq!(single, replicated);
}

#[test]
fn what_has_a_namespace_says_it() {
    const WITHOUT: &[&str] = &[
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PersistentVolume",
        "PriorityClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    ];
    for folder in ["manifests/single", "manifests/replicated", "manifests/client", "webhook-deploy"] {
        let documents = documents(folder);
        let own = documents.iter().find(|document| document.object["kind"] == "Namespace").unwrap();
        for Document { file, object } in &documents {
            let kind = object["kind"].as_str().unwrap();
            let namespace = &object["metadata"]["namespace"];
            if WITHOUT.contains(&kind) {
                assert!(namespace.is_null(), "{}: a {kind} is in no namespace", file.display());
            } else {
                assert_eq!(namespace, &own.object["metadata"]["name"], "{}: {kind}", file.display());
            }
        }
    }
}
