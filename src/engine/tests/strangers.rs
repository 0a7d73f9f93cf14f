//! Policies that nobody has tested together: on any kind, against each other, on probation; and exceptions from them.

use jiff::Timestamp;

use super::*;
use crate::policy::{Elsewhere, ExceptionDocument, PolicyException, Rollout};

/// A policy on everything of its kinds, that is not built in.
pub(super) fn plain(
    name: &str,
    kinds: &[&str],
    judge: impl Fn(&Value) -> Vec<Finding> + Send + Sync + 'static,
) -> InstalledPolicy {
    let description = Description {
        kinds: kinds.iter().map(|kind| JudgedKind::parse(kind)).collect(),
        concern: Concern::Everything,
        ..description(name, "X1")
    };
    InstalledPolicy { is_builtin: false, ..scripted(description, move |context| Ok(judge(context.object))) }
}

#[test]
fn what_others_see_to_is_left_alone_if_it_runs_pods() {
    let owned = ("ownerReferences", json!([{ "kind": "Shop", "name": "a", "controller": true }]));
    let managed = ("labels", json!({ "app.kubernetes.io/managed-by": "mysql-operator" }));
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "shop", "namespace": "shop" },
        "spec": { "template": { "spec": { "containers": [{ "name": "a", "image": "nginx" }] } } },
    });
    for ((field, value), why) in [(owned, LeftAlone::Controlled), (managed, LeftAlone::OperatorManaged)] {
        for (mut object, left_alone) in [(ingress(), None), (deployment.clone(), Some(why))] {
            object["metadata"][field] = value.clone();
            let one = plain("p", &["Deployment", "Ingress"], |_| vec![finding("", Severity::Low, vec![])]);
            assert_eq!(judged(object, vec![one]).left_alone, left_alone, "{field}");
        }
    }
}

/// Wants a field to have a value, and repairs it.
pub(super) fn wants(name: &str, at: &'static str, value: Value) -> InstalledPolicy {
    plain(name, &["Deployment", "Ingress"], move |object| {
        let is_right = object.pointer(at) == Some(&value);
        let repair = || finding("", Severity::High, vec![Edit::Set(at.to_owned(), value.clone())]);
        if is_right { Vec::new() } else { vec![repair()] }
    })
}

pub(super) fn ingress() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": { "name": "shop", "namespace": "shop" }, "spec": { "ingressClassName": "a" },
    })
}

pub(super) fn judged(object: Value, policies: Vec<InstalledPolicy>) -> Evaluation {
    evaluate(&mutating(object), &PolicySet::new(policies), &(Arc::new(NoLookup) as Arc<dyn Lookup>)).unwrap()
}

pub(super) fn mutating(object: Value) -> Request {
    Request { phase: Phase::Mutate, dry_run: false, ..Request::audit(object) }
}

pub(super) fn rules(evaluation: &Evaluation) -> Vec<(&str, &str, bool)> {
    let found = evaluation.findings.iter();
    found.map(|judged| (judged.policy.as_str(), judged.finding.rule.as_str(), judged.fixed)).collect()
}

#[test]
fn any_kind_is_judged_by_who_wants_it_and_by_nobody_else() {
    let class = || wants("p", "/spec/ingressClassName", json!("b"));
    let evaluation =
        judged(ingress(), vec![class(), policy("q", Action::Deny, Ok(vec![finding("", Severity::High, vec![])]))]);
    assert_eq!(rules(&evaluation), [("p", "X1", true)]);
    assert_eq!(evaluation.asked, ["p"]);
    assert_eq!(evaluation.object["spec"]["ingressClassName"], "b");
    for (kinds, matches, is_judged) in [
        (&["Ingress.networking.k8s.io"][..], &[][..], true),
        (&["Ingress.extensions"], &[], false),
        (&["*"], &["Ingress"], true),
        (&["*"], &["Ingress.networking.k8s.io"], true),
        (&["*"], &["Service"], false),
        // What any kind would be is for the document to say.
        (&["*"], &[], false),
    ] {
        let matcher =
            MatchSpec { kinds: matches.iter().map(|kind| (*kind).to_owned()).collect(), ..MatchSpec::default() };
        let one = plain("p", kinds, |_| vec![finding("", Severity::Low, vec![])]);
        let one = InstalledPolicy { matcher: Matcher::new(matcher).unwrap(), ..one };
        let evaluation = judged(ingress(), vec![one]);
        let left_alone = if is_judged { None } else { Some(LeftAlone::NoMySql) };
        assert_eq!(
            (evaluation.left_alone, evaluation.findings.len()),
            (left_alone, usize::from(is_judged)),
            "{kinds:?}"
        );
    }
}

