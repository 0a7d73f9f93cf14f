//! The engine with policies made for the test: what it repairs, refuses, and never does.

mod properties;
mod rounds;
mod secrets;
mod selectors;
mod strangers;

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::finding::{Edit, Finding, Severity};
use crate::lookup::{Lookup, NoLookup};
use crate::policy::scripted::{description, scripted};
use crate::policy::{
    Action, Concern, Description, InstalledPolicy, JudgedKind, MatchSpec, Matcher, PolicySet, ReviewError,
};
use crate::request::{Operation, Phase, Request};

/// A policy that finds what it is told to.
fn policy(name: &str, action: Action, answer: Result<Vec<Finding>, ReviewError>) -> InstalledPolicy {
    InstalledPolicy { action, ..scripted(description(name, "X1"), move |_| answer.clone()) }
}

fn finding(at: &str, severity: Severity, fix: Vec<Edit>) -> Finding {
    Finding { rule: "X1".to_owned(), severity, at: at.to_owned(), message: "wrong".to_owned(), help: None, fix }
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "shop", "namespace": "default" },
        "spec": { "template": { "spec": { "containers": [
            { "name": "a", "image": "mysql:8.4", "env": [{ "name": "MYSQL_PWD", "value": "pa$$word-1" }] },
            { "name": "b", "image": "mysql:8.4", "env": [{ "name": "MYSQL_PWD", "value": "pa$$word-1" }] },
        ] } } },
    })
}

const A: &str = "/spec/template/spec/containers/0/env/0";
const B: &str = "/spec/template/spec/containers/1/env/0";

fn run(object: Value, action: Action, answer: Result<Vec<Finding>, ReviewError>) -> Evaluation {
    let mut request = Request::audit(object);
    request.phase = Phase::Mutate;
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    evaluate(&request, &PolicySet::new(vec![policy("p", action, answer)]), &lookup).unwrap()
}

fn fix(edits: Vec<Edit>) -> Evaluation {
    run(deployment(), Action::Fix, Ok(vec![finding("/spec", Severity::High, edits)]))
}

fn patch(evaluation: &Evaluation) -> Value {
    serde_json::to_value(&evaluation.patch).unwrap()
}

