//! What is done to a Secret, as a table of what is there and what is wanted.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::error::SecretError;
use super::object::{CLAIMS, KEEPS_DATA, MANAGED_BY, RELIED_ON, new_secret};
use super::plan::{ChangedPasswords, Do, Plan, Wanted};
use crate::engine::{Before, Data, Owner, SecretEntry, WorkloadSecret};

fn entry(key: &str, value: &str) -> SecretEntry {
    let (container, at) = ("mysql".to_owned(), "/spec/containers/0/env/0".to_owned());
    SecretEntry { key: key.into(), value: value.into(), container, variable: key.into(), at, before: None }
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
    told(Wanted::of(wanted).and_then(|wanted| wanted.plan(existing, &|_| None, changed)))
}

fn told(plan: Result<Plan<'_>, SecretError>) -> String {
    match plan {
        Ok(Plan { what: Do::Create, .. }) => "create".into(),
        Ok(Plan { what, applied }) => {
            let used = applied.keys.iter().map(|(key, used)| format!("{key} is {used}"));
            let back = applied.back.iter().map(|(_, key)| format!("back to {key}"));
            let mut words: Vec<String> = used.chain(back).collect();
            if let Do::Change(change) = what {
                words.extend(change.add.iter().map(|(key, _)| format!("add {key}")));
                words.extend(change.annotations.iter().map(|(key, value)| format!("{key}={value}")));
            }
            if words.is_empty() { "nothing".into() } else { words.join("; ") }
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
    assert_eq!(against(|secret| secret.data = None), "add ROOT; add USER");
    assert_eq!(against(|secret| secret.metadata.labels = None), "NotOurs");
    assert_eq!(against(|secret| secret.metadata.annotations = None), "NotOurs");
    assert_eq!(
        against(|secret| drop(secret.metadata.labels.as_mut().unwrap().insert(MANAGED_BY.into(), "Helm".into()))),
        "NotOurs"
    );
    assert_eq!(against(|secret| annotate(secret, "tidegate.dev/workload-kind", "StatefulSet")), "OtherWorkload");
    assert_eq!(against(|secret| secret.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH))), "Ending");
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
fn another_value_comes_beside_the_one_that_is_there_unless_somebody_goes_by_that() {
    use ChangedPasswords::{Refuse, Update};
    let holding = |values: &[(&str, &str)], data: &str| {
        stored(|secret| {
            let values = values.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.as_bytes().to_vec())));
            secret.data = Some(values.chain([("ROOT".to_owned(), ByteString(b"one".to_vec()))]).collect());
            if !data.is_empty() {
                annotate(secret, KEEPS_DATA, data);
            }
        })
    };
    let (other, kept) = (holding(&[("USER", "other")], ""), holding(&[("USER", "other")], "claims"));
    let third = holding(&[("USER", "a"), ("USER.2", "b")], "");
    let known = holding(&[("USER", "a"), ("USER.2", "two"), ("USER.3", "c")], "elsewhere");
    let owner = |change: fn(&mut Owner)| {
        let mut wanted = both();
        change(&mut wanted.owner);
        wanted
    };
    let client = owner(|_| {});
    let server = owner(|owner| owner.data = Data::Elsewhere);
    let pod = owner(|owner| owner.is_fixed = true);
    let again = wanted(vec![entry("ROOT", "one"), entry("USER.2", "two")]);
    for (wanted, existing, changed, expected) in [
        (&client, &other, Refuse, "USER is USER.2; add USER.2"),
        (&client, &third, Refuse, "USER is USER.3; add USER.3"),
        (&again, &third, Refuse, "USER.2 is USER.3; add USER.3"),
        (&client, &known, Refuse, "USER is USER.2"),
        (&again, &known, Refuse, "nothing"),
        (&pod, &known, Refuse, "USER is USER.2"),
        (&client, &kept, Refuse, "ValueDiffers"),
        (&client, &kept, Update, "USER is USER.2; add USER.2"),
        (&server, &other, Refuse, "ValueDiffers"),
        (&server, &kept, Update, "USER is USER.2; add USER.2; tidegate.dev/keeps-data=elsewhere"),
        (&pod, &other, Update, "ValueDiffers"),
    ] {
        let keys = || wanted.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>();
        assert_eq!(outcome(wanted, Some(existing), changed), expected, "{:?} {:?} {changed:?}", keys(), wanted.owner);
    }
    let mut immutable = other;
    immutable.immutable = Some(true);
    assert_eq!(outcome(&client, Some(&immutable), Refuse), "Immutable");
    let long = "K".repeat(253);
    let stored = {
        let mut secret = stored(|_| {});
        secret.data = Some(BTreeMap::from([(long.clone(), ByteString(b"x".to_vec()))]));
        secret
    };
    let expected = format!("{long} is {0}.2; add {0}.2", &long[..251]);
    assert_eq!(outcome(&wanted(vec![entry(&long, "y")]), Some(&stored), Refuse), expected);
}