#[test]
fn a_repair_that_does_not_cure_is_none() {
    let refused = |at: &'static str, value: Value| {
        let repair = move || vec![Edit::Set(at.to_owned(), value.clone())];
        let one = plain("p", &["Ingress"], move |_| vec![finding("/spec", Severity::High, repair())]);
        let evaluation = judged(ingress(), vec![one]);
        assert_eq!(rules(&evaluation), [("p", "X1", false)], "{at}");
        let obstacle = evaluation.findings[0].obstacle.as_deref();
        assert_eq!(obstacle, Some("the repair that the policy p offers does not cure it"), "{at}");
        !evaluation.is_allowed()
    };
    // It leaves everything as it is, or changes something else.
    assert!(refused("/spec/ingressClassName", json!("a")));
    assert!(refused("/spec/rules", json!([])));
    // Two findings with one repair are both cured by it.
    let one = plain("p", &["Ingress"], |object| {
        let repair = || vec![Edit::Set("/spec/rules".to_owned(), json!([]))];
        let found = || vec![finding("/spec", Severity::High, repair()), finding("", Severity::High, repair())];
        if object["spec"]["rules"].is_null() { found() } else { Vec::new() }
    });
    assert_eq!(rules(&judged(ingress(), vec![one])), [("p", "X1", true), ("p", "X1", true)]);
}

#[test]
fn an_update_that_leaves_the_pods_as_they_are_never_replaces_them() {
    let update = |change: fn(&mut Value)| {
        let mut request = Request { operation: Operation::Update, ..mutating(deployment()) };
        request.old_object = Some(deployment());
        change(&mut request.object);
        let policies = vec![
            wants("pods", "/spec/template/spec/priorityClassName", json!("high")),
            wants("replicas", "/spec/replicas", json!(2)),
        ];
        evaluate(&request, &PolicySet::new(policies), &(Arc::new(NoLookup) as Arc<dyn Lookup>)).unwrap()
    };
    let scaled = update(|object| object["spec"]["replicas"] = json!(5));
    assert_eq!(rules(&scaled), [("pods", "X1", false), ("replicas", "X1", true)]);
    assert!(scaled.findings[0].obstacle.as_deref().unwrap().contains("would replace them"));
    // What was wrong with the pods before keeps nobody out.
    assert!(scaled.findings[0].stood_before && scaled.is_allowed());
    let replaced = update(|object| object["spec"]["template"]["spec"]["hostNetwork"] = json!(true));
    assert_eq!(rules(&replaced), [("pods", "X1", true), ("replicas", "X1", true)]);
    for unchanged in [
        update(|_| ()),
        update(|object| object["status"] = json!({ "replicas": 1 })),
        update(|object| object["metadata"]["resourceVersion"] = json!("7")),
        update(|object| {
            object["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/last-applied-configuration": "{}" });
        }),
    ] {
        assert_eq!(unchanged.left_alone, Some(LeftAlone::TemplateUnchanged));
    }
}

#[test]
fn who_judged_before_a_repair_judges_again() {
    // "a" can only do its part when "b" has done its own.
    let a = plain("a", &["Ingress"], |object| match object.pointer("/spec/tls") {
        Some(tls) if tls[0]["secretName"].is_null() => {
            vec![finding(
                "/spec/tls/0",
                Severity::High,
                vec![Edit::Set("/spec/tls/0/secretName".into(), json!("shop"))],
            )]
        }
        _ => Vec::new(),
    });
    let b = plain("b", &["Ingress"], |object| {
        let wants = object.pointer("/spec/tls").is_none();
        let repair =
            || finding("/spec", Severity::High, vec![Edit::Set("/spec/tls".into(), json!([{ "hosts": ["x"] }]))]);
        if wants { vec![repair()] } else { Vec::new() }
    });
    let evaluation = judged(ingress(), vec![a, b]);
    assert_eq!(rules(&evaluation), [("a", "X1", true), ("b", "X1", true)]);
    assert_eq!(evaluation.object["spec"]["tls"], json!([{ "hosts": ["x"], "secretName": "shop" }]));
    let mut patched = ingress();
    json_patch::patch(&mut patched, &evaluation.patch).unwrap();
    assert_eq!(patched, evaluation.object);
}

