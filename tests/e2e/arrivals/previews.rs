//! `kubectl diff` and dry runs.

use serde_json::Value;

use super::fleet::{Fleet, items};
use super::kind::{CONTAINER, FIXED, Kind};
use crate::stored::{container, last_applied};

#[test]
fn diff() {
    for (way, flags) in [("diff", &[][..]), ("diff-server-side", &["--server-side"])] {
        let Some(fleet) = Fleet::of(way) else { return };
        let shown = fleet.send("diff", flags);
        assert_eq!(shown.code, Some(1), "{}", shown.stderr);
        fleet.expect_told(&shown);
        for &kind in fleet.kinds {
            let line = format!(" name: {}\n", fleet.secret(kind));
            assert!(shown.stdout.contains(&line), "{kind:?}: {}", shown.stdout);
        }
        fleet.expect_nothing();

        fleet.send("apply", flags).expect_success();
        let stored = fleet.expect_moved();
        let shown = fleet.send("diff", flags);
        assert_eq!((shown.code, &*shown.stdout), (Some(0), ""), "{}", shown.stderr);
        fleet.expect_told(&shown);
        fleet.expect_unmoved_since(&stored);
    }
}

#[test]
fn dry_run() {
    for (way, flags) in [("dry-run", &[][..]), ("dry-run-server-side", &["--server-side"])] {
        let Some(fleet) = Fleet::of(way) else { return };
        let real = [flags, &["-o", "json"]].concat();
        let dry = [&real[..], &["--dry-run=server"]].concat();
        let printed = |text: &str| items(serde_json::from_str(text).unwrap());

        let foreseen = fleet.send("apply", &dry);
        fleet.expect_told(&foreseen);
        fleet.expect_nothing();
        let applied = fleet.send("apply", &real);
        assert_eq!(foreseen.stderr, applied.stderr);
        let stored = fleet.expect_moved();
        for (foreseen, (kind, stored)) in printed(&foreseen.stdout).iter().zip(&stored) {
            expect_same(*kind, foreseen, stored);
        }

        let again = fleet.send("apply", &dry);
        fleet.expect_told(&again);
        for (again, (kind, stored)) in printed(&again.stdout).iter().zip(&stored) {
            assert_eq!(again["spec"], stored["spec"], "{kind:?}");
        }
        fleet.expect_unmoved_since(&stored);
    }
}

/// The API server gives a Pod's volumes and a Job's labels names anew with every creation.
#[track_caller]
fn expect_same(kind: Kind, foreseen: &Value, stored: &Value) {
    assert_eq!(last_applied(foreseen), last_applied(stored), "{kind:?}");
    if FIXED.contains(&kind) {
        assert_eq!(container(foreseen, CONTAINER)["env"], container(stored, CONTAINER)["env"], "{kind:?}");
    } else {
        assert_eq!(foreseen["spec"], stored["spec"], "{kind:?}");
    }
}
