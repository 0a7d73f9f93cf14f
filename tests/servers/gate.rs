//! What the gate makes of a Deployment: the real engine, with the policies as they were built last.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use tidegate::engine::{Evaluation, evaluate};
use tidegate::lookup::{Lookup, NoLookup};
use tidegate::policy::{PolicyDocument, PolicySet};
use tidegate::request::{Operation, Phase, Request};
use tidegate::wasm::{Loader, LocalCode, Runtime, builtin_names};

static RUNTIME: LazyLock<Arc<Runtime>> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    Arc::new(Runtime::new(Some(&cache)).unwrap())
});

/// One policy.
pub(crate) struct Gate(PolicySet);

impl Gate {
    /// The policy of that name, and no other.
    pub(crate) fn of(policy: &str, settings: Value) -> Self {
        let mut document = PolicyDocument::builtin(policy);
        let component = format!("policies/target/components/{policy}.wasm");
        document.spec.module = format!("file://{}", Path::new(env!("CARGO_MANIFEST_DIR")).join(component).display());
        document.spec.settings = settings.as_object().unwrap().clone();
        let others = builtin_names().filter(|name| *name != policy).map(|name| {
            let mut document = PolicyDocument::builtin(name);
            document.spec.enabled = false;
            document
        });
        let documents = others.chain([document]).map(|document| ("test".to_owned(), document)).collect();
        Self(Loader::new(Arc::clone(&RUNTIME), Arc::new(LocalCode)).granting_reads().load(documents).unwrap())
    }

    /// Judges a Deployment of one container, of which image, arguments and the like are given.
    pub(crate) fn judge(&self, container: Value) -> Judgement {
        let mut request = Request::audit(deployment(container));
        request.phase = Phase::Mutate;
        request.operation = Operation::Create;
        request.dry_run = false;
        let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
        let evaluation = evaluate(&request, &self.0, &lookup).unwrap_or_else(|misfit| panic!("{misfit}"));
        if let Some(failure) = evaluation.failures.first() {
            panic!("policy {} failed: {}", failure.policy, failure.error);
        }
        Judgement(evaluation)
    }
}

/// What the gate came to.
pub(crate) struct Judgement(Evaluation);

impl Judgement {
    /// The repaired container.
    pub(crate) fn container(&self) -> &Value {
        &self.0.object["spec"]["template"]["spec"]["containers"][0]
    }

    /// The repaired arguments.
    pub(crate) fn arguments(&self) -> Vec<String> {
        words(&self.container()["args"])
    }

    /// The messages of a rule.
    pub(crate) fn messages(&self, rule: &str) -> Vec<&str> {
        let findings = self.0.findings.iter().map(|judged| &judged.finding);
        findings.filter(|finding| finding.rule == rule).map(|finding| finding.message.as_str()).collect()
    }
}

/// A list of words in an object; empty where there is none.
pub(crate) fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// A Deployment of one container.
pub(crate) fn deployment(mut container: Value) -> Value {
    container["name"] = json!("server");
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "server", "namespace": "shop" },
        "spec": {
            "selector": { "matchLabels": { "app": "server" } },
            "template": {
                "metadata": { "labels": { "app": "server" } },
                "spec": { "containers": [container] },
            },
        },
    })
}
