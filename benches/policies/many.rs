//! One, ten and fifty policies in a gate: how soon it is ready, and how many objects it admits.

use std::time::Duration;

use crate::documents::{copies, guest, without_builtin};
use crate::gate::Gate;
use crate::load::{self, Figures};

/// Turns of each number.
const ROUNDS: usize = 3;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);

/// Measures and prints.
pub(crate) fn run() {
    let folder = tempfile::tempdir().unwrap();
    let mut gates: Vec<(usize, Gate, [Duration; 2], Figures)> = [1, 10, 50]
        .into_iter()
        .map(|count| {
            let file = folder.path().join(format!("{count}.yaml"));
            std::fs::write(&file, format!("{}---\n{}", copies(count, &guest("idle")), without_builtin())).unwrap();
            let cache = tempfile::tempdir().unwrap();
            let (first, first_ready) = Gate::start_with(cache.path(), &[&file]);
            drop(first);
            let (gate, second_ready) = Gate::start_with(cache.path(), &[&file]);
            (count, gate, [first_ready, second_ready], Figures::default())
        })
        .collect();
    let review = load::review("CREATE", None);
    for _ in 0..ROUNDS {
        for (_, gate, _, figures) in &mut gates {
            figures.add(load::run(&gate.target, &|| review.clone(), TURN, load::allowed));
        }
    }
    println!("\npolicies in Rust that do nothing, over TLS, keep-alive, {} connections", load::CONNECTIONS);
    println!("                        per second    p50 µs    p99 µs   ready ms   again ms       MiB");
    for (count, gate, [first, second], figures) in &gates {
        let (first, second) = (first.as_secs_f64() * 1e3, second.as_secs_f64() * 1e3);
        println!("  {count:<20}{figures}{first:>11.0}{second:>11.0}{:>10.1}", gate.resident_mib());
    }
    println!("  again: with compiled code in the cache");
}
