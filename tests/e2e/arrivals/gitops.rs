//! Controllers that compare and apply all the time: a dry run tells whether there is a drift.

use super::fleet::{Fleet, items};
use crate::stored::{generation, last_applied};

const ROUNDS: usize = 20;

#[test]
fn twenty_rounds_server_side() {
    rounds("gitops", &["--server-side", "--force-conflicts", "--field-manager=gitops"]);
}

#[test]
fn twenty_rounds_client_side() {
    // Half of kubectl's time goes into reading schemas, which changes nothing of what it sends.
    rounds("gitops-client", &["--openapi-patch=false", "--validate=false"]);
}

fn rounds(way: &'static str, flags: &[&str]) {
    let Some(fleet) = Fleet::of(way) else { return };
    fleet.send("apply", flags).expect_success();
    let first = fleet.expect_moved_at(|_| 1);
    let compare = [flags, &["--dry-run=server", "-o", "json"]].concat();
    for round in 1..=ROUNDS {
        let foreseen = items(serde_json::from_str(&fleet.send("apply", &compare).expect_success()).unwrap());
        for (foreseen, (kind, first)) in foreseen.iter().zip(&first) {
            assert_eq!(foreseen["spec"], first["spec"], "{kind:?} in round {round}");
            assert_eq!(foreseen["metadata"]["labels"], first["metadata"]["labels"], "{kind:?} in round {round}");
            assert_eq!(last_applied(foreseen), last_applied(first), "{kind:?} in round {round}");
            assert_eq!(generation(foreseen), 1, "{kind:?} in round {round}");
        }
        fleet.send("apply", flags).expect_success();
    }
    fleet.expect_unmoved_since(&first);
}
