//! A policy that does nothing, in each language: what it takes to get ready, and what each review takes.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate::engine::evaluate;
use tidegate::lookup::{Lookup, NoLookup};
use tidegate::policy::PolicySet;
use tidegate::request::{Phase, Request};
use tidegate::wasm::Runtime;
use wasmparser::{Parser, Payload};

use crate::documents::{document, guest, set, without_builtin};
use crate::languages::LANGUAGES;

/// How long each is repeated.
const TURN: Duration = Duration::from_secs(2);

/// Measures and prints.
pub(crate) fn run() {
    println!("\na policy that does nothing, one thread, the replicated example");
    println!("                 size KB  compile ms  load ms    p50 µs    p99 µs  memory MiB");
    for language in &LANGUAGES {
        match language.component() {
            Ok(component) => {
                let aim = language.aim.map(|aim| format!("  (aim: p50 under {aim})")).unwrap_or_default();
                println!("  {:<12}{}{aim}", language.name, measured(&component));
            }
            Err(missing) => println!("  {:<12}not measured: {missing}", language.name),
        }
    }
    println!("  compile and load: from the document to the set in force, with describe and check-settings");
    println!("  memory: that of an instance as it begins; most of it is shared until it is written to");
}

fn measured(component: &Path) -> String {
    let cache = tempfile::tempdir().unwrap();
    let load = |documents: &[String]| {
        let runtime = Arc::new(Runtime::new(Some(cache.path())).unwrap());
        let text = [documents, &[without_builtin()]].concat().join("---\n");
        let begun = Instant::now();
        let loaded = set(&runtime, &text).unwrap();
        (begun.elapsed(), loaded)
    };
    let own = document("idle", component, "");
    let (compile, _) = load(std::slice::from_ref(&own));
    // wasmtime's cache writes beside; a first look at what it wrote may be too early.
    std::thread::sleep(Duration::from_millis(500));
    let (load_again, _) = load(std::slice::from_ref(&own));
    // What the engine does for an object, whoever judges it, is not the policy's: one that is there already pays it.
    let other = document("another", &guest("idle"), "");
    let (_, without) = load(std::slice::from_ref(&other));
    let (_, with) = load(&[other, own]);
    let [without, with] = times([&without, &with]);
    let at = |sorted: &[Duration], share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    let bytes = std::fs::read(component).unwrap();
    format!(
        "{:>12.0}{:>12.1}{:>9.2}{:>10.1}{:>10.1}{:>12.1}",
        bytes.len() as f64 / 1e3,
        compile.as_secs_f64() * 1e3,
        load_again.as_secs_f64() * 1e3,
        at(&with, 0.5) - at(&without, 0.5),
        at(&with, 0.99) - at(&without, 0.5),
        memory(&bytes) as f64 / f64::from(1 << 20),
    )
}

/// How long the engine takes for one object by each of two sets, in order. They take turns, so that a machine whose
/// speed drifts makes no difference between them.
fn times(sets: [&PolicySet; 2]) -> [Vec<Duration>; 2] {
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let mut request = Request::audit(crate::load::example());
    request.phase = Phase::Mutate;
    let (begun, mut took) = (Instant::now(), [Vec::new(), Vec::new()]);
    while begun.elapsed() < TURN * 2 {
        for (policies, took) in sets.into_iter().zip(&mut took) {
            let begun = Instant::now();
            drop(black_box(evaluate(black_box(&request), policies, &lookup).unwrap()));
            took.push(begun.elapsed());
        }
    }
    took.iter_mut().for_each(|took| took.sort_unstable());
    took
}

/// The memories with which a component begins, in bytes.
fn memory(component: &[u8]) -> u64 {
    let pages = |payload: wasmparser::Result<Payload<'_>>| match payload.unwrap() {
        Payload::MemorySection(memories) => memories.into_iter().map(|memory| memory.unwrap().initial).sum::<u64>(),
        _ => 0_u64,
    };
    Parser::new(0).parse_all(component).map(pages).sum::<u64>() << 16
}
