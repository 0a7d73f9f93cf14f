//! What is told of the rules is true: every rule has its text, the gate does with each text's example
//! what is said of it, and the reference in `docs/rules/` is made from the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod examples;
mod reference;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use tidegate::explain::{Explanation, embedded, explain, own_explanations};
use tidegate::policy::PolicySet;
use tidegate::wasm::{Runtime, load_policies};

static POLICIES: LazyLock<PolicySet> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    load_policies(&Arc::new(Runtime::new(Some(&cache)).unwrap()), vec![]).unwrap()
});

static EXPLANATIONS: LazyLock<Vec<Explanation>> = LazyLock::new(|| explain(&POLICIES).unwrap());

/// The rules of policies, and those that belong to none.
fn all() -> Vec<Explanation> {
    EXPLANATIONS.iter().cloned().chain(own_explanations().unwrap()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_rule_has_a_text_and_every_text_a_rule() {
    for explanation in EXPLANATIONS.iter() {
        let Explanation { rule, policy, told, .. } = explanation;
        let (text, _) = told.as_ref().unwrap_or_else(|| panic!("policies/{policy}/rules/{}.md is missing", rule.id));
        assert_eq!(text.title, rule.title, "the first line of policies/{policy}/rules/{}.md", rule.id);
    }
    for file in embedded() {
        let of = EXPLANATIONS.iter().find(|explanation| explanation.rule.id == file.rule);
        let policy = of.map(|explanation| explanation.policy.as_str());
        assert_eq!(policy, Some(file.policy), "policies/{}/rules/{}.md", file.policy, file.rule);
    }
    assert_eq!(EXPLANATIONS.len(), embedded().len());
}
