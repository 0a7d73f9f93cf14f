//! Documents of the policies that are measured.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate::policy::{PolicyDocument, PolicySet, parse_documents};
use tidegate::wasm::{Runtime, builtin_names, load_policies};

/// A policy of the tests, in Rust.
pub(crate) fn guest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policies/target/guests/{name}.wasm"))
}

/// A document with a name, a component, and what else its spec has.
pub(crate) fn document(name: &str, component: &Path, more: &str) -> String {
    let module = component.display();
    format!(
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: {name} }}\n\
         spec: {{ module: 'file://{module}', {more} }}\n"
    )
}

/// The same component under so many names.
pub(crate) fn copies(count: usize, component: &Path) -> String {
    (0..count).map(|number| document(&format!("idle-{number}"), component, "")).collect::<Vec<_>>().join("---\n")
}

/// Switches the built-in policies off.
pub(crate) fn without_builtin() -> String {
    let off = |name| document(name, Path::new("/"), "enabled: false").replace("file:///", &format!("builtin://{name}"));
    builtin_names().map(off).collect::<Vec<_>>().join("---\n")
}

/// The set that documents put in force.
pub(crate) fn set(runtime: &Arc<Runtime>, documents: &str) -> Result<PolicySet, String> {
    let documents = parse_documents("bench.yaml", documents).unwrap();
    let documents: Vec<(String, PolicyDocument)> =
        documents.policies.into_iter().map(|document| ("bench.yaml".to_owned(), document)).collect();
    load_policies(runtime, documents).map_err(|error| error.to_string())
}
