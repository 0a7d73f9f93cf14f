//! What is known already: baselines, and an earlier state of the files.

use super::super::{Baseline, Outcome, Suppression, mark_what_was_there_before};
use super::{Folder, table};

const OBJECT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME, namespace: shop}\nspec: \
    {template: {spec: {containers: [{name: mysql, image: 'mysql:latest'}]}}}\n";

fn object(name: &str) -> String {
    OBJECT.replace("NAME", name)
}

#[test]
fn what_is_known_does_not_count_wherever_it_stands() {
    let before = Folder::of(&[("a.yaml", &object("a")), ("b.yaml", &object("b"))]);
    let baseline = Baseline::of(&before.audit(&[""]));
    let text = baseline.to_text().unwrap();
    insta::assert_snapshot!(text);
    let baseline = Baseline::parse(&text).unwrap();

    // Another file, other lines, another object beside it.
    let moved = format!("# a comment\n{}---\n{}", object("c"), object("a"));
    let after = Folder::of(&[("moved/all.yaml", &moved)]);
    let mut report = after.audit(&[""]);
    assert!(baseline.apply(&mut after.audit(&[""]), false).is_empty(), "b was not read");
    let stale = baseline.apply(&mut report, true);
    assert_eq!(report.outcome(), Outcome::Found);
    let counted: Vec<&str> =
        report.objects.iter().flat_map(|object| object.findings().map(|_| object.title.as_str())).collect();
    assert!(!counted.is_empty() && counted.iter().all(|title| title.contains("\"c\"")), "{counted:?}");
    assert!(stale.iter().all(|known| known.object.contains("\"b\"")) && !stale.is_empty(), "{stale:?}");
    assert!(table(&report).contains("known by the baseline"), "{}", table(&report));
    // A baseline of what is known and what is new knows all.
    let mut again = after.audit(&[""]);
    Baseline::of(&report).apply(&mut again, true);
    assert_eq!(again.outcome(), Outcome::Clean);
}

#[test]
fn a_second_copy_is_new() {
    let one = Folder::of(&[("a.yaml", &object("a"))]).audit(&[""]);
    let two = Folder::of(&[("a.yaml", &object("a")), ("b.yaml", &object("a"))]);
    let mut report = two.audit(&[""]);
    Baseline::of(&one).apply(&mut report, true);
    assert_eq!(report.objects.iter().filter(|object| object.is_found_fault_with()).count(), 1);
    let mut report = two.audit(&[""]);
    mark_what_was_there_before(&mut report, &one);
    let before = |object: &&super::ObjectReport| {
        object.findings.iter().any(|finding| finding.suppression == Some(Suppression::Before))
    };
    assert_eq!(report.objects.iter().filter(before).count(), 1);
}

#[test]
fn what_is_no_baseline_is_told() {
    for (text, words) in [
        ("", "it is not a baseline: EOF"),
        ("{}", "missing field `version`"),
        ("[]", "it is not a baseline"),
        (r#"{"version": 2, "findings": []}"#, "version 2, and this tidegate reads version 1"),
        (r#"{"version": 1, "findings": [{"rule": "X"}]}"#, "missing field"),
        (r#"{"version": 1, "found": []}"#, "unknown field `found`"),
    ] {
        let error = Baseline::parse(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}
