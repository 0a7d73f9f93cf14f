//! Another password arrives for what is stored already.

use serde_json::{Value, json};

use super::fleet::{Fleet, expect_silence};
use super::kind::{CHANGING, CONTAINER, FIXED, Kind, ROLLING};
use super::rollout::undone;
use crate::stage::{Stage, account, gate};
use crate::stored::generation;
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Output;

/// Servers whose data outlive their pods.
const KEEPING: &[Kind] = &[Kind::Deployment, Kind::StatefulSet];

/// A way in which it may come, for all of a fleet.
type Way = (&'static str, fn(&Fleet<'_>) -> Vec<Output>);

const WRITING: &[Way] = &[
    ("apply", |fleet| vec![fleet.send("apply", &[])]),
    ("apply --server-side", |fleet| vec![fleet.send("apply", &["--server-side", "--force-conflicts"])]),
    ("patch", |fleet| fleet.kinds.iter().map(|&kind| patch(fleet, kind)).collect()),
    ("set env", |fleet| fleet.kinds.iter().map(|&kind| set_env(fleet, kind)).collect()),
];

const REFUSED: &[Way] = &[
    ("replace", |fleet| vec![fleet.send("replace", &[])]),
    ("dry run", |fleet| vec![fleet.send("apply", &["--dry-run=server"])]),
    // It ends with the first refusal.
    ("diff", |fleet| fleet.kinds.iter().map(|&kind| fleet.alone(kind).send("diff", &[])).collect()),
];

fn patch(fleet: &Fleet<'_>, kind: Kind) -> Output {
    let variable = json!({"name": kind.variable(), "value": fleet.password});
    let patch = json!({"spec": kind.spec(json!({"containers": [{"name": CONTAINER, "env": [variable]}]}))});
    fleet.kubectl(&["patch"], kind, &["-p", &patch.to_string()])
}

fn set_env(fleet: &Fleet<'_>, kind: Kind) -> Output {
    fleet.kubectl(&["set", "env"], kind, &[&format!("{}={}", kind.variable(), fleet.password)])
}

#[test]
fn a_server_that_keeps_its_data_is_refused() {
    let Some(fleet) = Fleet::of("kept").map(|fleet| fleet.only(KEEPING)) else { return };
    expect_refused(&fleet, |_| "change it in the database first (ALTER USER), then in the Secret".to_owned());
}

#[test]
fn a_stored_pod_or_job_is_refused() {
    let Some(fleet) = Fleet::of("stored").map(|fleet| fleet.only(FIXED)) else { return };
    let why = "cannot change its variables: delete it and create it again";
    expect_refused(&fleet, |kind| format!("A stored {} {why}", kind.name()));
    // The way out.
    let other = fleet.with_password("Pw.of.stored.anew.8Qz");
    let told = other.send("replace", &["--force"]);
    other.expect_told(&told);
    other.expect_moved();
}

/// Whatever way it comes, it is refused with the reason, and nothing is written or quoted.
#[track_caller]
fn expect_refused(fleet: &Fleet<'_>, why: impl Fn(Kind) -> String) {
    fleet.send("apply", &[]).expect_success();
    let before = fleet.expect_moved();
    let other = fleet.with_password(&format!("Pw.of.{}.other.8Qz", fleet.way));
    for &(way, arrive) in WRITING.iter().chain(REFUSED) {
        let said: String = arrive(&other).into_iter().map(|output| fleet.unquoted(output).expect_failure()).collect();
        for &kind in fleet.kinds {
            let (secret, key) = (fleet.secret(kind), kind.variable());
            let holds = format!("already holds another value for {key} (variable {key} of container {CONTAINER})");
            let refusal = said.split("Secret \"").find(|part| part.starts_with(&secret)).unwrap_or_default();
            assert!(refusal.contains(&holds) && refusal.contains(&why(kind)), "{way}, {kind:?}: {said}");
        }
    }
    fleet.expect_unmoved_since(&before);
}

#[test]
fn whoever_keeps_no_data_gets_it() {
    let Some(fleet) = Fleet::of("changed").map(|fleet| fleet.only(CHANGING).passing()) else { return };
    fleet.send("apply", &[]).expect_success();
    let mut last = fleet.expect_moved_at(|_| 1);
    for (way, arrive) in WRITING {
        let other = fleet.with_password(&format!("Pw.of.changed.{}.8Qz", way.replace(' ', ".")));
        let told = arrive(&other);
        expect_told_of_the_change(&other, &told.iter().map(|output| output.stderr.as_str()).collect::<String>());
        told.into_iter().for_each(|output| drop(output.expect_success()));
        let now = other.expect_moved();
        for ((kind, now), (_, last)) in now.iter().zip(&last) {
            assert_eq!(generation(now), generation(last) + 1, "{way}, {kind:?}");
        }
        // The same once more moves nothing.
        for told in arrive(&other) {
            assert!(!told.stderr.contains("gets the new value"), "{way}: {}", told.stderr);
            told.expect_success();
        }
        other.expect_unmoved_since(&now);
        last = now;
    }
}

