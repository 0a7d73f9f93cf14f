//! What an admission costs: the gate under load beside a handler that judges nothing, the engine
//! without HTTP, the time from start to ready, and memory.
//!
//! Everything is measured in one run on one machine, each figure beside what it is to be compared
//! with, in turns, so that a machine whose speed drifts distorts no ratio.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails ends by panicking"
)]

mod client;
mod engine;
mod gate;
mod load;
mod secrets;

// A real control plane, as the end-to-end tests have it.
#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, reason = "support offers more than is measured here")]
mod support;

use std::time::Duration;

use gate::Gate;

/// The gate's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns of each kind of load.
const ROUNDS: usize = 5;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);

fn main() {
    let cache = tempfile::tempdir().unwrap();
    // `cargo bench --bench admission -- engine`: without the gate's process, for a profiler.
    if std::env::args().any(|argument| argument == "engine") {
        return engine::run(cache.path());
    }
    if std::env::args().any(|argument| argument == "repeat") {
        return engine::repeat(cache.path());
    }
    if std::env::args().any(|argument| argument == "secrets") {
        return secrets::run();
    }
    let (first, first_ready) = Gate::start(cache.path());
    drop(first);
    let (gate, second_ready) = Gate::start(cache.path());
    let idle = gate.resident_mib();

    let judged = load::review("CREATE", None);
    let passed_on = load::review("CREATE", Some("scale"));
    load::run(&gate.target, &|| judged.clone(), TURN, load::refused);
    let (mut full, mut bare) = (load::Figures::default(), load::Figures::default());
    for _ in 0..ROUNDS {
        full.add(load::run(&gate.target, &|| judged.clone(), TURN, load::refused));
        bare.add(load::run(&gate.target, &|| passed_on.clone(), TURN, load::allowed));
    }
    let loaded = gate.resident_mib();

    println!("\nadmissions over TLS, keep-alive, {} connections, the replicated example", load::CONNECTIONS);
    println!("                        per second    p50 µs    p99 µs");
    println!("  all policies        {full}");
    println!("  allowed at once     {bare}");

    println!("\nengine alone, one thread");
    engine::run(cache.path());

    secrets::run();

    println!("\nfrom start to ready");
    println!("  first start         {:>9.0} ms   (compiles the policies)", first_ready.as_secs_f64() * 1e3);
    println!("  second start        {:>9.0} ms   (aim: under 200)", second_ready.as_secs_f64() * 1e3);

    println!("\nresident memory");
    println!("  at rest             {idle:>9.1} MiB");
    println!("  after the load      {loaded:>9.1} MiB  (aim: under 40)");
}
