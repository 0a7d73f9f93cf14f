//! `kubectl scale` and `rollout`.

use super::fleet::{Fleet, expect_silence, expect_told_of};
use super::kind::{ALL, Kind, ROLLING};
use crate::stage::{CONTROLLERS, Stage};
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Output;
use crate::support::wait::eventually;

#[test]
fn scale() {
    let Some(fleet) = Fleet::of("scale") else { return };
    fleet.send("create", &[]).expect_success();
    let scales = |kind| matches!(kind, Kind::Deployment | Kind::StatefulSet);
    for &kind in ALL {
        let output = fleet.kubectl(&["scale", "--replicas=2"], kind, &[]);
        if scales(kind) {
            expect_silence(output);
        } else {
            let refused = output.expect_failure();
            assert!(refused.contains("could not find the requested resource"), "{kind:?}: {refused}");
        }
    }
    fleet.expect_moved_at(|kind| if scales(kind) { 2 } else { 1 });
}

#[test]
fn restart() {
    let Some(fleet) = Fleet::of("restart") else { return };
    fleet.send("create", &[]).expect_success();
    for &kind in ALL {
        let output = fleet.kubectl(&["rollout", "restart"], kind, &[]);
        if ROLLING.contains(&kind) {
            expect_silence(output); // there is nothing to repair any more
        } else {
            let refused = output.expect_failure();
            assert!(refused.contains("restarting is not supported"), "{kind:?}: {refused}");
        }
    }
    fleet.expect_moved_at(|kind| if ROLLING.contains(&kind) { 2 } else { 1 });
}

#[test]
fn undo() {
    let Some(fleet) = Fleet::of("undo") else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.stored();
    for &kind in ROLLING {
        fleet.kubectl(&["rollout", "restart"], kind, &[]).expect_success();
        expect_silence(undone(&fleet, kind));
    }
    for ((kind, stored), (_, before)) in fleet.expect_moved().iter().zip(&before) {
        let back_again = if ROLLING.contains(kind) { 3 } else { 1 };
        assert_eq!(stored["metadata"]["generation"], back_again, "{kind:?}");
        assert_eq!(stored["spec"], before["spec"], "{kind:?}");
    }
    for &kind in ALL.iter().filter(|kind| !ROLLING.contains(kind)) {
        let refused = fleet.kubectl(&["rollout", "undo"], kind, &[]).expect_failure();
        assert!(refused.contains("no rollbacker has been implemented"), "{kind:?}: {refused}");
    }
}

#[test]
fn undo_to_a_revision_with_plaintext() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("arrivals-undo");
    // From before the gate.
    let (way, password) = ("old", "Pw.of.old.7Rk");
    for &kind in ROLLING {
        let manifest = kind.manifest(&format!("{way}-{}", kind.resource()), password).to_string();
        cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &manifest).expect_success();
    }
    eventually("the first revisions", CONTROLLERS, || {
        let list = cluster.json(&["get", "replicasets,controllerrevisions", "-n", &namespace]);
        (list["items"].as_array().unwrap().len() == ROLLING.len()).then_some(())
    });
    let stage = Stage::guard(cluster, namespace);
    let fleet = Fleet::at(&stage, way).only(ROLLING);
    assert_eq!(fleet.password, password);
    for &kind in ROLLING {
        expect_told_of(&fleet.kubectl(&["rollout", "restart"], kind, &[]), kind);
    }
    fleet.expect_moved_at(|_| 2);
    for &kind in ROLLING {
        expect_told_of(&undone(&fleet, kind), kind);
    }
    fleet.expect_moved_at(|_| 3);
}

/// `rollout undo`, as soon as the controller has written the revision that is to be left.
#[track_caller]
pub(super) fn undone(fleet: &Fleet<'_>, kind: Kind) -> Output {
    eventually(&format!("{kind:?} to be rolled back"), CONTROLLERS, || {
        let output = fleet.kubectl(&["rollout", "undo"], kind, &[]);
        output.stdout.ends_with(" rolled back\n").then_some(output)
    })
}
