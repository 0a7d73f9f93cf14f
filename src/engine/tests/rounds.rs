//! Rounds: whoever judged before a repair judges again, until nobody repairs any more.

use super::strangers::{ingress, judged, plain, rules, wants};
use super::*;

/// Wants `at` to be there as soon as `when` is.
fn follows(name: &str, when: &'static str, at: &'static str) -> InstalledPolicy {
    plain(name, &["Ingress"], move |object| {
        let is_due = object.pointer(when).is_some() && object.pointer(at).is_none();
        let repair = || finding("/spec", Severity::High, vec![Edit::Set(at.to_owned(), json!("x"))]);
        if is_due { vec![repair()] } else { Vec::new() }
    })
}

/// What becomes of an object that "b" repairs first, whereupon "a" has something to repair as well.
fn with(c: InstalledPolicy) -> Evaluation {
    judged(ingress(), vec![follows("a", "/spec/b", "/spec/a"), follows("b", "/spec", "/spec/b"), c])
}

/// A policy "c" that finds something, with this repair, once "a" has done its part.
fn after_a(fix: Vec<Edit>) -> InstalledPolicy {
    plain("c", &["Ingress"], move |object| {
        let is_there = object.pointer("/spec/a").is_some();
        if is_there { vec![finding("/spec", Severity::High, fix.clone())] } else { Vec::new() }
    })
}

#[test]
fn everybody_sees_the_last_repair() {
    let repaired = with(follows("c", "/spec/a", "/spec/c"));
    assert_eq!(rules(&repaired), [("a", "X1", true), ("b", "X1", true), ("c", "X1", true)]);
    assert_eq!(repaired.object["spec"], json!({ "ingressClassName": "a", "a": "x", "b": "x", "c": "x" }));
    assert_eq!((repaired.is_allowed(), repaired.patch.0.len()), (true, 3));

    let refused = with(after_a(Vec::new()));
    assert_eq!(rules(&refused), [("a", "X1", true), ("b", "X1", true), ("c", "X1", false)]);
    assert_eq!(refused.decision, Decision::Deny);
}

#[test]
fn a_fight_that_begins_late_is_found() {
    let fought = with(after_a(vec![Edit::Remove("/spec/a".to_owned())]));
    assert_eq!(rules(&fought), [("b", "X1", true), ("tidegate", "TG004", false)]);
    let fight = &fought.findings[1].finding;
    assert_eq!(fight.message, "the policies a and c repair /spec/a against each other");
    assert_eq!(fought.decision, Decision::Deny);
    // What was made before the fight stays.
    assert_eq!(fought.object["spec"], json!({ "ingressClassName": "a", "b": "x" }));
}

#[test]
fn who_failed_is_not_asked_again() {
    let fails = InstalledPolicy { is_builtin: false, ..policy("a", Action::Warn, Err(ReviewError::Deadline(100))) };
    let evaluation = judged(deployment(), vec![fails, wants("b", "/spec/replicas", json!(2))]);
    assert_eq!(rules(&evaluation), [("b", "X1", true)]);
    assert_eq!(evaluation.failures.len(), 1);
}

#[test]
fn code_that_acts_twice_may_work_against_itself() {
    let own = |name: &str, digest: &str, value: &str| InstalledPolicy {
        digest: digest.to_owned(),
        is_builtin: true,
        ..wants(name, "/spec/ingressClassName", json!(value))
    };
    for (digest, fights) in [("sha256:1", true), ("sha256:2", false)] {
        let evaluation = judged(ingress(), vec![own("left", "sha256:1", "b"), own("right", digest, "c")]);
        assert_eq!(rules(&evaluation).contains(&("tidegate", "TG004", false)), fights, "{digest}");
        assert_eq!(evaluation.is_allowed(), !fights, "{digest}");
    }
}
