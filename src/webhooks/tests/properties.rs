//! Whatever a policy's `match` says, the API server sends what the policy judges, and nothing else of its kinds.

use std::sync::Arc;

use cel::Value as CelValue;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::{Templates, derive, evaluate, general, request, resources, sending};
use crate::engine;
use crate::lookup::{Lookup, NoLookup};
use crate::policy::PolicySet;
use crate::request::{Operation, Phase, Request};
use crate::webhooks::matched::matched;

const WORDS: [&str; 6] = ["", "shop", "shop-a", "team-1", "it's", "bank"];
const GLOBS: [&str; 10] = ["*", "shop", "shop-*", "team-?", "[!s]*", "{bank,team-1}", "it's", "*a", "", "sh?p*"];
const KINDS: [&str; 6] = ["*", "Pod", "Certificate", "Certificate.cert-manager.io", "*.batch", "Ingress.extensions"];
const OBJECTS: [(&str, &str); 6] = [
    ("v1", "Pod"),
    ("batch/v1", "Job"),
    ("cert-manager.io/v1beta1", "Certificate"),
    ("networking.internal.knative.dev/v1beta1", "Certificate"),
    ("shop.example/v1beta1", "Fleet"),
    ("networking.k8s.io/v1", "Ingress"),
];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(of.to_vec(), 0..3)
}

fn selectors() -> impl Strategy<Value = Value> {
    let operators = select(vec!["In", "NotIn", "Exists", "DoesNotExist"]);
    let requirement = (select(vec!["app", "tier"]), operators, some(&WORDS))
        .prop_map(|(key, operator, values)| json!({ "key": key, "operator": operator, "values": values }));
    (labels(), proptest::collection::vec(requirement, 0..3))
        .prop_map(|(exact, required)| json!({ "matchLabels": exact, "matchExpressions": required }))
}

fn labels() -> impl Strategy<Value = Map<String, Value>> {
    let label = (select(vec!["app", "tier"]), select(WORDS.to_vec()));
    proptest::collection::vec(label.prop_map(|(key, value)| (key.to_owned(), value.into())), 0..3)
        .prop_map(|labels| labels.into_iter().collect())
}

prop_compose! {
    fn specs()(
        kinds in some(&KINDS), namespaces in some(&GLOBS), selector in option::of(selectors()),
        not_kinds in some(&KINDS), not_namespaces in some(&GLOBS), not_names in some(&GLOBS),
    ) -> Value {
        json!({
            "kinds": kinds, "namespaces": namespaces, "objectSelector": selector,
            "exclude": { "kinds": not_kinds, "namespaces": not_namespaces, "names": not_names },
        })
    }
}

prop_compose! {
    fn objects()(
        (api_version, kind) in select(OBJECTS.to_vec()), name in option::of(select(WORDS.to_vec())),
        namespace in option::of(select(WORDS.to_vec())), labels in option::of(labels()),
    ) -> Value {
        let mut metadata = json!({});
        for (field, value) in [("name", name), ("namespace", namespace)] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                metadata[field] = value.into();
            }
        }
        if let Some(labels) = labels {
            metadata["labels"] = labels.into();
        }
        json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata })
    }
}

proptest! {
    #[test]
    fn the_expression_is_the_match(spec in specs(), described in subsequence(KINDS.to_vec(), 1..3), object in objects()) {
        let policy = general(&described, spec);
        let asked = Request::audit(object.clone());
        // Of a kind that only "*" describes the rules say whether it is sent.
        let names_kinds = policy.matcher.names_kinds() || !described.iter().any(|kind| kind.starts_with('*'));
        let expected = policy.judges(&asked, &NoLookup);
        let expression = matched(&policy);
        let sent = evaluate(&expression, &request(&object, None), &object, None);
        prop_assert!(!names_kinds || sent == CelValue::Bool(expected), "{} is {:?}", expression, sent);
        prop_assert!(!expected || sent == CelValue::Bool(true));
    }
}

/// Objects of a kind with the fields that an update may change.
fn versions() -> impl Strategy<Value = Value> {
    let value = || option::of(select(vec![json!(null), json!({}), json!({ "a": 1 }), json!("b")]));
    let labels = || option::of(labels());
    let fields = (value(), value(), value(), labels(), labels(), any::<bool>(), any::<bool>());
    fields.prop_map(|(spec, data, status, labels, annotations, is_controlled, is_ending)| {
        let mut object = json!({ "apiVersion": "shop.example/v1beta1", "kind": "Fleet", "metadata": { "name": "a" } });
        for (field, value) in [("spec", spec), ("data", data), ("status", status)] {
            if let Some(value) = value {
                object[field] = value;
            }
        }
        for (field, value) in [("labels", labels), ("annotations", annotations)] {
            if let Some(value) = value {
                object["metadata"][field] = value.into();
            }
        }
        if is_controlled {
            object["metadata"]["ownerReferences"] = json!([{ "kind": "Shop", "name": "a", "controller": true }]);
        }
        if is_ending {
            object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        }
        object
    })
}

proptest! {
    #[test]
    fn every_change_that_the_engine_judges_is_sent(old in versions(), new in versions()) {
        let policies = PolicySet::new(vec![general(&["Fleet"], json!({}))]);
        let asked = Request {
            operation: Operation::Update,
            phase: Phase::Validate,
            old_object: Some(old.clone()),
            ..Request::audit(new.clone())
        };
        let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
        let is_judged = engine::evaluate(&asked, &policies, &lookup).unwrap().left_alone.is_none();
        let configuration = derive(&Templates::embedded().unwrap(), &policies, &resources()).validating;
        let is_sent = !sending(&configuration, &new, Some(&old)).is_empty();
        prop_assert!(is_sent || !is_judged);
        // It is looser for what is on its way out, and for no entries that are written in another way; for nothing else
        // that is here.
        let is_ending = new.pointer("/metadata/deletionTimestamp").is_some();
        let has_none = |object: &Value| {
            let fields = ["/metadata/labels", "/metadata/annotations"];
            fields.iter().any(|field| object.pointer(field) == Some(&json!({})))
        };
        prop_assert!(is_judged || !is_sent || is_ending || has_none(&old) || has_none(&new));
    }
}
