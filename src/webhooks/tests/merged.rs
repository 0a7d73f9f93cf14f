//! What becomes of configurations that are installed.

use serde_json::{Value, json};

use super::{Templates, derived, general, mysql, required};
use crate::policy::InstalledPolicy;
use crate::webhooks::{MergeError, Phase, TRIAL, merge};
use crate::workload::KINDS;

/// The shipped configuration as it is installed: with an authority.
fn installed() -> Value {
    let mut live = Templates::embedded().unwrap().validating;
    for webhook in live["webhooks"].as_array_mut().unwrap() {
        webhook["clientConfig"]["caBundle"] = "QQ==".into();
    }
    live
}

fn merged(live: &Value, policies: Vec<InstalledPolicy>) -> Option<Value> {
    let templates = Templates::embedded().unwrap();
    merge(live, &derived(policies).validating, &templates, Phase::Validating).unwrap()
}

fn names(configuration: &Value) -> Vec<&str> {
    configuration["webhooks"].as_array().unwrap().iter().map(|webhook| webhook["name"].as_str().unwrap()).collect()
}

fn ingresses() -> Vec<InstalledPolicy> {
    vec![mysql(KINDS), general(&["Ingress", "Pod"], json!({}))]
}

#[test]
fn a_new_webhook_has_the_address_of_those_that_are_there() {
    let live = installed();
    let after = merged(&live, ingresses()).unwrap();
    assert_eq!(names(&after), ["validate.tidegate.dev", "general.tidegate.dev"]);
    assert_eq!(after["webhooks"][1]["clientConfig"], live["webhooks"][0]["clientConfig"]);
    assert_eq!(after["webhooks"][0], live["webhooks"][0]);
    assert_eq!(merged(&after, ingresses()), None, "a second look changes nothing");
}

#[test]
fn what_its_owner_wrote_stays() {
    let mut live = merged(&installed(), ingresses()).unwrap();
    live["metadata"]["annotations"] = json!({ "cert-manager.io/inject-ca-from": "tidegate-system/tidegate" });
    for webhook in live["webhooks"].as_array_mut().unwrap() {
        webhook["timeoutSeconds"] = 3.into();
        webhook["namespaceSelector"] = json!({ "matchLabels": { "team": "shop" } });
    }
    let foreign = json!({ "name": "audit.example", "rules": [{ "resources": ["*"] }] });
    live["webhooks"].as_array_mut().unwrap().insert(0, foreign.clone());
    assert_eq!(merged(&live, ingresses()), None);

    let after = merged(&live, vec![required(&["Ingress"], json!({}))]).unwrap();
    assert_eq!(names(&after), ["audit.example", "general-required.tidegate.dev"]);
    assert_eq!(after["webhooks"][0], foreign);
    assert_eq!(after["webhooks"][1]["namespaceSelector"], json!({ "matchLabels": { "team": "shop" } }));
    assert_eq!(after["metadata"], live["metadata"]);
}

#[test]
fn rules_and_conditions_are_brought_back() {
    let live = merged(&installed(), ingresses()).unwrap();
    let edits: [fn(&mut Value); 4] = [
        |live| live["webhooks"][0]["rules"][0]["resources"] = json!(["deployments"]),
        |live| live["webhooks"][1]["matchConditions"] = json!([]),
        |live| drop(live["webhooks"].as_array_mut().unwrap().remove(1)),
        // As `kubectl apply` of the shipped file does.
        |live| live["webhooks"].as_array_mut().unwrap().push(installed()["webhooks"][1].clone()),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let mut edited = live.clone();
        edit(&mut edited);
        assert_eq!(merged(&edited, ingresses()).as_ref(), Some(&live), "edit {number}");
    }
}

#[test]
fn the_address_outlives_the_last_policy() {
    let before = installed();
    let silent = merged(&before, vec![]).unwrap();
    assert_eq!(names(&silent), ["validate.tidegate.dev"]);
    assert_eq!(silent["webhooks"][0]["rules"], json!([]));
    assert_eq!(merged(&silent, vec![]), None);
    let again = merged(&silent, ingresses()).unwrap();
    assert_eq!(again, merged(&before, ingresses()).unwrap());
}

#[test]
fn without_an_address_nothing_is_written() {
    let mut live = installed();
    live["webhooks"] = json!([]);
    let templates = Templates::embedded().unwrap();
    let refused = merge(&live, &derived(ingresses()).validating, &templates, Phase::Validating);
    assert_eq!(refused, Err(MergeError::Empty { kind: "ValidatingWebhookConfiguration" }));
}

#[test]
fn nobody_relies_on_a_webhook_that_looks_elsewhere() {
    let left_out = |configuration: &Value| {
        let conditions = configuration["webhooks"][1]["matchConditions"].as_array().unwrap();
        conditions.iter().any(|condition| condition["name"] == "not-sent-by-validate")
    };
    let live = merged(&installed(), ingresses()).unwrap();
    assert!(left_out(&live));
    let mut narrower = live.clone();
    narrower["webhooks"][0]["namespaceSelector"] = json!({ "matchLabels": { "team": "shop" } });
    let after = merged(&narrower, ingresses()).unwrap();
    assert!(!left_out(&after));
    assert_eq!(merged(&after, ingresses()), None);

    // What has to wait does not rely on what may pass.
    let waiting = || vec![mysql(KINDS), required(&["Pod"], json!({}))];
    let mut lax = merged(&installed(), waiting()).unwrap();
    assert!(left_out(&lax));
    lax["webhooks"][0]["failurePolicy"] = "Ignore".into();
    assert!(!left_out(&merged(&lax, waiting()).unwrap()));
}

fn on_trial() -> Value {
    json!({ "matchLabels": { TRIAL: "true" } })
}

#[test]
fn nothing_is_added_while_an_installation_has_the_gate_on_trial() {
    let with_selector = |selector: &Value| {
        let mut live = installed();
        for webhook in live["webhooks"].as_array_mut().unwrap() {
            webhook["objectSelector"] = selector.clone();
        }
        live
    };
    assert_eq!(merged(&with_selector(&on_trial()), ingresses()), None);
    let after = merged(&with_selector(&json!({})), ingresses()).unwrap();
    assert_eq!(names(&after), ["validate.tidegate.dev", "general.tidegate.dev"]);
    assert!(!after.to_string().contains(TRIAL), "{after}");
}

#[test]
fn a_webhook_of_the_gates_own_loses_the_selector_of_a_trial() {
    let wanted = merged(&installed(), ingresses()).unwrap();
    let mut live = wanted.clone();
    live["webhooks"][1]["objectSelector"] = on_trial();
    let after = merged(&live, ingresses()).unwrap();
    assert_eq!(after["webhooks"][1]["objectSelector"], json!({}));
    assert_eq!(after["webhooks"][1]["matchConditions"], wanted["webhooks"][1]["matchConditions"]);
    assert_eq!(merged(&after, ingresses()), None);
    // Nor does one that is added take it over.
    live["webhooks"].as_array_mut().unwrap().remove(0);
    let after = merged(&live, ingresses()).unwrap();
    assert_eq!(names(&after), ["general.tidegate.dev", "validate.tidegate.dev"]);
    assert!(!after.to_string().contains(TRIAL), "{after}");
}
