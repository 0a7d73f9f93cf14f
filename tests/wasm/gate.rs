//! The host as the gate has it, with policies out of documents and an object to judge.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use tidegate::engine::{Evaluation, evaluate};
use tidegate::lookup::{Lookup, NoLookup};
use tidegate::policy::{PolicyDocument, PolicySet, parse_documents};
use tidegate::request::{Phase, Request};
use tidegate::wasm::{Runtime, builtin_names, load_policies};

/// One for all tests, as one gate has one.
pub(crate) static RUNTIME: LazyLock<Arc<Runtime>> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    Arc::new(Runtime::new(Some(&cache)).unwrap())
});

/// The policy in Rust that does wrong as its settings say.
pub(crate) fn misbehaving() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/guests/misbehaving.wasm")
}

/// The policy with the first name of all, so that the others come after what it does.
pub(crate) fn document(spec: &str) -> String {
    format!("apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: a-test }}\nspec: {spec}\n")
}

/// Puts a document in force beside the built-in policies.
pub(crate) fn load(document: &str) -> Result<PolicySet, String> {
    let documents = parse_documents("test.yaml", document).map_err(|error| error.to_string())?;
    let documents = documents.policies.into_iter().map(|document| ("test.yaml".to_owned(), document)).collect();
    load_policies(&RUNTIME, documents).map_err(|error| error.to_string())
}

/// Puts a component in force, alone; an error comes without what each begins with.
pub(crate) fn load_alone(runtime: &Arc<Runtime>, component: &[u8]) -> Result<PolicySet, String> {
    let folder = tempfile::tempdir().unwrap();
    let module = format!("file://{}", folder.path().join("policy.wasm").display());
    std::fs::write(folder.path().join("policy.wasm"), component).unwrap();
    let spec = format!("{{ module: '{module}', reads: [{{ apiVersion: v1, kind: Service }}] }}");
    let mut documents: Vec<(String, PolicyDocument)> = builtin_names()
        .map(|name| {
            let mut document = PolicyDocument::builtin(name);
            document.spec.enabled = false;
            ("test.yaml".to_owned(), document)
        })
        .collect();
    let own = parse_documents("test.yaml", &document(&spec)).unwrap().policies.remove(0);
    documents.push(("test.yaml".to_owned(), own));
    load_policies(runtime, documents).map_err(|error| {
        let text = error.to_string();
        let told = text.strip_prefix("test.yaml: policy a-test: ").unwrap_or_else(|| panic!("whose is it? {text}"));
        told.strip_prefix(&format!("{module}: ")).unwrap_or(told).to_owned()
    })
}

/// A Deployment of MySQL in which the built-in policies find a few things.
pub(crate) fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "db", "namespace": "shop" },
        "spec": { "template": { "spec": {
            "containers": [{
                "name": "mysql", "image": "mysql:8.4",
                "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": "correct horse battery" }],
                "volumeMounts": [{ "name": "data", "mountPath": "/var/lib/mysql" }],
            }],
            "volumes": [{ "name": "data", "persistentVolumeClaim": { "claimName": "db" } }],
        } } },
    })
}

/// The Deployment before it is stored, in a gate that sees nothing of a cluster.
pub(crate) fn judge(set: &PolicySet) -> Evaluation {
    judge_with(set, Arc::new(NoLookup))
}

/// The same with a cluster that can be asked.
pub(crate) fn judge_with(set: &PolicySet, lookup: Arc<dyn Lookup>) -> Evaluation {
    let mut request = Request::audit(deployment());
    request.phase = Phase::Mutate;
    evaluate(&request, set, &lookup).unwrap()
}

/// How the policy failed that is alone in a set; none if it did not.
pub(crate) fn failure(set: &PolicySet) -> Option<String> {
    let evaluation = judge(set);
    assert!(evaluation.failures.len() <= 1, "one line for each failure");
    assert_eq!(evaluation.is_allowed(), evaluation.failures.is_empty(), "a policy that fails keeps the object out");
    evaluation.failures.first().map(|failure| failure.error.to_string())
}
