//! The set of policies is replaced again and again while objects are judged: the longest that one of them takes.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tidegate::engine::evaluate;
use tidegate::lookup::{Lookup, NoLookup};
use tidegate::policy::CurrentPolicies;
use tidegate::request::{Phase, Request};
use tidegate::wasm::Runtime;

use crate::documents::{document, guest, set};
use crate::load::CONNECTIONS;

/// How often the set is replaced.
const SWAPS: usize = 100;

/// Measures and prints.
pub(crate) fn run() {
    let cache = tempfile::tempdir().unwrap();
    let runtime = Arc::new(Runtime::new(Some(cache.path())).unwrap());
    let text = document("idle", &guest("idle"), "");
    let current = CurrentPolicies::new(Arc::new(set(&runtime, &text).unwrap()));
    let begun = Instant::now();
    let swapping = judged_while(&current, || {
        for _ in 0..SWAPS {
            current.replace(Arc::new(set(&runtime, &text).unwrap()));
        }
    });
    let took = begun.elapsed();
    let still = judged_while(&current, || thread::sleep(took));
    // Compiled afresh, as when a policy is new.
    let compiling = judged_while(&current, || {
        let runtime = Arc::new(Runtime::new(None).unwrap());
        current.replace(Arc::new(set(&runtime, &text).unwrap()));
    });
    println!("\nall policies, {CONNECTIONS} threads that judge the replicated example, without HTTP");
    println!("                            p50 µs    p99 µs  longest µs    objects");
    print("nothing changes", &still);
    print("the set is replaced", &swapping);
    print("all is compiled anew", &compiling);
    println!("  replaced {SWAPS} times, each {:.1} ms after the one before", took.as_secs_f64() * 1e3 / SWAPS as f64);
}

/// How long each object took while something was done, in order.
fn judged_while(current: &CurrentPolicies, work: impl FnOnce()) -> Vec<Duration> {
    let done = AtomicBool::new(false);
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let judging: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| judge(current, &done))).collect();
        work();
        done.store(true, Ordering::Release);
        judging.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    took.sort_unstable();
    took
}

fn judge(current: &CurrentPolicies, done: &AtomicBool) -> Vec<Duration> {
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let mut request = Request::audit(crate::load::example());
    request.phase = Phase::Mutate;
    let mut took = Vec::new();
    while !done.load(Ordering::Acquire) {
        let begun = Instant::now();
        let evaluation = black_box(evaluate(black_box(&request), &current.get(), &lookup).unwrap());
        took.push(begun.elapsed());
        assert!(evaluation.failures.is_empty() && evaluation.asked.len() > 1, "an object was judged by less than all");
    }
    took
}

fn print(what: &str, sorted: &[Duration]) {
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    println!("  {what:<22}{:>10.0}{:>10.0}{:>12.0}{:>11}", at(0.5), at(0.99), at(1.0), sorted.len());
}
