//! The manifests that the tests apply: those of `examples/` and `fixtures/`, and variations of them.

use std::fs;
use std::path::Path;

/// A manifest of `examples/`: the example's, in the project.
pub(crate) fn example(name: &str) -> String {
    read("examples", name)
}

/// A manifest of `tests/e2e/fixtures/`.
pub(crate) fn fixture(name: &str) -> String {
    read("tests/e2e/fixtures", name)
}

/// The example's Deployment, with its Service.
pub(crate) fn deployment() -> String {
    example("mysql-deployment.yaml")
}

/// The example's Deployment with another root password. The example's own, `password`, is a word that
/// turns up everywhere.
pub(crate) fn deployment_with(password: &str) -> String {
    let quoted = serde_json::to_string(password).unwrap(); // JSON's strings are YAML's
    replace(&deployment(), "value: password", &format!("value: {quoted}"))
}

/// The example's StatefulSet in a namespace, with a storage class.
pub(crate) fn stateful_set(namespace: &str, class: &str) -> String {
    let manifest = example("mysql-statefulset.yaml");
    let manifest = replace(&manifest, "namespace: mysql\n", &format!("namespace: {namespace}\n"));
    replace(&manifest, "storageClassName: mysql-gp2", &format!("storageClassName: {class}"))
}

/// Replaces something that must be there.
#[track_caller]
pub(crate) fn replace(manifest: &str, from: &str, to: &str) -> String {
    assert!(manifest.contains(from), "{from:?} is not in the manifest");
    manifest.replace(from, to)
}

fn read(folder: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