#[test]
fn the_value_of_the_stored_object_counts_before_that_of_the_secret() {
    use ChangedPasswords::{Refuse, Update};
    let literal = |value: &str| Before::Literal(value.into());
    let held = |name: &str, key: &str| Before::InSecret { name: name.into(), key: key.into() };
    let other = {
        let mut other = stored(|_| {});
        other.data = Some(BTreeMap::from([("PW".to_owned(), ByteString(b"two".to_vec()))]));
        other
    };
    let (here, known) = (stored(|_| {}), holding_two());
    let rows = [
        // before, there, data, changed, what becomes of USER=two
        (literal("two"), None, Data::InClaims, Refuse, "create"),
        (literal("other"), None, Data::InClaims, Refuse, "StoredDiffers"),
        (literal("other"), None, Data::InClaims, Update, "create"),
        (literal("other"), None, Data::Passing, Refuse, "create"),
        (literal("other"), Some(&here), Data::Elsewhere, Refuse, "StoredDiffers"),
        (held("mysql-credentials", "USER"), Some(&here), Data::Passing, Refuse, "nothing"),
        (held("mysql-credentials", "ROOT"), Some(&here), Data::InClaims, Refuse, "ValueDiffers"),
        (held("mysql-credentials", "USER"), Some(&known), Data::InClaims, Refuse, "ValueDiffers"),
        (held("mysql-credentials", "USER"), Some(&known), Data::Passing, Refuse, "USER is USER.2; back to USER.2"),
        (held("mysql-credentials", "GONE"), Some(&here), Data::Passing, Refuse, "nothing"),
        (held("other", "PW"), None, Data::InClaims, Refuse, "create"),
        (held("other", "ROOT"), None, Data::InClaims, Refuse, "create"),
        (held("absent", "PW"), None, Data::InClaims, Refuse, "create"),
    ];
    for (before, there, data, changed, expected) in rows {
        let said = format!("{before:?} {data:?} {changed:?}");
        let entry = SecretEntry { before: Some(before), ..entry("USER", "two") };
        let mut wanted = wanted(vec![entry]);
        wanted.owner.data = data;
        let planned = Wanted::of(&wanted).unwrap();
        let others = |name: &str| (name == "other").then_some(&other);
        let outcome = told(planned.plan(there, &others, changed));
        assert!(outcome.starts_with(expected), "{said}: {outcome}");
    }
}

fn holding_two() -> Secret {
    stored(|secret| {
        let value = |text: &str| ByteString(text.as_bytes().to_vec());
        secret.data = Some(BTreeMap::from([("USER".to_owned(), value("a")), ("USER.2".to_owned(), value("two"))]));
    })
}

#[test]
fn a_secret_says_what_its_password_opens_and_who_relied_on_it() {
    let owner = |owner: Owner| {
        let wanted = WorkloadSecret { owner, ..both() };
        outcome(&wanted, Some(&stored(|secret| annotate(secret, CLAIMS, "old"))), ChangedPasswords::Refuse)
    };
    let claims = |claims: &[&str]| claims.iter().map(|claim| (*claim).to_owned()).collect();
    assert_eq!(owner(Owner { is_new: true, ..Owner::default() }), format!("{RELIED_ON}=41"));
    assert_eq!(owner(Owner { data: Data::InClaims, ..Owner::default() }), format!("{KEEPS_DATA}=claims"));
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
