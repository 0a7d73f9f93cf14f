//! What policies cost: one that does nothing, in each language; many of them; a set that is replaced while objects are
//! judged; and policies that do wrong, beside those that do not.
//!
//! Everything is measured in one run on one machine, each figure beside what it is to be compared with, in turns, so
//! that a machine whose speed drifts distorts no ratio.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails ends by panicking"
)]

#[path = "../admission/client.rs"]
mod client;
#[path = "../admission/gate.rs"]
#[allow(dead_code, reason = "the gate offers more than is measured here")]
mod gate;
#[path = "../admission/load.rs"]
#[allow(dead_code, reason = "the load offers more than is measured here")]
mod load;

mod documents;
mod hostile;
mod languages;
mod many;
mod one;
mod swap;

/// The gate's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo bench --bench policies -- hostile`: that part alone.
    let parts: [(&str, fn()); 4] =
        [("one", one::run), ("many", many::run), ("swap", swap::run), ("hostile", hostile::run)];
    let wanted = |name: &str| std::env::args().any(|argument| argument == name);
    let all = !parts.iter().any(|(name, _)| wanted(name));
    for (_, run) in parts.iter().filter(|(name, _)| all || wanted(name)) {
        run();
    }
}