#[test]
fn a_file_that_replaces_the_stored_one_brings_it() {
    let Some(fleet) = Fleet::of("exchanged").map(|fleet| fleet.only(CHANGING).passing()) else { return };
    fleet.send("create", &[]).expect_success();
    let other = fleet.with_password("Pw.of.exchanged.other.8Qz");
    let told = other.send("replace", &[]);
    expect_told_of_the_change(&other, &told.stderr);
    other.expect_moved_at(|_| 2);
}

#[test]
fn the_same_file_that_replaces_the_stored_one_again_moves_nothing() {
    let Some(fleet) = Fleet::of("exchanged-again").map(|fleet| fleet.only(&[Kind::DaemonSet])) else { return };
    fleet.send("create", &[]).expect_success();
    let other = fleet.with_password("Pw.of.exchanged.again.8Qz");
    other.send("replace", &[]).expect_success();
    let changed = other.expect_moved_at(|_| 2);
    other.send("replace", &[]).expect_success();
    other.expect_unmoved_since(&changed);
}

#[test]
fn a_preview_of_the_change_writes_nothing() {
    let Some(fleet) = Fleet::of("foreseen").map(|fleet| fleet.only(CHANGING).passing()) else { return };
    fleet.send("apply", &[]).expect_success();
    let before = fleet.expect_moved();
    let other = fleet.with_password("Pw.of.foreseen.other.8Qz");
    let shown = fleet.unquoted(other.send("diff", &[]));
    assert_eq!(shown.code, Some(1), "{}", shown.stderr);
    expect_told_of_the_change(&other, &shown.stderr);
    for kind in CHANGING {
        assert!(shown.stdout.contains(&format!("key: {}.2", kind.variable())), "{}", shown.stdout);
    }
    let told = fleet.unquoted(other.send("apply", &["--dry-run=server"]));
    expect_told_of_the_change(&other, &told.stderr);
    fleet.expect_unmoved_since(&before);
}

#[test]
fn going_back_by_rollout_undo_brings_the_old_one() {
    let Some(fleet) = Fleet::of("brought-by-undo").map(|fleet| fleet.only(ROLLING).passing()) else { return };
    fleet.send("apply", &[]).expect_success();
    let other = fleet.with_password("Pw.of.brought.by.undo.8Qz");
    for &kind in ROLLING {
        other.alone(kind).send("apply", &[]).expect_success();
        expect_silence(undone(&other, kind));
    }
    fleet.expect_moved_at(|_| 3);
}

#[test]
fn where_it_is_allowed_servers_get_it_too() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let gate = gate(account(cluster)).argument("--changed-passwords=update");
    let stage = Stage::guard_with(cluster, cluster.create_namespace("arrivals-update"), gate);
    let fleet = Fleet::at(&stage, "allowed").only(KEEPING);
    fleet.send("apply", &[]).expect_success();
    let other = fleet.with_password("Pw.of.allowed.other.8Qz");
    let told = other.send("apply", &[]);
    expect_told_of_the_change(&other, &told.stderr);
    told.expect_success();
    let now = other.expect_moved_at(|_| 2);
    other.send("apply", &[]).expect_success();
    other.expect_unmoved_since(&now);
}

#[test]
fn what_the_api_server_refuses_at_first_is_rolled_out_once_it_is_mended() {
    let Some(fleet) = Fleet::of("mended").map(|fleet| fleet.only(&[Kind::DaemonSet])) else { return };
    fleet.send("apply", &[]).expect_success();
    let other = fleet.with_password("Pw.of.mended.other.8Qz");
    let spoil =
        |_: Kind, manifest: &mut Value| manifest["spec"]["template"]["spec"]["restartPolicy"] = json!("Sometimes");
    let refused = other.send_changed("apply", &[], spoil).expect_failure();
    assert!(refused.contains("Unsupported value: \"Sometimes\""), "{refused}");
    other.send("apply", &[]).expect_success();
    other.expect_moved_at(|_| 2);
}

#[test]
fn what_exists_already_is_not_given_another_by_create() {
    let Some(fleet) = Fleet::of("exists").map(|fleet| fleet.passing()) else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.expect_moved();
    fleet.with_password("Pw.of.exists.other.8Qz").send("create", &[]).expect_failure();
    fleet.expect_unmoved_since(&before);
}

#[track_caller]
fn expect_told_of_the_change(fleet: &Fleet<'_>, told: &str) {
    for &kind in fleet.kinds {
        let (secret, key) = (fleet.secret(kind), kind.variable());
        let change = format!("Warning: tidegate: Secret \"{secret}\" gets the new value of {key} under {key}.");
        assert_eq!(told.matches(&change).count(), 1, "{kind:?}: {told}");
    }
}
