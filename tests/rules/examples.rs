//! Each text's example, on the real engine.

use std::sync::Arc;

use serde_json::Value;
use tidegate::engine::evaluate;
use tidegate::explain::{Explanation, Outcome};
use tidegate::finding::Severity;
use tidegate::lookup::{KnownObjects, Lookup};
use tidegate::policy::PolicySet;
use tidegate::request::Request;
use tidegate::yaml;

use super::{EXPLANATIONS, POLICIES};

/// Rules that are never found alone, with the one that comes along.
const TOGETHER: &[(&str, &str)] = &[("MY034", "MY032")];

#[test]
fn each_example_has_its_fault_and_no_other_of_the_same_policy() {
    for (explanation, before, _) in examples() {
        let id = explanation.rule.id.as_str();
        let mut found = found(before, &POLICIES.only(&explanation.policy));
        assert!(found.contains(&id.to_owned()), "{id}: the example is not found fault with");
        found.retain(|other| other != id && !TOGETHER.contains(&(id, other.as_str())));
        assert!(found.is_empty(), "{id}: the example has {found:?} too");
    }
}

#[test]
fn what_is_mended_is_found_no_more() {
    for (explanation, before, after) in examples() {
        let id = &explanation.rule.id;
        let after = after.unwrap_or_else(|| panic!("{id}: the example is not mended"));
        assert_ne!(before, after, "{id}");
        let found = found(after, &POLICIES.only(&explanation.policy));
        assert!(!found.contains(id), "{id}: it is still found in\n{after}");
    }
}

#[test]
fn what_the_gate_repairs_nobody_mends_by_hand() {
    for explanation in EXPLANATIONS.iter() {
        let (text, example) = explanation.told.as_ref().unwrap();
        let repaired = example.outcome == Some(Outcome::Repaired);
        assert_eq!(repaired, text.after.is_none(), "{}: the section After", explanation.rule.id);
    }
}

#[test]
fn what_all_policies_together_say_of_the_examples_is_no_failure() {
    for (explanation, before, _) in examples() {
        found(before, &POLICIES);
        assert!(explanation.outcome().is_some(), "{}", explanation.rule.id);
    }
}

/// Each rule with its example, before and after.
fn examples() -> impl Iterator<Item = (&'static Explanation, &'static str, Option<&'static str>)> {
    EXPLANATIONS.iter().map(|explanation| {
        let (_, example) = explanation.told.as_ref().unwrap();
        (explanation, example.before.as_str(), example.after.as_deref())
    })
}

/// The rules that are found in manifests, in order and each once.
fn found(manifests: &str, policies: &PolicySet) -> Vec<String> {
    let objects: Vec<Value> = yaml::parse(manifests).into_iter().map(|document| document.unwrap().value).collect();
    let lookup: Arc<dyn Lookup> = Arc::new(KnownObjects::new(objects.clone()));
    let mut rules = Vec::new();
    for object in objects {
        let evaluation = evaluate(&Request::audit(object), policies, &lookup).unwrap();
        assert!(evaluation.failures.is_empty(), "{:?}", evaluation.failures);
        // What is only worth knowing is found in nearly everything.
        let told = evaluation.findings.into_iter().filter(|judged| judged.finding.severity > Severity::Info);
        rules.extend(told.map(|judged| judged.finding.rule));
    }
    rules.sort();
    rules.dedup();
    rules
}