#[test]
fn policies_that_work_against_each_other_are_named() {
    let class = |name, value| wants(name, "/spec/ingressClassName", json!(value));
    let appends = || {
        plain("again", &["Ingress"], |_| {
            vec![finding("/spec", Severity::Low, vec![Edit::Append("/spec/rules".into(), json!({}))])]
        })
    };
    for (policies, message, at) in [
        (
            vec![class("left", "b"), wants("other", "/spec/x", json!(1)), class("right", "c")],
            "the policies left and right repair /spec/ingressClassName against each other",
            "/spec/ingressClassName",
        ),
        (
            vec![wants("field", "/spec/tls", json!([])), wants("whole", "/spec", json!({ "ingressClassName": "a" }))],
            "the policies field and whole repair /spec/tls against each other",
            "/spec",
        ),
        (
            vec![appends()],
            "the policy again repairs /spec/rules/- again and again, each time what it has made itself",
            "/spec",
        ),
    ] {
        let evaluation = judged(ingress(), policies);
        let fight = evaluation.findings.last().unwrap();
        assert_eq!((fight.policy.as_str(), fight.finding.rule.as_str()), ("tidegate", "TG004"));
        assert_eq!((fight.finding.message.as_str(), fight.finding.at.as_str()), (message, at));
        assert_eq!(evaluation.decision, Decision::Deny);
    }
}

#[test]
fn what_is_on_probation_has_no_consequence() {
    let shadow = |percent, elsewhere| {
        let one = wants("p", "/spec/ingressClassName", json!("b"));
        vec![InstalledPolicy { rollout: Some(Rollout { percent, elsewhere }), ..one }]
    };
    let evaluation = judged(ingress(), shadow(0, Elsewhere::Shadow));
    assert_eq!((evaluation.findings.len(), evaluation.patch.0.len(), evaluation.is_allowed()), (0, 0, true));
    assert_eq!(evaluation.shadow.findings.len(), 1);
    assert_eq!(evaluation.shadow.findings[0].policy, "p");
    let absent = judged(ingress(), shadow(0, Elsewhere::Off));
    assert_eq!((absent.findings.len(), absent.shadow.findings.len()), (0, 0));
    let acting = judged(ingress(), shadow(100, Elsewhere::Shadow));
    assert_eq!((acting.findings.len(), acting.shadow.findings.len()), (1, 0));

    let failing = policy("q", Action::Deny, Err(ReviewError::Deadline(100)));
    let failing = InstalledPolicy { rollout: Some(Rollout { percent: 0, elsewhere: Elsewhere::Shadow }), ..failing };
    let evaluation = judged(deployment(), vec![failing]);
    assert_eq!((evaluation.failures.len(), evaluation.shadow.failures.len()), (0, 1));
    assert!(evaluation.is_allowed());
}

#[test]
fn an_exception_holds_on_probation_too() {
    for (annotation, severity, is_excepted) in [
        ("X1: because", Severity::Medium, true),
        ("X1: because", Severity::High, false),
        ("X2: because", Severity::Medium, false),
    ] {
        let one = plain("p", &["Ingress"], move |_| vec![finding("", severity, vec![])]);
        let shadow = InstalledPolicy { rollout: Some(Rollout { percent: 0, elsewhere: Elsewhere::Shadow }), ..one };
        let mut object = ingress();
        object["metadata"]["annotations"] = json!({ EXCEPTIONS_ANNOTATION: annotation });
        let evaluation = judged(object, vec![shadow]);
        assert_eq!(evaluation.shadow.findings[0].is_excepted(), is_excepted, "{annotation} {severity}");
    }
}

#[test]
fn an_exception_holds_until_it_ends() {
    let exception = |rule: &str, name: &str, expires: &str| {
        let document: ExceptionDocument = serde_json::from_value(json!({
            "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
            "metadata": { "namespace": "shop", "name": name },
            "spec": { "rules": [rule], "reason": "the migration", "expires": expires },
        }))
        .unwrap();
        PolicyException::new("e.yaml", document).unwrap()
    };
    let now: Timestamp = "2027-01-15T00:00:00Z".parse().unwrap();
    let with = |exceptions: Vec<PolicyException>| {
        let denies = plain("p", &["Ingress"], |_| vec![finding("", Severity::Critical, vec![])]);
        let set = PolicySet::new(vec![denies]).with_exceptions(exceptions, now);
        let evaluation = evaluate(&mutating(ingress()), &set, &(Arc::new(NoLookup) as Arc<dyn Lookup>)).unwrap();
        (evaluation.is_allowed(), evaluation.findings[0].exception.clone())
    };
    let granted =
        |until: &str| Some(Exception::Granted { reason: format!("the migration (shop/long, until {until})") });
    let long = || exception("X1", "long", "2027-01-31");
    let short = || exception("X1", "short", "2027-01-01");
    let ended = Some(Exception::Ended { name: "shop/short".to_owned(), at: "2027-01-02T00:00:00Z".parse().unwrap() });
    for (exceptions, is_allowed, told) in [
        (vec![], false, None),
        (vec![long()], true, granted("2027-02-01T00:00:00Z")),
        (vec![short()], false, ended),
        (vec![short(), long()], true, granted("2027-02-01T00:00:00Z")),
        (vec![exception("X2", "long", "2027-01-31")], false, None),
    ] {
        assert_eq!(with(exceptions), (is_allowed, told));
    }
}
