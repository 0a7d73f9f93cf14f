//! Each object of the corpus through all built-in policies, as at the gate's mutating phase.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use tidegate::audit::DocumentsLookup;
use tidegate::engine::{Evaluation, evaluate};
use tidegate::lookup::Lookup;
use tidegate::policy::PolicySet;
use tidegate::request::{Phase, Request};
use tidegate::wasm::{Runtime, load_policies};
use tidegate::workload::{Container, Workload, withheld};

use super::manifests::Corpus;

/// An object and what became of it.
pub(crate) struct Judged {
    pub(crate) file: String,
    pub(crate) object: Value,
    /// None: it does not fit its kind, and this is why.
    pub(crate) evaluation: Result<Evaluation, String>,
    /// The same for the repaired object.
    pub(crate) again: Option<Evaluation>,
    /// Its containers as they were found.
    pub(crate) containers: Vec<Container>,
}

impl Judged {
    /// `file: Kind name`.
    pub(crate) fn title(&self) -> String {
        let name = self.object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("without a name");
        format!("{}: {} {name}", self.file, self.object["kind"].as_str().unwrap_or_default())
    }

    /// The object as the gate would store it.
    pub(crate) fn repaired(&self) -> &Value {
        self.evaluation.as_ref().map_or(&self.object, |evaluation| &evaluation.object)
    }

    /// Whether the gate changes it.
    pub(crate) fn is_repaired(&self) -> bool {
        self.evaluation.as_ref().is_ok_and(|evaluation| !evaluation.patch.0.is_empty())
    }

    /// Whether the gate refuses it.
    pub(crate) fn is_refused(&self) -> bool {
        self.evaluation.as_ref().is_ok_and(|evaluation| !evaluation.is_allowed())
    }
}

/// Judges all objects; what is in one repository is known to each other.
pub(crate) fn all(corpus: &Corpus) -> Vec<Judged> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    let runtime = Arc::new(Runtime::new(Some(&cache)).unwrap());
    let policies = load_policies(&runtime, Vec::new()).unwrap();
    corpus
        .objects
        .iter()
        .map(|manifest| {
            let beside = corpus.objects.iter().filter(|other| other.repository == manifest.repository);
            let lookup: Arc<dyn Lookup> = Arc::new(DocumentsLookup::new(beside.map(|other| &other.object)));
            judge(&manifest.file, &manifest.object, &policies, &lookup)
        })
        .collect()
}

fn judge(file: &str, object: &Value, policies: &PolicySet, lookup: &Arc<dyn Lookup>) -> Judged {
    let mut request = Request::audit(object.clone());
    request.phase = Phase::Mutate;
    let evaluation = evaluate(&request, policies, lookup).map_err(|misfit| misfit.to_string());
    let again = evaluation.as_ref().ok().map(|first| {
        let again = Request { object: first.object.clone(), ..request.clone() };
        evaluate(&again, policies, lookup).unwrap()
    });
    let config_maps = |name: &str| {
        let kind = tidegate::lookup::ResourceType::new("v1", "ConfigMap");
        lookup.get(&kind, request.namespace.as_deref(), name).ok().flatten().map(|map| withheld(&map))
    };
    let containers = Workload::read(object, &withheld(object), false, &config_maps)
        .ok()
        .flatten()
        .map(|workload| workload.containers)
        .unwrap_or_default();
    Judged { file: file.to_owned(), object: object.clone(), evaluation, again, containers }
}
