//! `kubectl apply`, of both kinds and in both orders.

use serde_json::{Value, json};

use super::fleet::{Fleet, expect_silence};
use super::kind::{ALL, CHANGING, CONTAINER, FIXED, Kind};
use crate::stored::{from_secret, generation, last_applied, variable};

const SERVER_SIDE: &[&str] = &["--server-side"];
const FORCED: &[&str] = &["--server-side", "--force-conflicts"];

#[test]
fn client_side() {
    let Some(fleet) = Fleet::of("client-side") else { return };
    let told = fleet.send("apply", &[]);
    fleet.expect_told(&told);
    fleet.expect_said(&told, "created");
    let first = fleet.expect_moved_at(|_| 1);
    for _ in 0..2 {
        let told = fleet.send("apply", &[]);
        fleet.expect_told(&told);
        // kubectl sends `value` once more, and does not look at what became of it.
        fleet.expect_said(&told, "configured");
        fleet.expect_unmoved_since(&first);
    }
    for ((kind, now), (_, first)) in fleet.stored().iter().zip(&first) {
        assert_eq!(last_applied(now), last_applied(first), "{kind:?}");
    }
}

#[test]
fn server_side() {
    for (way, flags) in [("server-side", SERVER_SIDE), ("forced", FORCED)] {
        let Some(fleet) = Fleet::of(way) else { return };
        fleet.expect_told(&fleet.send("apply", flags));
        let first = fleet.expect_moved_at(|_| 1);
        for _ in 0..2 {
            let told = fleet.send("apply", flags);
            fleet.expect_told(&told);
            fleet.expect_said(&told, "serverside-applied");
            fleet.expect_unmoved_since(&first);
        }
    }
}

#[test]
fn server_side_after_client_side() {
    let Some(fleet) = Fleet::of("then-server-side") else { return };
    fleet.send("apply", &[]).expect_success();
    let first = fleet.expect_moved();
    let refused = fleet.send("apply", SERVER_SIDE).expect_failure();
    for kind in fleet.kinds {
        // The API server notes who wrote which field before webhooks are called.
        let conflict = format!(".containers[name=\"{CONTAINER}\"].env[name=\"{}\"].value", kind.variable());
        assert!(refused.contains(&conflict), "{kind:?}: {refused}");
    }
    assert_eq!(refused.matches("with \"kubectl-client-side-apply\"").count(), fleet.kinds.len(), "{refused}");
    fleet.expect_unmoved_since(&first);
    // The way out, once; afterwards it does without.
    for flags in [FORCED, SERVER_SIDE, SERVER_SIDE] {
        let told = fleet.send("apply", flags);
        fleet.expect_told(&told);
        fleet.expect_said(&told, "serverside-applied");
        expect_same_pods(&fleet, &first);
    }
}

#[test]
fn client_side_after_server_side() {
    let Some(fleet) = Fleet::of("then-client-side") else { return };
    fleet.send("apply", SERVER_SIDE).expect_success();
    let first = fleet.expect_moved();
    for _ in 0..2 {
        let told = fleet.send("apply", &[]);
        fleet.expect_told(&told);
        fleet.expect_said(&told, "configured");
        expect_same_pods(&fleet, &first);
    }
}

/// Between the two ways kubectl itself writes or removes its annotation, which a Deployment's generation
/// counts, with or without a gate.
#[track_caller]
fn expect_same_pods(fleet: &Fleet<'_>, first: &[(Kind, Value)]) {
    let now = fleet.expect_moved_at(|kind| if kind == Kind::Deployment { 2 } else { 1 });
    for ((kind, now), (_, first)) in now.iter().zip(first) {
        assert_eq!(now["spec"], first["spec"], "{kind:?}");
    }
}

#[test]
fn a_list() {
    let Some(fleet) = Fleet::of("list") else { return };
    let items: Vec<Value> = fleet.kinds.iter().map(|&kind| fleet.manifest(kind)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    for _ in 0..2 {
        let told = fleet.unquoted(fleet.stage.apply(&list));
        fleet.expect_told(&told);
        fleet.expect_moved_at(|_| 1);
    }
}

#[test]
fn prune() {
    let Some(fleet) = Fleet::of("prune") else { return };
    let flags = ["--prune", "--selector=pruned=together"];
    let label = |_: Kind, manifest: &mut Value| manifest["metadata"]["labels"] = json!({"pruned": "together"});
    fleet.send_changed("apply", &flags, label).expect_success();
    let first = fleet.expect_moved_at(|_| 1);
    // The same without the Deployment and the Pod.
    let (gone, rest) =
        (&[Kind::Deployment, Kind::Pod], &[Kind::StatefulSet, Kind::DaemonSet, Kind::Job, Kind::CronJob]);
    let told = fleet.only(rest).send_changed("apply", &flags, label);
    fleet.only(rest).expect_told(&told);
    assert_eq!(told.stdout.matches(" pruned").count(), gone.len(), "{}", told.stdout);
    let first: Vec<_> = first.into_iter().filter(|(kind, _)| rest.contains(kind)).collect();
    fleet.only(rest).expect_unmoved_since(&first);
    for &kind in gone {
        assert!(!fleet.stage.has(&fleet.target(kind)), "{kind:?}");
        assert!(fleet.stage.has(&fleet.secret_target(kind)), "{kind:?}: the password may be needed still");
    }
}

#[test]
fn the_author_refers_to_the_gates_secret() {
    let Some(fleet) = Fleet::of("written-down") else { return };
    fleet.send("apply", &[]).expect_success();
    let first = fleet.expect_moved();
    for _ in 0..2 {
        let told = fleet.send_changed("apply", &[], |kind, manifest| {
            let pod = manifest.pointer_mut(kind.pod_spec()).unwrap();
            pod["containers"][0]["env"][1] = from_secret(kind.variable(), &fleet.secret(kind), kind.variable());
        });
        // Of a StatefulSet with claim templates kubectl always says that it was configured.
        let unchanged = told.stdout.lines().filter(|line| line.ends_with(" unchanged")).count();
        assert_eq!(unchanged, fleet.kinds.len() - 1, "{}", told.stdout);
        expect_silence(told);
        fleet.expect_unmoved_since(&first);
    }
}

#[test]
fn the_author_refers_to_a_secret_of_their_own() {
    let Some(fleet) = Fleet::of("taken-over") else { return };
    fleet.send("apply", &[]).expect_success();
    let first = fleet.expect_moved();
    let own = |kind: Kind, manifest: &mut Value| {
        let pod = manifest.pointer_mut(kind.pod_spec()).unwrap();
        pod["containers"][0]["env"][1] = from_secret(kind.variable(), "my-own", "root");
    };
    for _ in 0..2 {
        fleet.only(CHANGING).send_changed("apply", &[], own).expect_success();
        for (kind, stored) in fleet.only(CHANGING).stored() {
            let name = kind.variable();
            assert_eq!(*variable(&stored, CONTAINER, name), from_secret(name, "my-own", "root"), "{kind:?}");
            assert_eq!(generation(&stored), 2, "{kind:?}");
            assert!(fleet.stage.has(&fleet.secret_target(kind)), "a password is never deleted");
        }
    }
    let refused = fleet.only(FIXED).send_changed("apply", &[], own).expect_failure();
    assert!(
        refused.contains("pod updates may not change fields") && refused.contains("field is immutable"),
        "{refused}"
    );
    let first: Vec<_> = first.into_iter().filter(|(kind, _)| FIXED.contains(kind)).collect();
    fleet.only(FIXED).expect_unmoved_since(&first);
    assert_eq!(CHANGING.len() + FIXED.len(), ALL.len());
}
