//! `kubectl create` and `replace`, and a client that sends whole objects by PUT.

use super::fleet::{Fleet, expect_told_of, with_plaintext};
use super::kind::{CHANGING, FIXED, Kind};

#[test]
fn create() {
    let Some(fleet) = Fleet::of("create") else { return };
    let told = fleet.send("create", &[]);
    fleet.expect_told(&told);
    fleet.expect_said(&told, "created");
    let first = fleet.expect_moved_at(|_| 1);
    // A second time is refused as ever.
    let refused = fleet.send("create", &[]).expect_failure();
    assert_eq!(refused.matches("already exists").count(), fleet.kinds.len(), "{refused}");
    fleet.expect_unmoved_since(&first);
}

#[test]
fn create_and_save_the_configuration() {
    let Some(fleet) = Fleet::of("save-config") else { return };
    let told = fleet.send("create", &["--save-config"]);
    fleet.expect_told(&told);
    let first = fleet.expect_moved_at(|_| 1);
    fleet.send("apply", &[]).expect_success();
    fleet.expect_unmoved_since(&first);
}

#[test]
fn replace() {
    let Some(fleet) = Fleet::of("replace") else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.stored();
    let changing = fleet.only(CHANGING);
    let told = changing.send("replace", &[]);
    changing.expect_told(&told);
    changing.expect_said(&told, "replaced");
    // The file lacks the annotation of the Deployment controller, and a Deployment's generation counts those.
    let after = changing.expect_moved_at(|kind| if kind == Kind::Deployment { 2 } else { 1 });
    for (kind, now) in &after {
        let before = &before.iter().find(|(before, _)| before == kind).unwrap().1;
        assert_eq!(now["spec"], before["spec"], "{kind:?}");
    }
    // What the API server itself has put into a stored Pod or Job is not in the file either.
    let fixed = fleet.only(FIXED);
    let refused = fixed.send("replace", &[]).expect_failure();
    assert!(refused.contains("pod updates may not change fields"), "{refused}");
    assert!(refused.contains("spec.template: Invalid value") && refused.contains("field is immutable"), "{refused}");
    // The way out: delete and create, in one command.
    let told = fixed.send("replace", &["--force"]);
    fixed.expect_told(&told);
    fixed.expect_moved_at(|_| 1);
}

#[test]
fn put() {
    let Some(fleet) = Fleet::of("put") else { return };
    fleet.send("create", &[]).expect_success();
    let before = fleet.expect_moved();
    for (kind, stored) in &before {
        let mut whole = stored.clone();
        whole.pointer_mut(kind.pod_spec()).unwrap()["containers"][0] = with_plaintext(stored, *kind, &fleet.password);
        let path = fleet.path(*kind);
        let told = fleet.unquoted(fleet.stage.send("replace", &["--raw", &path], &whole.to_string()));
        expect_told_of(&told, *kind);
        told.expect_success();
    }
    fleet.expect_unmoved_since(&before);
}
