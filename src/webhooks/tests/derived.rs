//! What policies need, as a table.

use serde_json::{Value, json};

use super::{denying, derived, general, mysql, object, pod, required, sending};
use crate::policy::InstalledPolicy;
use crate::workload::KINDS;

/// Names and kinds of resources of each webhook, `NAME: GROUP/PLURAL …`.
fn outline(configuration: &Value) -> Vec<String> {
    let webhooks = configuration["webhooks"].as_array().unwrap().iter();
    webhooks
        .map(|webhook| {
            let rules = webhook["rules"].as_array().unwrap().iter();
            let resources = rules.flat_map(|rule| {
                let group = rule["apiGroups"][0].as_str().unwrap();
                let all = rule["resources"].as_array().unwrap().iter();
                all.map(move |plural| format!("{group}/{}", plural.as_str().unwrap()))
            });
            let name = webhook["name"].as_str().unwrap().trim_end_matches(".tidegate.dev").to_owned();
            format!("{name}: {}", resources.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// What it is about, the policies, and which webhooks ask for which resources in each phase.
type Row = (&'static str, Vec<InstalledPolicy>, &'static [&'static str], &'static [&'static str]);

#[test]
fn webhooks_are_for_the_kinds_that_are_judged() {
    let rows: Vec<Row> = vec![
        ("nobody judges", vec![], &[], &[]),
        ("MySQL's", vec![mysql(&["Pod", "Job"])], &["mutate: batch/jobs /pods"], &["validate: batch/jobs /pods"]),
        (
            "MySQL's that is not repaired",
            vec![mysql(&["Service", "ConfigMap"])],
            &[],
            &["services-exposed: /services", "services-inside: /services", "config-maps: /configmaps"],
        ),
        (
            "a kind of Kubernetes",
            vec![general(&["Ingress"], json!({}))],
            &["general: networking.k8s.io/ingresses"],
            &["general: networking.k8s.io/ingresses"],
        ),
        ("nothing is repaired", vec![denying(&["Ingress"], json!({}))], &[], &["general: networking.k8s.io/ingresses"]),
        (
            "a kind that two groups have",
            vec![general(&["Certificate"], json!({}))],
            &["general: cert-manager.io/certificates networking.internal.knative.dev/certificates"],
            &["general: cert-manager.io/certificates networking.internal.knative.dev/certificates"],
        ),
        (
            "a kind of one group",
            vec![denying(&["Certificate.cert-manager.io"], json!({}))],
            &[],
            &["general: cert-manager.io/certificates"],
        ),
        (
            "any kind that the document names, but those left out",
            vec![denying(&["*"], json!({ "kinds": ["Ingress", "Role", "Fleet"], "exclude": { "kinds": ["Role"] } }))],
            &[],
            &["general: networking.k8s.io/ingresses shop.example/fleets"],
        ),
        (
            "all kinds of a group",
            vec![denying(&["*"], json!({ "kinds": ["*.batch"] }))],
            &[],
            &["general: batch/cronjobs batch/jobs"],
        ),
        (
            "what never waits",
            vec![required(&["Node", "Role"], json!({}))],
            &["general: /nodes", "general-required: rbac.authorization.k8s.io/roles"],
            &["general: /nodes", "general-required: rbac.authorization.k8s.io/roles"],
        ),
        (
            "what waits and what passes while no gate answers",
            vec![general(&["Ingress"], json!({})), required(&["Role"], json!({}))],
            &["general: networking.k8s.io/ingresses", "general-required: rbac.authorization.k8s.io/roles"],
            &["general: networking.k8s.io/ingresses", "general-required: rbac.authorization.k8s.io/roles"],
        ),
    ];
    for (about, policies, mutating, validating) in rows {
        let derived = derived(policies);
        assert_eq!(outline(&derived.mutating), mutating, "{about}");
        assert_eq!(outline(&derived.validating), validating, "{about}");
        assert_eq!(derived.gaps, [], "{about}");
    }
}

#[test]
fn policies_that_wait_and_those_that_do_not_have_webhooks_of_their_own() {
    let derived = derived(vec![general(&["Ingress"], json!({})), required(&["Role", "Fleet"], json!({}))]);
    let webhooks = derived.mutating["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.iter().map(|webhook| &webhook["failurePolicy"]).collect::<Vec<_>>(), ["Ignore", "Fail"]);
    assert_eq!(
        webhooks[1]["rules"],
        json!([
            { "apiGroups": ["rbac.authorization.k8s.io"], "apiVersions": ["v1"], "resources": ["roles"],
              "operations": ["CREATE", "UPDATE"], "scope": "Namespaced" },
            { "apiGroups": ["shop.example"], "apiVersions": ["v1beta1"], "resources": ["fleets"],
              "operations": ["CREATE", "UPDATE"], "scope": "Cluster" },
        ])
    );
    for webhook in webhooks {
        assert_eq!(webhook["reinvocationPolicy"], "IfNeeded");
        assert_eq!(webhook["clientConfig"]["service"]["path"], "/mutate");
        assert_eq!(
            webhook["namespaceSelector"]["matchExpressions"][0]["values"],
            json!(["tidegate-system", "kube-system"])
        );
    }
    assert!(derived.validating["webhooks"][0].get("reinvocationPolicy").is_none());
}

#[test]
fn what_nobody_is_asked_about_is_told() {
    for (policy, gap) in [
        (general(&["*"], json!({})), "names none"),
        (general(&["Ingress", "Gateway"], json!({})), "the cluster has no kind Gateway"),
        (general(&["*"], json!({ "kinds": ["Certificate.acme.example"] })), "no kind Certificate.acme.example"),
        (general(&["Lease"], json!({})), "kind Lease are never sent"),
        (general(&["*"], json!({ "kinds": ["Ingress", "Event"] })), "kind Event are never sent"),
        (general(&["*"], json!({ "kinds": ["ClusterPolicy"] })), "kind ClusterPolicy are never sent"),
    ] {
        let gaps = derived(vec![policy]).gaps;
        assert!(gaps.len() == 1 && gaps[0].to_string().contains(gap), "{gap}: {gaps:?}");
    }
}

#[test]
fn all_kinds_are_all_but_those_by_which_the_cluster_lives() {
    let derived = derived(vec![denying(&["*"], json!({ "kinds": ["*"] }))]);
    let all = &outline(&derived.validating)[0];
    for sent in ["/pods", "/secrets", "shop.example/fleets", "rbac.authorization.k8s.io/clusterroles"] {
        assert!(all.contains(sent), "no {sent} in {all}");
    }
    for never in ["leases", "events", "webhookconfigurations", "clusterpolicies"] {
        assert!(!all.contains(never), "{never} in {all}");
    }
    assert_eq!(derived.gaps, []);
}

#[test]
fn nothing_is_asked_about_twice() {
    let pods: Vec<&str> = KINDS.to_vec();
    let everything = |policy: fn(&[&str], Value) -> InstalledPolicy| policy(&["*"], json!({ "kinds": ["*"] }));
    let all = derived(vec![mysql(&pods), everything(general)]);
    let waiting = derived(vec![mysql(&pods), everything(required)]);
    let both = derived(vec![mysql(&pods), everything(general), required(&["Pod"], json!({ "namespaces": ["bank"] }))]);
    let without = derived(vec![everything(general)]);
    let elsewhere = {
        let mut pod = pod("nginx");
        pod["metadata"]["namespace"] = "bank".into();
        pod
    };
    for (about, derived, object, sent) in [
        ("MySQL", &all, pod("mysql:8.4"), "mutate"),
        ("no MySQL", &all, pod("nginx"), "general"),
        ("no kind of MySQL's", &all, object("networking.k8s.io/v1", "Ingress"), "general"),
        ("MySQL waits anyway", &waiting, pod("mysql:8.4"), "mutate"),
        ("others wait too", &waiting, pod("nginx"), "general-required"),
        ("two policies, and one waits", &both, elsewhere, "general-required"),
        ("two policies, elsewhere", &both, pod("nginx"), "general"),
        ("no policy on MySQL", &without, pod("mysql:8.4"), "general"),
    ] {
        assert_eq!(sending(&derived.mutating, &object, None), [format!("{sent}.tidegate.dev")], "{about}");
        let sent = if sent == "mutate" { "validate" } else { sent };
        assert_eq!(sending(&derived.validating, &object, None), [format!("{sent}.tidegate.dev")], "{about}");
    }
}

#[test]
fn what_has_to_wait_waits_although_a_webhook_that_does_not_wait_sends_it() {
    let derived = derived(vec![mysql(&["ConfigMap"]), required(&["ConfigMap"], json!({}))]);
    let mut map = object("v1", "ConfigMap");
    map["data"] = json!({ "my.cnf": "[mysqld]\n" });
    let sent = sending(&derived.validating, &map, None);
    assert_eq!(sent, ["config-maps.tidegate.dev", "general-required.tidegate.dev"]);
}

#[test]
fn an_update_is_sent_if_it_changes_what_is_judged() {
    let derived = derived(vec![general(&["Ingress", "ConfigMap", "Pod"], json!({})), mysql(&["Pod"])]);
    let changed = |old: &Value, field: &str, value: Value| {
        let mut new = old.clone();
        match field.split_once('.') {
            Some((parent, field)) => new[parent][field] = value,
            None => new[field] = value,
        }
        new
    };
    let without = |old: &Value, field: &str| {
        let mut new = old.clone();
        new.as_object_mut().unwrap().remove(field);
        new
    };
    let ingress = object("networking.k8s.io/v1", "Ingress");
    let mut map = object("v1", "ConfigMap");
    map["data"] = json!({ "a": "b" });
    let large = {
        let mut large = ingress.clone();
        for number in 0..100 {
            large[format!("field{number}")] = 1.into();
        }
        large
    };
    for (about, old, new, is_sent) in [
        ("nothing", &ingress, ingress.clone(), false),
        ("the status", &ingress, changed(&ingress, "status", json!({ "loadBalancer": {} })), false),
        ("a finalizer", &ingress, changed(&ingress, "metadata.finalizers", json!([])), false),
        ("the spec", &ingress, changed(&ingress, "spec", json!({ "rules": [] })), true),
        ("the spec is gone", &ingress, without(&ingress, "spec"), true),
        ("a label", &ingress, changed(&ingress, "metadata.labels", json!({ "a": "b" })), true),
        ("an annotation", &ingress, changed(&ingress, "metadata.annotations", json!({ "a": "b" })), true),
        ("another field", &map, changed(&map, "data", json!({ "a": "c" })), true),
        ("a new field", &map, changed(&map, "immutable", json!(true)), true),
        ("a field is gone", &map, without(&map, "data"), true),
        ("more fields than are looked through", &large, large.clone(), true),
    ] {
        assert_eq!(!sending(&derived.validating, &new, Some(old)).is_empty(), is_sent, "{about}");
    }
    // What MySQL's webhook lets pass because the pods stay as they are is sent for its label.
    let old = pod("mysql:8.4");
    let labelled = changed(&old, "metadata.labels", json!({ "a": "b" }));
    assert_eq!(sending(&derived.mutating, &labelled, Some(&old)), ["general.tidegate.dev"]);
}

#[test]
fn what_the_engine_leaves_alone_is_not_sent() {
    let derived = derived(vec![general(&["Ingress", "Pod"], json!({}))]);
    for (field, value) in [
        ("ownerReferences", json!([{ "kind": "Gateway", "name": "a", "controller": true }])),
        ("labels", json!({ "app.kubernetes.io/managed-by": "mysql-operator" })),
    ] {
        // What runs pods is left to whom it belongs to, and nothing else.
        for (mut object, number) in [(object("networking.k8s.io/v1", "Ingress"), 1), (pod("nginx"), 0)] {
            assert_eq!(sending(&derived.validating, &object, None).len(), 1);
            object["metadata"][field] = value.clone();
            assert_eq!(sending(&derived.validating, &object, None).len(), number, "{field} of {}", object["kind"]);
        }
    }
}

#[test]
fn a_namespace_is_in_no_namespace() {
    let mut namespace = object("v1", "Namespace");
    namespace["metadata"] = json!({ "name": "shop" });
    for (matches, number) in
        [(json!({}), 1), (json!({ "namespaces": ["shop"] }), 0), (json!({ "exclude": { "namespaces": ["shop"] } }), 1)]
    {
        let derived = derived(vec![general(&["Namespace"], matches.clone())]);
        assert_eq!(sending(&derived.validating, &namespace, None).len(), number, "{matches}");
    }
}
