//! What is done to a Secret, as a table of what is there and what is wanted.

use k8s_openapi::api::core::v1::Secret;

use super::error::SecretError;
use super::object::{MANAGED_BY, data, new_secret};
use super::plan::{Plan, by_secret, plan};
use crate::engine::SecretEntry;

fn entry(key: &str, value: &str) -> SecretEntry {
    SecretEntry {
        namespace: Some("shop".into()),
        secret: "mysql-credentials".into(),
        key: key.into(),
        value: value.into(),
        owner_kind: "Deployment".into(),
        owner_name: "mysql".into(),
        container: "mysql".into(),
        variable: key.into(),
    }
}

/// What the plan says in one word, for an existing Secret and two wanted entries.
fn outcome(change: impl FnOnce(&mut Secret)) -> String {
    let stored = [entry("ROOT", "one"), entry("USER", "two")];
    let mut existing = new_secret(&by_secret(&stored).unwrap()[0]);
    change(&mut existing);
    let wanted = by_secret(&stored).unwrap();
    word(plan(&wanted[0], Some(&existing)))
}

fn word(plan: Result<Plan<'_>, SecretError>) -> String {
    match plan {
        Ok(Plan::Nothing) => "nothing".into(),
        Ok(Plan::Create) => "create".into(),
        Ok(Plan::Add(entries)) => {
            format!("add {}", entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>().join(","))
        }
        Err(error) => {
            let text = format!("{error} {error:?} {}", error.log_message());
            assert!(!text.contains("\"one\"") && !text.contains("\"two\""), "a value in {text}");
            format!("{error:?}").split([' ', '{']).next().unwrap_or_default().into()
        }
    }
}

#[test]
fn a_secret_is_created_completed_left_or_refused() {
    let stored = [entry("ROOT", "one")];
    assert_eq!(word(plan(&by_secret(&stored).unwrap()[0], None)), "create");
    assert_eq!(outcome(|_| {}), "nothing");
    assert_eq!(outcome(|secret| drop(secret.data.as_mut().unwrap().remove("USER"))), "add USER");
    assert_eq!(outcome(|secret| secret.data = None), "add ROOT,USER");
    assert_eq!(outcome(|secret| secret.data = Some(data(&[&entry("USER", "other")]))), "ValueDiffers");
    assert_eq!(outcome(|secret| secret.metadata.labels = None), "NotOurs");
    assert_eq!(outcome(|secret| secret.metadata.annotations = None), "NotOurs");
    assert_eq!(
        outcome(|secret| drop(secret.metadata.labels.as_mut().unwrap().insert(MANAGED_BY.into(), "Helm".into()))),
        "NotOurs"
    );
    assert_eq!(
        outcome(|secret| {
            let annotations = secret.metadata.annotations.as_mut().unwrap();
            annotations.insert("tidegate.dev/workload-kind".into(), "StatefulSet".into());
        }),
        "OtherWorkload"
    );
    assert_eq!(outcome(|secret| secret.immutable = Some(true)), "nothing");
    assert_eq!(
        outcome(|secret| {
            secret.immutable = Some(true);
            secret.data = None;
        }),
        "Immutable"
    );
}

#[test]
fn entries_are_gathered_by_secret() {
    let mut elsewhere = entry("ROOT", "one");
    elsewhere.namespace = Some("bank".into());
    let entries = [entry("ROOT", "one"), elsewhere, entry("USER", "two"), entry("ROOT", "one")];
    let gathered = by_secret(&entries).unwrap();
    assert_eq!(gathered.iter().map(|wanted| wanted.entries.len()).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn entries_that_contradict_each_other_are_refused() {
    let mut nowhere = entry("ROOT", "one");
    nowhere.namespace = None;
    let mut foreign = entry("USER", "two");
    foreign.owner_name = "other".into();
    for (entries, expected) in [
        (vec![entry("ROOT", "one"), entry("ROOT", "two")], "TwoValues"),
        (vec![nowhere], "NoNamespace"),
        (vec![entry("ROOT", "one"), foreign], "OtherWorkload"),
    ] {
        assert_eq!(word(by_secret(&entries).map(|_| Plan::Nothing)), expected);
    }
}
