//! Selectors: labels of objects, which repairs change, and those of namespaces, which cost a question.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::strangers::{ingress, judged, mutating, plain, rules, wants};
use super::*;
use crate::lookup::{ResourceType, Unavailable};
use crate::policy::{Elsewhere, Rollout};

const TIER: &str = "/metadata/labels/tier";
const CLASS: &str = "/spec/ingressClassName";

fn selecting(policy: InstalledPolicy, spec: Value) -> InstalledPolicy {
    let spec: MatchSpec = serde_json::from_value(spec).unwrap();
    InstalledPolicy { matcher: Matcher::new(spec).unwrap(), ..policy }
}

/// Wants another class, of what is labelled as a database.
fn of_databases(name: &str) -> InstalledPolicy {
    let spec = json!({ "objectSelector": { "matchLabels": { "tier": "db" } } });
    selecting(wants(name, CLASS, json!("b")), spec)
}

fn refuses(name: &str) -> InstalledPolicy {
    plain(name, &["Ingress"], |_| vec![finding("", Severity::High, vec![])])
}

#[test]
fn labels_count_as_repairs_have_left_them() {
    for (labels, class) in [("a", "b"), ("b", "a")] {
        let policies = || vec![wants(labels, TIER, json!("db")), of_databases(class)];
        let evaluation = judged(ingress(), policies());
        assert_eq!(rules(&evaluation), [("a", "X1", true), ("b", "X1", true)]);
        assert_eq!(evaluation.asked, ["a", "b"]);
        // The other phase has nothing left to refuse.
        let request = Request { phase: Phase::Validate, ..mutating(evaluation.object) };
        let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
        let again = evaluate(&request, &PolicySet::new(policies()), &lookup).unwrap();
        assert_eq!((again.findings.len(), again.asked.len()), (0, 2));
    }
}

#[test]
fn what_a_repair_takes_out_of_reach_is_not_refused() {
    let spec = json!({ "objectSelector": { "matchExpressions": [{ "key": "tier", "operator": "DoesNotExist" }] } });
    let evaluation = judged(ingress(), vec![selecting(refuses("a"), spec), wants("b", TIER, json!("db"))]);
    assert_eq!(rules(&evaluation), [("b", "X1", true)]);
    assert!(evaluation.is_allowed());
}

#[test]
fn who_selects_other_labels_is_not_asked() {
    let shadow = |name| {
        let rollout = Some(Rollout { percent: 0, elsewhere: Elsewhere::Shadow });
        InstalledPolicy { rollout, ..of_databases(name) }
    };
    for (policies, left_alone, asked, in_shadow) in [
        (vec![of_databases("a")], Some(LeftAlone::NoMySql), 0, 0),
        (vec![shadow("a")], Some(LeftAlone::NoMySql), 0, 0),
        (vec![of_databases("a"), wants("b", "/spec/x", json!(1))], None, 1, 0),
        // Shadows judge the object as the others left it.
        (vec![shadow("a"), wants("b", TIER, json!("db"))], None, 1, 1),
    ] {
        let evaluation = judged(ingress(), policies);
        assert_eq!(evaluation.left_alone, left_alone);
        assert_eq!((evaluation.asked.len(), evaluation.shadow.findings.len()), (asked, in_shadow));
    }
}

/// A cluster that counts how often it is asked, and in which every namespace is of the team `shop`.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Lookup for Counting {
    fn get(&self, kind: &ResourceType, _: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        assert_eq!((kind.kind.as_str(), name), ("Namespace", "shop"));
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Some(json!({ "metadata": { "name": name, "labels": { "team": "shop" } } })))
    }

    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Ok(Vec::new())
    }
}

#[test]
fn a_namespace_is_asked_for_once_and_only_if_need_be() {
    let of_team = |name: &str, team: &str| {
        selecting(refuses(name), json!({ "namespaceSelector": { "matchLabels": { "team": team } } }))
    };
    let of_both = |name: &str| {
        let labels = json!({ "matchLabels": { "team": "shop" } });
        selecting(refuses(name), json!({ "namespaceSelector": labels, "objectSelector": labels }))
    };
    for (policies, asked, questions) in [
        (vec![refuses("a")], &["a"][..], 0),
        (vec![of_both("a")], &[], 0),
        (vec![of_team("a", "shop"), of_team("b", "bank"), of_team("c", "shop"), of_both("d")], &["a", "c"], 1),
    ] {
        let counting = Arc::new(Counting::default());
        let lookup: Arc<dyn Lookup> = Arc::clone(&counting) as Arc<dyn Lookup>;
        // What refuses an update is looked for in the stored object too.
        let mut request = Request { operation: Operation::Update, ..mutating(ingress()) };
        request.old_object = Some(ingress());
        request.object["spec"]["tls"] = json!([]);
        let evaluation = evaluate(&request, &PolicySet::new(policies), &lookup).unwrap();
        assert_eq!(evaluation.asked, asked);
        assert_eq!(counting.0.load(Ordering::Relaxed), questions, "{asked:?}");
    }
}
