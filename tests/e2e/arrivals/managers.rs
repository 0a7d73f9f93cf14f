//! Field managers that share an object, by server-side apply.

use serde_json::{Value, json};

use super::fleet::Fleet;
use super::kind::{CHANGING, CONTAINER, Kind};
use crate::stored::{from_secret, generation, variable};

const A: &[&str] = &["--server-side", "--field-manager=a"];
const B: &[&str] = &["--server-side", "--field-manager=b"];

#[test]
fn each_with_fields_of_its_own() {
    let Some(fleet) = Fleet::of("managers") else { return };
    fleet.expect_told(&fleet.send("apply", A));
    let label = |kind: Kind, manifest: &mut Value| {
        *manifest = head(kind, manifest);
        manifest["metadata"]["labels"] = json!({"team": "shop"});
    };
    for _ in 0..2 {
        fleet.send_changed("apply", B, label).expect_success();
        fleet.expect_moved_at(|_| 1);
        fleet.expect_told(&fleet.send("apply", A));
        fleet.expect_moved_at(|_| 1);
    }
}

#[test]
fn a_variable_of_another_manager() {
    let Some(fleet) = Fleet::of("variables").map(|fleet| fleet.only(CHANGING)) else { return };
    fleet.send("apply", A).expect_success();
    let host = |kind: Kind, manifest: &mut Value| {
        *manifest = with_variable(kind, manifest, json!({"name": "SHOP", "value": "Busan"}));
    };
    for _ in 0..2 {
        fleet.send_changed("apply", B, host).expect_success();
        fleet.send("apply", A).expect_success();
        for (kind, stored) in fleet.expect_moved_at(|_| 2) {
            assert_eq!(variable(&stored, CONTAINER, "SHOP")["value"], "Busan", "{kind:?}");
        }
    }
}

#[test]
fn a_value_beside_anothers_reference() {
    let Some(fleet) = Fleet::of("reference") else { return };
    fleet.send("apply", A).expect_success();
    let before = fleet.expect_moved();
    let refer = |kind: Kind, manifest: &mut Value| {
        let reference = from_secret(kind.variable(), &fleet.secret(kind), kind.variable());
        *manifest = with_variable(kind, manifest, reference);
    };
    for _ in 0..2 {
        // B has the reference in its manifest, as the gate wrote it; A has the value.
        fleet.send_changed("apply", B, refer).expect_success();
        fleet.expect_unmoved_since(&before);
        fleet.expect_told(&fleet.send("apply", A));
        fleet.expect_unmoved_since(&before);
    }
}

#[test]
fn a_value_beside_a_reference_to_anothers_secret() {
    let Some(fleet) = Fleet::of("others").map(|fleet| fleet.only(CHANGING)) else { return };
    let refer = |kind: Kind, manifest: &mut Value| {
        let pod = manifest.pointer_mut(kind.pod_spec()).unwrap();
        pod["containers"][0]["env"][1] = from_secret(kind.variable(), "of-b", "password");
    };
    fleet.send_changed("apply", B, refer).expect_success();
    let refused = fleet.send_changed("apply", A, |kind, manifest| {
        let written = json!({"name": kind.variable(), "value": fleet.password});
        *manifest = with_variable(kind, manifest, written);
    });
    let refused = refused.expect_failure();
    let reason = "the variable has a valueFrom (secretKeyRef of-b) beside its value; remove one of the two";
    assert_eq!(refused.matches(reason).count(), CHANGING.len(), "{refused}");
    for (kind, stored) in fleet.stored() {
        let name = kind.variable();
        assert_eq!(*variable(&stored, CONTAINER, name), from_secret(name, "of-b", "password"), "{kind:?}");
        assert_eq!(generation(&stored), 1, "{kind:?}");
        assert!(!fleet.stage.has(&fleet.secret_target(kind)), "{kind:?}");
    }
}

/// What names an object.
fn head(kind: Kind, manifest: &Value) -> Value {
    let name = &manifest["metadata"]["name"];
    json!({"apiVersion": kind.api_version(), "kind": kind.name(), "metadata": {"name": name}})
}

/// What a manager applies that cares for one variable only.
fn with_variable(kind: Kind, manifest: &Value, variable: Value) -> Value {
    let mut part = head(kind, manifest);
    let pod = json!({"containers": [{"name": CONTAINER, "env": [variable]}]});
    part["spec"] = kind.spec(pod);
    part
}
