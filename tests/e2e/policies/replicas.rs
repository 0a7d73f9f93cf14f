//! Two replicas have the same in force soon, the status lists both, and forgets whoever is gone.

use std::time::Duration;

use serde_json::Value;

use super::{Board, FINDS, IN_FORCE, misbehaving, word};
use crate::support::wait::{eventually, poll};

#[test]
fn replicas_agree_and_the_status_lists_them() {
    let Some(board) = Board::open() else { return };
    let (first, second) = (board.gate().start(), board.gate().start());
    board.send("mine", &misbehaving(FINDS, "deny"), &[]).expect_success();
    let replicas = |number: usize| {
        eventually(&format!("{number} replicas that agree"), IN_FORCE, || {
            let object = board.object("mine");
            let replicas = object["status"]["replicas"].as_array().cloned().unwrap_or_default();
            let generation = &object["metadata"]["generation"];
            let agree = replicas.iter().all(|replica| {
                replica["ready"] == true
                    && replica["revision"] == replicas[0]["revision"]
                    && replica["observedGeneration"] == *generation
            });
            (agree && replicas.len() == number && object["status"]["observedGeneration"] == *generation)
                .then_some(replicas)
        })
    };
    let before = replicas(2);
    assert_ne!(before[0]["name"], before[1]["name"]);
    board.send("mine", &misbehaving(FINDS, "warn"), &[]).expect_success();
    let after = replicas(2);
    assert_ne!(after[0]["revision"], before[0]["revision"]);

    // Each has a Lease; whoever ends in order takes its own away.
    assert_eq!(leases(&board).len(), 2);
    first.stop();
    let left = leases(&board);
    assert_eq!(left.len(), 1, "{left:?}");
    replicas(1);

    // Whoever is killed leaves its Lease, which runs out.
    let third = board.gate().start();
    replicas(2);
    second.signal("KILL");
    replicas(1);
    let gone = poll(Duration::from_secs(30), || (leases(&board).len() == 1).then_some(()));
    assert!(gone.is_some(), "{:?}", leases(&board));
    drop(third);
}

/// The names of the replicas' Leases.
fn leases(board: &Board) -> Vec<String> {
    let selector = "app.kubernetes.io/component=replica";
    let list = board.cluster.json(&["get", "leases", "-n", "tidegate-system", "-l", selector]);
    let items: Vec<Value> = list["items"].as_array().unwrap().clone();
    items.iter().map(|lease| word(&lease["metadata"]["name"]).to_owned()).collect()
}
