//! Exceptions as objects: they hold in their namespace until their end, and say whether they do.

use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::{Board, FINDS, IN_FORCE, misbehaving, word};
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};

#[test]
fn an_exception_holds_until_its_end() {
    let Some(board) = Board::open() else { return };
    let namespace = board.cluster.create_namespace("excepted");
    let gate = board.gate().start();
    let registration = register(&board.cluster, &gate, Scope::Namespace(&namespace));
    board.apply("mine", &misbehaving(FINDS, "deny"), "True Ready");
    assert!(board.verdict(&namespace).expect_failure().contains("T001"));

    let except = |expires: String| {
        let object = json!({ "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
            "metadata": { "name": "migration", "namespace": namespace },
            "spec": { "rules": ["T001"], "reason": "until the migration is done", "expires": expires } });
        board.cluster.kubectl_with_input(&["apply", "-f", "-"], &object.to_string()).expect_success();
    };
    let is = |wanted: &str| {
        eventually(&format!("the exception to be {wanted}"), IN_FORCE, || {
            let object = board.cluster.json(&["get", "tgex", "migration", "-n", &namespace]);
            let condition = &object["status"]["conditions"][0];
            let is_current = condition["observedGeneration"] == object["metadata"]["generation"];
            let told = format!("{} {}", word(&condition["status"]), word(&condition["reason"]));
            (is_current && told == wanted).then_some(())
        });
    };
    except("2099-12-31".to_owned());
    is("True Holds");
    board.verdict(&namespace).expect_success();
    let table = board.kubectl(&["get", "tgex", "-n", &namespace]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "RULES", "EXPIRES", "ACTIVE", "REASON", "AGE"]);
    assert_eq!(rows[1][..4], ["migration", "[\"T001\"]", "2099-12-31", "True"]);

    // Its end comes by itself.
    except((Timestamp::now() + 5.seconds()).to_string());
    is("False Ended");
    assert!(board.verdict(&namespace).expect_failure().contains("T001"));
    except("2099-02-31".to_owned());
    is("False DocumentInvalid");
    registration.leave();
}