#[test]
fn edits_become_the_smallest_patch() {
    let strategy = json!({ "type": "Recreate" });
    for (edits, expected) in [
        (
            vec![Edit::Set("/spec/strategy".into(), strategy.clone())],
            json!([{ "op": "add", "path": "/spec/strategy", "value": strategy }]),
        ),
        (
            vec![Edit::Set("/spec/a/b~1c".into(), json!(1))],
            json!([{ "op": "add", "path": "/spec/a", "value": { "b/c": 1 } }]),
        ),
        (
            vec![Edit::Set("/metadata/labels/x".into(), json!("y"))],
            json!([{ "op": "add", "path": "/metadata/labels", "value": { "x": "y" } }]),
        ),
        (
            vec![Edit::Append("/spec/template/spec/containers/0/args".into(), json!("--x"))],
            json!([{ "op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["--x"] }]),
        ),
        (vec![Edit::Remove("/spec/template".into())], json!([{ "op": "remove", "path": "/spec/template" }])),
    ] {
        let evaluation = fix(edits.clone());
        assert_eq!(patch(&evaluation), expected, "{edits:?}");
        assert!(evaluation.findings[0].fixed);
        assert_eq!(evaluation.decision, Decision::Allow);
    }
}

#[test]
fn what_no_policy_may_change_is_not_changed() {
    for edit in [
        Edit::Set("/metadata/name".into(), json!("x")),
        Edit::Set("/metadata".into(), json!({})),
        Edit::Set("/metadata/namespace".into(), json!("kube-system")),
        Edit::Remove("/metadata/managedFields".into()),
        Edit::Set("".into(), json!({})),
        Edit::Set("/kind".into(), json!("Pod")),
        Edit::Set("/status/x".into(), json!(1)),
        Edit::Set("/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration".into(), json!("{}")),
        Edit::Set("/spec/x".into(), json!({ "env": [{ "value": "<withheld>" }] })),
        Edit::Set("not a pointer".into(), json!(1)),
        Edit::Set("/spec/template/spec/containers/7/image".into(), json!("x")),
        Edit::Set("/metadata/name/x".into(), json!(1)),
        Edit::Remove("/spec/nothing".into()),
        Edit::Append("/spec/template".into(), json!(1)),
        Edit::MoveToSecret("/spec/template/spec/containers/0".into()),
        Edit::MoveToSecret("/metadata/name".into()),
    ] {
        // A good step before the bad one is taken back with it.
        let evaluation = fix(vec![Edit::Set("/spec/paused".into(), json!(true)), edit.clone()]);
        assert_eq!(patch(&evaluation), json!([]), "{edit:?}");
        assert_eq!(evaluation.object, deployment());
        assert!(!evaluation.findings[0].fixed);
        assert_eq!(evaluation.decision, Decision::Deny, "{edit:?}");
    }
}

#[test]
fn decisions() {
    let found = |severity| Ok(vec![finding("/spec", severity, Vec::new())]);
    for (action, severity, decision, warns) in [
        (Action::Fix, Severity::High, Decision::Deny, false),
        (Action::Fix, Severity::Medium, Decision::Allow, true),
        (Action::Deny, Severity::Info, Decision::Deny, false),
        (Action::Warn, Severity::Critical, Decision::Allow, true),
        (Action::Audit, Severity::Critical, Decision::Allow, false),
    ] {
        let evaluation = run(deployment(), action, found(severity));
        assert_eq!(evaluation.decision, decision, "{action:?} {severity}");
        assert_eq!(evaluation.findings[0].warns(), warns, "{action:?} {severity}");
    }
}

#[test]
fn only_the_action_fix_repairs_and_only_before_validation() {
    let strategy = || Edit::Set("/spec/strategy".into(), json!({ "type": "Recreate" }));
    for action in [Action::Deny, Action::Warn, Action::Audit] {
        let evaluation = run(deployment(), action, Ok(vec![finding("/spec", Severity::High, vec![strategy()])]));
        assert_eq!(patch(&evaluation), json!([]), "{action:?}");
    }
    let mut request = Request::audit(deployment());
    request.phase = Phase::Validate;
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let set =
        PolicySet::new(vec![policy("p", Action::Fix, Ok(vec![finding("/spec", Severity::High, vec![strategy()])]))]);
    let evaluation = evaluate(&request, &set, &lookup).unwrap();
    assert_eq!((patch(&evaluation), evaluation.decision), (json!([]), Decision::Deny));
}

#[test]
fn a_policy_that_fails_keeps_the_object_out_if_it_enforces() {
    for (action, decision) in
        [(Action::Fix, Decision::Deny), (Action::Deny, Decision::Deny), (Action::Warn, Decision::Allow)]
    {
        let evaluation = run(deployment(), action, Err(ReviewError::Deadline(100)));
        assert_eq!(evaluation.decision, decision, "{action:?}");
        assert_eq!(evaluation.failures.len(), 1);
    }
    let outside = run(deployment(), Action::Fix, Ok(vec![finding("/spec/nowhere", Severity::Info, Vec::new())]));
    assert!(matches!(outside.failures[0].error, ReviewError::BadAnswer(_)));
}

#[test]
fn what_is_left_alone() {
    let deny =
        || PolicySet::new(vec![policy("p", Action::Deny, Ok(vec![finding("", Severity::Critical, Vec::new())]))]);
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let with = |change: fn(&mut Request)| {
        let mut request = Request::audit(deployment());
        request.phase = Phase::Mutate;
        request.operation = Operation::Update;
        request.old_object = Some(deployment());
        change(&mut request);
        evaluate(&request, &deny(), &lookup).unwrap().left_alone
    };
    assert_eq!(with(|_| ()), Some(LeftAlone::TemplateUnchanged));
    assert_eq!(with(|request| request.object["spec"]["replicas"] = json!(3)), Some(LeftAlone::TemplateUnchanged));
    assert_eq!(with(|request| request.object["spec"]["template"]["spec"]["x"] = json!(1)), None);
    assert_eq!(
        with(|request| {
            request.operation = Operation::Create;
            request.object["metadata"]["ownerReferences"] = json!([{ "controller": true }]);
        }),
        Some(LeftAlone::Controlled)
    );
    assert_eq!(
        with(|request| {
            request.operation = Operation::Create;
            request.object["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": "mysql-operator" });
        }),
        Some(LeftAlone::OperatorManaged)
    );
}

#[test]
fn a_repair_that_does_not_fit_the_kind_is_taken_back() {
    let evaluation = fix(vec![
        Edit::MoveToSecret(A.into()),
        Edit::Set("/spec/template/spec/containers/1/args".into(), json!("--no-list")),
    ]);
    assert_eq!(evaluation.object, deployment());
    assert_eq!((patch(&evaluation), evaluation.decision), (json!([]), Decision::Deny));
    assert!(evaluation.secret.is_none());
    assert!(evaluation.failures[0].error.to_string().contains("/spec/template/spec/containers/1/args"));
}
