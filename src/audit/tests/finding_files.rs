//! Which files an audit reads, and in which order.

use super::{Folder, source};

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

fn files(folder: &Folder, paths: &[&str]) -> Vec<String> {
    let report = folder.audit(paths);
    assert_eq!(super::problems(&report), Vec::<String>::new());
    report.objects.iter().map(|object| source(object).file.clone()).collect()
}

#[test]
fn folders_are_searched_in_order() {
    let folder = Folder::of(&[
        ("b.yaml", OBJECT),
        ("a/z.yml", OBJECT),
        ("a/b/c.JSON", r#"{"apiVersion":"v1","kind":"ConfigMap"}"#),
        ("readme.md", "kind: of text"),
        ("values.yaml", "image: mysql\n"),
        (".hidden.yaml", OBJECT),
        ("c/.git/config.yaml", OBJECT),
    ]);
    assert_eq!(files(&folder, &[""]), ["a/b/c.JSON", "a/z.yml", "b.yaml"]);
    assert_eq!(files(&folder, &["b.yaml", "a", "./b.yaml", "a/z.yml"]), ["b.yaml", "a/b/c.JSON", "a/z.yml"]);
    assert_eq!(files(&folder, &[".hidden.yaml"]), [".hidden.yaml"]);
}

#[test]
fn gitignore_is_obeyed_outside_of_git_too() {
    let folder = Folder::of(&[
        (".gitignore", "build/\n*.tmp.yaml\n"),
        ("a.yaml", OBJECT),
        ("b.tmp.yaml", OBJECT),
        ("build/c.yaml", OBJECT),
        ("sub/.gitignore", "d.yaml\n"),
        ("sub/d.yaml", OBJECT),
        ("sub/e.yaml", OBJECT),
    ]);
    assert_eq!(files(&folder, &[""]), ["a.yaml", "sub/e.yaml"]);
    assert_eq!(files(&folder, &["b.tmp.yaml"]), ["b.tmp.yaml"], "what is named is read");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_and_loops_end() {
    use std::os::unix::fs::symlink;

    let folder = Folder::of(&[("a/b.yaml", OBJECT), ("outside/c.yaml", OBJECT)]);
    symlink(folder.path("a"), folder.path("a/loop")).unwrap();
    symlink(folder.path("outside"), folder.path("a/link")).unwrap();
    symlink("nowhere", folder.path("a/nothing")).unwrap();
    assert_eq!(files(&folder, &["a"]), ["a/b.yaml", "a/link/c.yaml"]);
    symlink("nowhere", folder.path("a/dangling.yaml")).unwrap();
    let report = folder.audit(&["a"]);
    assert_eq!(super::problems(&report), ["a/dangling.yaml: there is no such file or folder"]);
    assert_eq!(report.objects.len(), 2);
}

#[test]
fn objects_find_each_other_and_nothing_else_is_known() {
    use serde_json::json;

    use super::super::DocumentsLookup;
    use crate::lookup::{Lookup, ResourceType};

    let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "fast" } });
    let claim = json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "data", "namespace": "shop" } });
    let bare = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "bare" } });
    let lookup = DocumentsLookup::new([&class, &claim, &bare]);
    let get = |api_version: &str, kind: &str, namespace: Option<&str>, name: &str| {
        lookup.get(&ResourceType::new(api_version, kind), namespace, name).ok().flatten()
    };
    assert_eq!(get("storage.k8s.io/v1", "StorageClass", None, "fast"), Some(class.clone()));
    assert_eq!(get("storage.k8s.io/v1", "StorageClass", Some("shop"), "fast"), Some(class));
    assert_eq!(get("v1", "PersistentVolumeClaim", Some("shop"), "data"), Some(claim));
    assert_eq!(get("v1", "ConfigMap", None, "bare"), Some(bare));
    let unknown = |namespace, name| lookup.get(&ResourceType::new("v1", "PersistentVolumeClaim"), namespace, name);
    assert!(unknown(Some("other"), "data").is_err());
    assert!(unknown(None, "data").is_err());
    assert!(unknown(Some("shop"), "more").is_err());
    assert!(lookup.find(&ResourceType::new("storage.k8s.io/v1", "StorageClass"), None).is_err());
}
