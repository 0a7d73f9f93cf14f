//! What is done to a Secret, as a table of what is there and what is wanted.

use k8s_openapi::api::core::v1::Secret;

use super::object::{CLAIMS, KEEPS_DATA, MANAGED_BY, RELIED_ON, data, new_secret};
use super::plan::{ChangedPasswords, Plan, Wanted};
use crate::engine::{Owner, SecretEntry, WorkloadSecret};

fn entry(key: &str, value: &str) -> SecretEntry {
    SecretEntry { key: key.into(), value: value.into(), container: "mysql".into(), variable: key.into() }
}

/// A client that is stored already: the kind whose values may change.
fn wanted(entries: Vec<SecretEntry>) -> WorkloadSecret {
    WorkloadSecret {
        namespace: Some("shop".into()),
        name: "mysql-credentials".into(),
        owner_kind: "Deployment".into(),
        owner_name: "mysql".into(),
        owner: Owner::default(),
        entries,
    }
}

/// What is wanted of the Secret that [`stored`] is.
fn both() -> WorkloadSecret {
    wanted(vec![entry("ROOT", "one"), entry("USER", "two")])
}

fn stored(change: impl FnOnce(&mut Secret)) -> Secret {
    let mut secret = new_secret(&Wanted::of(&both()).unwrap());
    secret.metadata.resource_version = Some("41".into());
    change(&mut secret);
    secret
}

/// What the plan says in a word or two.
fn outcome(wanted: &WorkloadSecret, existing: Option<&Secret>, changed: ChangedPasswords) -> String {
    match Wanted::of(wanted).and_then(|wanted| wanted.plan(existing, changed)) {
        Ok(Plan::Nothing) => "nothing".into(),
        Ok(Plan::Create) => "create".into(),
        Ok(Plan::Change(change)) => {
            let keys = |entries: &[&SecretEntry]| entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>();
            let parts = [("add", keys(&change.add)), ("update", keys(&change.update))];
            let parts = parts.into_iter().filter(|(_, keys)| !keys.is_empty());
            let mut words: Vec<String> = parts.map(|(word, keys)| format!("{word} {}", keys.join(","))).collect();
            words.extend(change.annotations.iter().map(|(key, value)| format!("{key}={value}")));
            words.join("; ")
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
    let against = |change: fn(&mut Secret)| outcome(&both(), Some(&stored(change)), ChangedPasswords::Refuse);
    assert_eq!(outcome(&both(), None, ChangedPasswords::Refuse), "create");
    assert_eq!(against(|_| {}), "nothing");
    assert_eq!(against(|secret| drop(secret.data.as_mut().unwrap().remove("USER"))), "add USER");
    assert_eq!(against(|secret| secret.data = None), "add ROOT,USER");
    assert_eq!(against(|secret| secret.metadata.labels = None), "NotOurs");
    assert_eq!(against(|secret| secret.metadata.annotations = None), "NotOurs");
    assert_eq!(
        against(|secret| drop(secret.metadata.labels.as_mut().unwrap().insert(MANAGED_BY.into(), "Helm".into()))),
        "NotOurs"
    );
    assert_eq!(against(|secret| annotate(secret, "tidegate.dev/workload-kind", "StatefulSet")), "OtherWorkload");
    assert_eq!(against(|secret| secret.immutable = Some(true)), "nothing");
    assert_eq!(
        against(|secret| {
            secret.immutable = Some(true);
            secret.data = None;
        }),
        "Immutable"
    );
}

#[test]
fn another_value_replaces_the_one_that_is_there_unless_somebody_goes_by_that() {
    use ChangedPasswords::{Refuse, Update};
    let other = stored(|secret| secret.data.as_mut().unwrap().extend(data(&[&entry("USER", "other")])));
    let kept = stored(|secret| {
        secret.data.as_mut().unwrap().extend(data(&[&entry("USER", "other")]));
        annotate(secret, KEEPS_DATA, "true");
    });
    let owner = |change: fn(&mut Owner)| {
        let mut wanted = both();
        change(&mut wanted.owner);
        wanted
    };
    let client = owner(|_| {});
    let server = owner(|owner| owner.keeps_data = true);
    let pod = owner(|owner| owner.is_fixed = true);
    let job = owner(|owner| owner.is_generated = true);
    for (wanted, existing, changed, expected) in [
        (&client, &other, Refuse, "update USER"),
        (&client, &kept, Refuse, "ValueDiffers"),
        (&client, &kept, Update, "update USER"),
        (&server, &other, Refuse, "ValueDiffers"),
        (&server, &kept, Update, "update USER"),
        (&pod, &other, Update, "ValueDiffers"),
        (&job, &other, Update, "ValueDiffers"),
    ] {
        assert_eq!(outcome(wanted, Some(existing), changed), expected, "{:?} {changed:?}", wanted.owner);
    }
    let immutable = stored(|secret| {
        secret.data = Some(data(&[&entry("ROOT", "one"), &entry("USER", "other")]));
        secret.immutable = Some(true);
    });
    assert_eq!(outcome(&client, Some(&immutable), Refuse), "Immutable");
}

#[test]
fn a_secret_says_what_its_password_opens_and_who_relied_on_it() {
    let owner = |owner: Owner| {
        let wanted = WorkloadSecret { owner, ..both() };
        outcome(&wanted, Some(&stored(|secret| annotate(secret, CLAIMS, "old"))), ChangedPasswords::Refuse)
    };
    let claims = |claims: &[&str]| claims.iter().map(|claim| (*claim).to_owned()).collect();
    assert_eq!(owner(Owner { is_new: true, ..Owner::default() }), format!("{RELIED_ON}=41"));
    assert_eq!(owner(Owner { keeps_data: true, ..Owner::default() }), format!("{KEEPS_DATA}=true"));
    assert_eq!(owner(Owner { claims: claims(&["old"]), ..Owner::default() }), "nothing");
    let grown = owner(Owner { claims: claims(&["data-mysql-*"]), ..Owner::default() });
    assert_eq!(grown, format!("{CLAIMS}=data-mysql-*,old"));
}

#[test]
fn what_cannot_be_in_one_secret_is_refused() {
    let mut nowhere = wanted(vec![entry("ROOT", "one")]);
    nowhere.namespace = None;
    let large = "x".repeat(1024 * 1024);
    for (wanted, expected) in [
        (wanted(vec![entry("ROOT", "one"), entry("ROOT", "one")]), "create"),
        (wanted(vec![entry("ROOT", "one"), entry("ROOT", "two")]), "TwoValues"),
        (nowhere, "NoNamespace"),
        (wanted(vec![entry("ROOT", &large)]), "create"),
        (wanted(vec![entry("ROOT", &large), entry("USER", "x")]), "TooLarge"),
    ] {
        assert_eq!(outcome(&wanted, None, ChangedPasswords::Refuse), expected);
    }
    let more = wanted(vec![entry("MORE", &large)]);
    assert_eq!(outcome(&more, Some(&stored(|_| {})), ChangedPasswords::Refuse), "TooLarge");
}

fn annotate(secret: &mut Secret, key: &str, value: &str) {
    secret.metadata.annotations.as_mut().unwrap().insert(key.into(), value.into());
}
