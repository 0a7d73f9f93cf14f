//! What needs no server: addresses, and what is remembered.

use super::address::{ConfigMapKey, config_map, https, shown};
use super::cache::Cache;
use super::pinned::Pinned;
use super::registry::Address;
use crate::policy::{PolicyDocument, digest_of};

#[test]
fn an_address_is_shown_without_what_may_be_secret() {
    for (address, expected) in [
        ("https://example.com/a.wasm", "https://example.com/a.wasm"),
        ("https://example.com/a.wasm?signature=hunter2", "https://example.com/a.wasm"),
        ("https://example.com?signature=hunter2", "https://example.com"),
        ("https://example.com/a.wasm#hunter2", "https://example.com/a.wasm"),
        ("https://ann:hunter2@example.com/a.wasm", "https://example.com/a.wasm"),
        ("https://ann:hunter2@b:c@example.com:8443/a.wasm", "https://example.com:8443/a.wasm"),
        ("what is this", "what is this"),
    ] {
        assert_eq!(shown(address), expected, "{address}");
    }
}

#[test]
fn an_address_with_a_password_is_refused() {
    assert!(https("https://example.com/a.wasm?version=1").is_ok());
    for address in
        ["https://ann@example.com/a.wasm", "https://ann:hunter2@example.com/a.wasm", "https://:hunter2@example.com"]
    {
        let problem = https(address).unwrap_err().to_string();
        assert!(problem.contains("has no place in a policy document") && !problem.contains("hunter2"), "{problem}");
    }
    assert!(https("https://").unwrap_err().to_string().contains("it is no address"));
}

#[test]
fn a_key_of_a_config_map_is_named_by_three_words() {
    let expected = ConfigMapKey { namespace: "shop", name: "policies.v1", key: "backup.wasm" };
    assert_eq!(config_map("shop/policies.v1/backup.wasm"), Some(expected));
    for wrong in [
        "shop/policies",
        "shop/policies/a/b",
        "/policies/a",
        "shop//a",
        "shop/policies/",
        "shop/../a",
        "a?b/c/d",
        "shop/a%2fb/c",
    ] {
        assert_eq!(config_map(wrong), None, "{wrong}");
    }
}

#[test]
fn an_artefact_is_in_a_registry_that_is_named() {
    let digest = digest_of(b"manifest");
    let insecure = ["registry.test:5000".to_owned()];
    for (address, url, may_be_plain) in [
        ("oci://registry.test/team/policy:1.0", "https://registry.test/v2/team/policy/x", false),
        ("oci://registry.test:5000/policy:1.0", "https://registry.test:5000/v2/policy/x", true),
        ("oci://registry.test:5001/policy:1.0", "https://registry.test:5001/v2/policy/x", false),
        ("oci://localhost:5000/policy", "https://localhost:5000/v2/policy/x", true),
        ("oci://127.0.0.1:5000/policy", "https://127.0.0.1:5000/v2/policy/x", true),
        ("oci://localhost.evil.test:5000/policy", "https://localhost.evil.test:5000/v2/policy/x", false),
        ("oci://docker.io/policy", "https://index.docker.io/v2/library/policy/x", false),
        (&format!("oci://registry.test/policy:1.0@{digest}"), "https://registry.test/v2/policy/x", false),
    ] {
        let found = Address::parse(address, &insecure).unwrap();
        assert_eq!((found.url("x").unwrap().as_str(), found.may_be_plain()), (url, may_be_plain), "{address}");
    }
    for (address, expected) in [
        ("oci://registry/policy:1", "\"registry\" is no registry"),
        ("oci://policy:1", "is no registry"),
        ("oci://registry.test/Policy:1", "it has to be oci://REGISTRY/REPOSITORY:TAG"),
        ("oci://registry.test/policy@sha256:12", "it has to be oci://REGISTRY/REPOSITORY:TAG"),
        ("oci://registry.test/../policy:1", "it has to be oci://REGISTRY/REPOSITORY:TAG"),
        ("oci://ann:hunter2@registry.test/policy:1", "a name or password has no place in it"),
        ("oci://registry.test/policy:1?x=hunter2#hunter2", "it has more than registry, repository, tag and digest"),
    ] {
        match Address::parse(address, &insecure) {
            Ok(_) => panic!("{address}"),
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains(expected) && !told.contains("hunter2"), "{told}");
            }
        }
    }
}

#[test]
fn a_tag_is_looked_up_again_when_the_document_changes() {
    let pinned = Pinned::default();
    let mut document = PolicyDocument::builtin("backup");
    assert_eq!(pinned.get("a.yaml", &document), None);
    pinned.set("a.yaml", &document, "sha256:1");
    assert_eq!(pinned.get("a.yaml", &document).as_deref(), Some("sha256:1"));
    assert_eq!(pinned.get("b.yaml", &document), None);
    document.metadata.labels.insert("team".to_owned(), "shop".to_owned());
    assert_eq!(pinned.get("a.yaml", &document).as_deref(), Some("sha256:1"), "labels are not what it says");
    document.spec.enabled = false;
    assert_eq!(pinned.get("a.yaml", &document), None);
}

#[test]
fn the_cache_gives_what_it_was_given_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::below(folder.path()).unwrap();
    let digest = digest_of(b"component");
    assert_eq!(cache.get(&digest), None);
    cache.put(b"component");
    assert_eq!(cache.get(&digest).as_deref(), Some(&b"component"[..]));
    cache.put(b"component");
    let file = folder.path().join("modules").join(digest.trim_start_matches("sha256:"));
    std::fs::write(&file, b"another").unwrap();
    assert_eq!(cache.get(&digest), None, "it was changed");
    assert!(!file.exists(), "it is of no use any more");
    for wrong in ["sha256:../../etc/passwd", "sha256:", "md5:00", ""] {
        assert_eq!(cache.get(wrong), None, "{wrong}");
    }
}

#[test]
fn a_cache_that_others_can_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let modules = folder.path().join("modules");
    std::fs::create_dir(&modules).unwrap();
    std::fs::set_permissions(&modules, std::fs::Permissions::from_mode(0o777)).unwrap();
    let error = Cache::below(folder.path()).err().unwrap().to_string();
    assert!(error.contains("somebody else can write to its folder \"modules\""), "{error}");
}
