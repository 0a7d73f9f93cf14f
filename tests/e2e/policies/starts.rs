//! A gate is ready when what the cluster wants in force is; and it comes up where nobody can say.

use super::{Board, FINDS, IN_FORCE, lines, misbehaving};
use crate::support::gate::Gate;
use crate::support::wait::eventually;
use crate::workloads::{client, review};

#[test]
fn a_gate_is_ready_with_all_that_it_is_told_or_when_nobody_can_say() {
    let Some(mut board) = Board::without_kinds() else { return };

    // The kinds are not there: it is said once, and they are looked for again.
    let gate = board.gate().start();
    let missing = || lines(&gate, "the API server knows no such kind").len();
    eventually("a word on both kinds", IN_FORCE, || (missing() == 2).then_some(()));
    board.install();
    board.apply("mine", &misbehaving(FINDS, "deny"), "True Ready");
    assert!(finds(&gate));
    assert_eq!(missing(), 2);
    gate.stop();

    // Objects that are there already are in force with the first review.
    let gate = board.gate().start();
    assert!(finds(&gate));
    gate.stop();

    // The API server is away: after a while the gate comes up with the policies of its files, and catches up later.
    board.cluster.stop_api_server();
    let gate = board.gate().start();
    assert!(!finds(&gate));
    assert_eq!(lines(&gate, "did not say within").len(), 1, "{}", gate.logs());
    board.cluster.start_api_server();
    eventually("the policy to be in force", IN_FORCE, || finds(&gate).then_some(()));
}

/// Whether the gate refuses what the policy `mine` refuses.
fn finds(gate: &Gate) -> bool {
    let review = review("default", &client("Deployment", "judged", &[])).to_string();
    let answer = gate.server().post_json("/validate", review.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.contains("T001")
}
