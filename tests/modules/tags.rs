//! Tags move, and registries go away.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use tidegate::modules::{Limits, ModuleSources};
use tidegate::policy::{Code, CodeSource, PolicyDocument, digest_of, parse_documents};
use tidegate::server::use_ring;
use tidegate::wasm::{LARGEST_COMPONENT, LocalCode};
use tokio::runtime::Runtime;

use crate::component;
use crate::registry::{Registry, Wants, gone};
use crate::user::User;

static THREADS: LazyLock<Runtime> = LazyLock::new(|| {
    use_ring();
    Runtime::new().unwrap()
});

fn sources() -> ModuleSources {
    ModuleSources::new(Arc::new(LocalCode), THREADS.handle().clone(), Limits::of_component(LARGEST_COMPONENT))
}

fn document(spec: &str) -> PolicyDocument {
    parse_documents("probes.yaml", &crate::document(spec)).unwrap().policies.remove(0)
}

fn code(sources: &ModuleSources, document: &PolicyDocument) -> Result<Code, String> {
    sources.code("probes.yaml", document)
}

#[test]
fn a_tag_means_the_same_until_the_document_changes() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let (user, first, second) = (User::new(), component("probes"), component("memory"));
    let tag = registry.address("policy:stable");
    let old = user.push(&first, &tag).well().line("module");
    let (running, document_now) = (sources(), document(&format!("module: '{tag}'")));
    let found = code(&running, &document_now).unwrap();
    assert_eq!((found.digest, found.resolved.as_deref()), (digest_of(&first), Some(old.as_str())));

    let new = user.push(&second, &tag).well().line("module");
    assert_ne!(old, new);
    let again = code(&running, &document_now).unwrap();
    assert_eq!((again.digest, again.resolved.as_deref()), (digest_of(&first), Some(old.as_str())));

    let replica = sources();
    assert_eq!(code(&replica, &document_now).unwrap().resolved.as_deref(), Some(new.as_str()), "it cannot know");
    let told = sources();
    told.remember("probes.yaml", &document_now, &old);
    assert_eq!(code(&told, &document_now).unwrap().resolved.as_deref(), Some(old.as_str()), "it was told");

    let changed = document(&format!("module: '{tag}', action: warn"));
    assert_eq!(code(&running, &changed).unwrap().digest, digest_of(&second));
}

#[test]
fn what_a_tag_meant_may_be_gone() {
    let Some(registry) = Registry::start(Wants::Nothing) else { return };
    let tag = registry.address("policy:stable");
    User::new().push(&component("probes"), &tag).well();
    let (running, document) = (sources(), document(&format!("module: '{tag}'")));
    running.remember("probes.yaml", &document, &format!("{tag}@{}", digest_of(b"earlier")));
    let problem = code(&running, &document).err().unwrap();
    assert!(problem.contains("its tag meant sha256:") && problem.contains("change the document"), "{problem}");
}

#[test]
fn what_is_known_by_its_digest_needs_no_registry_again() {
    let Some(mut registry) = Registry::start(Wants::Nothing) else { return };
    let (user, cache) = (User::new(), tempfile::tempdir().unwrap());
    let tag = registry.address("probes:1");
    let module = user.push(&component("probes"), &tag).well().line("module");
    let kept = || sources().with_cache(cache.path()).unwrap();
    let (by_digest, by_tag) = (document(&format!("module: '{module}'")), document(&format!("module: '{tag}'")));
    code(&kept(), &by_digest).unwrap();
    registry.stop();
    gone(&registry);
    let found = code(&kept(), &by_digest).unwrap();
    assert_eq!((found.digest, found.resolved.as_deref()), (digest_of(&component("probes")), Some(module.as_str())));
    let restarted = kept();
    assert!(code(&restarted, &by_tag).err().unwrap().contains("Connection refused"), "a tag may mean anything");
    restarted.remember("probes.yaml", &by_tag, &module);
    code(&restarted, &by_tag).unwrap();
    damage(cache.path());
    assert!(code(&kept(), &by_digest).err().unwrap().contains("Connection refused"), "what was changed is not used");
    registry.go_on();
    code(&kept(), &by_digest).unwrap();
}

/// Changes every file that is kept.
fn damage(cache: &Path) {
    let files: Vec<_> = std::fs::read_dir(cache.join("modules")).unwrap().flatten().collect();
    assert_eq!(files.len(), 2, "manifest and layer");
    for file in files {
        std::fs::write(file.path(), "something else").unwrap();
    }
}
