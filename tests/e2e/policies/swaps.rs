//! Sets are swapped in the middle of load, and no review fails by it. That none is judged by parts of two sets is shown
//! by tests/server/swaps.rs, where nothing comes between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{Board, FINDS, IN_FORCE, lines, misbehaving};
use crate::keep_alive::KeepAlive;
use crate::support::wait::eventually;
use crate::workloads::{client, review};

const CLIENTS: usize = 8;
const SWAPS: usize = 12;

#[test]
fn no_review_fails_while_sets_are_swapped() {
    let Some(board) = Board::open() else { return };
    let gate = board.gate().start();
    board.apply("mine", &misbehaving(FINDS, "warn"), "True Ready");
    let body: Arc<[u8]> = review("default", &client("Deployment", "judged", &[])).to_string().into_bytes().into();
    let is_over = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let asked: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut connection = KeepAlive::new(gate.port(), &gate.certificates().authority);
            let (body, is_over) = (Arc::clone(&body), Arc::clone(&is_over));
            runtime.spawn(async move {
                let mut number = 0_usize;
                while !is_over.load(Ordering::Relaxed) {
                    let status = connection.post("/validate", Arc::clone(&body)).await.unwrap();
                    assert_eq!(status, 200);
                    number += 1;
                }
                number
            })
        })
        .collect();
    let swapped = || lines(&gate, "another set of policies is in force").len();
    for number in 0..SWAPS {
        let before = swapped();
        let action = if number % 2 == 0 { "audit" } else { "warn" };
        board.send("mine", &misbehaving(FINDS, action), &[]).expect_success();
        eventually("a swap", IN_FORCE, || (swapped() > before).then_some(()));
    }
    is_over.store(true, Ordering::Relaxed);
    let answered: usize = runtime.block_on(async {
        let mut sum = 0;
        for client in asked {
            sum += client.await.unwrap();
        }
        sum
    });
    assert!(answered > 10 * SWAPS, "only {answered} reviews in {SWAPS} swaps: {}", json!(swapped()));
}
