//! Helm 3: what is created is sent whole, and an upgrade is a three-way merge of the last release's manifest,
//! the new one and what is stored.

use serde_json::{Value, json};

use super::fleet::{Fleet, expect_told_of};
use super::kind::{CHANGING, Kind};
use crate::stored::generation;
use crate::support::kubectl::Output;

#[test]
fn an_upgrade_with_the_same_values() {
    let Some(fleet) = Fleet::of("helm") else { return };
    fleet.expect_told(&fleet.send_changed("create", &[], adopt));
    let first = fleet.expect_moved_at(|_| 1);
    for _ in 0..2 {
        for (kind, stored) in &first {
            let told = upgrade(&fleet, *kind, &fleet, stored);
            expect_told_of(&told, *kind);
            told.expect_success();
        }
        fleet.expect_unmoved_since(&first);
    }
}

#[test]
fn an_upgrade_with_another_password_and_a_rollback() {
    let Some(fleet) = Fleet::of("helm-changed").map(|fleet| fleet.only(CHANGING).passing()) else { return };
    let other = fleet.with_password("Pw.of.helm.other.8Qz");
    fleet.send_changed("create", &[], adopt).expect_success();
    let change = |from: &Fleet<'_>, to: &Fleet<'_>, brings: bool| {
        for (kind, stored) in &from.stored() {
            let told = upgrade(to, *kind, from, stored);
            expect_told_of(&told, *kind);
            assert_eq!(told.stderr.matches("gets the new value of").count(), usize::from(brings), "{}", told.stderr);
            told.expect_success();
        }
        to.expect_moved()
    };
    let generations =
        |stored: &[(Kind, Value)]| stored.iter().map(|(_, stored)| generation(stored)).collect::<Vec<_>>();
    assert_eq!(generations(&change(&fleet, &other, true)), [2, 2, 2, 2]);
    assert_eq!(generations(&change(&other, &other, false)), [2, 2, 2, 2]);
    assert_eq!(generations(&change(&other, &fleet, false)), [3, 3, 3, 3], "the rollback");
}

#[test]
fn an_upgrade_of_a_server_with_another_password_is_refused() {
    let Some(fleet) = Fleet::of("helm-kept") else { return };
    fleet.send_changed("create", &[], adopt).expect_success();
    let before = fleet.expect_moved();
    let other = fleet.with_password("Pw.of.helm.kept.8Qz");
    for (kind, stored) in before.iter().filter(|(kind, _)| !matches!(kind, Kind::DaemonSet | Kind::CronJob)) {
        let refused = upgrade(&other, *kind, &fleet, stored).expect_failure();
        assert!(refused.contains("already holds another value"), "{kind:?}: {refused}");
    }
    fleet.expect_unmoved_since(&before);
}

/// What `helm upgrade` sends to bring an object from the last release's manifest to the new one.
fn upgrade(to: &Fleet<'_>, kind: Kind, from: &Fleet<'_>, stored: &Value) -> Output {
    let mut after = to.manifest(kind);
    adopt(kind, &mut after);
    let patch = to.stage.cluster.three_way_merge(&from.manifest(kind), &after, stored).to_string();
    to.kubectl(&["patch"], kind, &["--type=strategic", "-p", &patch])
}

/// Helm's own marks, which are not in the manifest that it keeps.
fn adopt(_: Kind, manifest: &mut Value) {
    manifest["metadata"]["labels"]["app.kubernetes.io/managed-by"] = json!("Helm");
    manifest["metadata"]["annotations"] =
        json!({"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"});
}
