//! What becomes of configurations while a policy is missing here that other replicas may have in force.

use serde_json::{Value, json};

use super::{Templates, derived, general, mysql, object, required, sending};
use crate::policy::InstalledPolicy;
use crate::webhooks::widen::widened;
use crate::webhooks::{Phase, merge};
use crate::workload::KINDS;

fn whole(live: &Value, policies: Vec<InstalledPolicy>) -> Option<Value> {
    let templates = Templates::embedded().unwrap();
    merge(live, &derived(policies).validating, &templates, Phase::Validating).unwrap()
}

/// The same where these are not all that the cluster wants in force.
fn lacking(live: &Value, policies: Vec<InstalledPolicy>) -> Option<Value> {
    let templates = Templates::embedded().unwrap();
    let wanted = widened(live, &derived(policies).validating, &templates, Phase::Validating);
    merge(live, &wanted, &templates, Phase::Validating).unwrap()
}

/// The shipped configuration as these policies need it.
fn installed(policies: Vec<InstalledPolicy>) -> Value {
    let shipped = Templates::embedded().unwrap().validating;
    whole(&shipped, policies).unwrap()
}

#[test]
fn nothing_is_taken_out() {
    let live = installed(vec![mysql(KINDS), general(&["Ingress", "Pod"], json!({}))]);
    let sets: [fn() -> Vec<InstalledPolicy>; 3] = [Vec::new, || vec![mysql(KINDS)], || vec![mysql(&["StatefulSet"])]];
    for (number, set) in sets.into_iter().enumerate() {
        assert_eq!(lacking(&live, set()), None, "set {number}");
        assert!(whole(&live, set()).is_some(), "set {number}");
    }
}

#[test]
fn what_is_new_is_added_to_what_others_may_need() {
    let live = installed(vec![mysql(KINDS), general(&["Ingress"], json!({ "namespaces": ["shop"] }))]);
    let mut elsewhere = object("networking.k8s.io/v1", "Ingress");
    elsewhere["metadata"]["namespace"] = "team".into();
    let objects = [
        object("networking.k8s.io/v1", "Ingress"),
        elsewhere,
        object("shop.example/v1beta1", "Fleet"),
        object("v1", "ConfigMap"),
    ];
    let are_sent =
        |configuration: &Value| objects.each_ref().map(|object| !sending(configuration, object, None).is_empty());
    assert_eq!(are_sent(&live), [true, false, false, false]);
    for (policy, wanted) in [
        (general(&["Fleet.shop.example"], json!({})), [true, false, true, false]),
        (general(&["Ingress"], json!({ "namespaces": ["team"] })), [true, true, false, false]),
        (required(&["Ingress"], json!({ "namespaces": ["team"] })), [true, true, false, false]),
        (general(&["Ingress"], json!({})), [true, true, false, false]),
    ] {
        let after = lacking(&live, vec![policy.clone()]).unwrap();
        assert_eq!(are_sent(&after), wanted);
        assert_eq!(lacking(&after, vec![policy.clone()]), None, "a second look changes nothing");
        assert_eq!(whole(&after, vec![policy.clone()]), whole(&live, vec![policy]), "nothing is left of it later");
    }
}
