//! The engine without HTTP: detection alone, the chain without policies, with one, and with all.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tidegate::engine::evaluate;
use tidegate::lookup::{Lookup, NoLookup};
use tidegate::policy::{PolicyDocument, PolicySet};
use tidegate::request::{Phase, Request};
use tidegate::wasm::{Runtime, builtin_names, load_policies};
use tidegate::workload::{Workload, withheld};

use crate::load::example;

/// How long each thing is repeated.
const TURN: Duration = Duration::from_millis(1_000);

/// The replicated example through all policies, or the one that is named, for ten seconds: for a
/// profiler.
pub(crate) fn repeat(cache: &Path) {
    let runtime = Arc::new(Runtime::new(Some(cache)).unwrap());
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let only = builtin_names().find(|name| std::env::args().any(|argument| argument == *name));
    let set = set(&runtime, only);
    let mut request = Request::audit(example());
    request.phase = Phase::Mutate;
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < Duration::from_secs(10) {
        drop(black_box(evaluate(black_box(&request), &set, &lookup).unwrap()));
        count += 1;
    }
    println!("{:.1} µs each", started.elapsed().as_secs_f64() * 1e6 / f64::from(count));
}

/// Measures and prints.
pub(crate) fn run(cache: &Path) {
    let runtime = Arc::new(Runtime::new(Some(cache)).unwrap());
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let object = example();
    let nginx: Value = serde_saphyr::from_str(include_str!("../../examples/nginx-deployment.yaml")).unwrap();
    let request = |object: &Value| {
        let mut request = Request::audit(object.clone());
        request.phase = Phase::Mutate;
        request
    };
    let (request, other) = (request(&object), request(&nginx));
    let judge = |set: &PolicySet, request: &Request| {
        time(|| drop(black_box(evaluate(black_box(request), set, &lookup).unwrap())))
    };

    let none = judge(&PolicySet::default(), &request);
    let all_set = set(&runtime, None);
    let all = judge(&all_set, &request);
    let five = judge(&set_of(&runtime, |name| FOUNDING.contains(&name)), &request);
    print("withholding credentials", time(|| drop(black_box(withheld(&object)))));
    let shown = withheld(&object);
    print("detection (aim 20)", time(|| drop(black_box(Workload::read(&object, &shown, false, &|_| None).unwrap()))));
    print("no policy", none);
    for name in builtin_names() {
        print(name, judge(&set(&runtime, Some(name)), &request) - none);
    }
    print("the founding five", five);
    print("all policies", all);
    println!("                                    (aim: all under 1000)");
    println!("  objects per second  {:>9.0}      (the example, all policies, no TLS, one thread)", 1e6 / all);
    let each = (all - none) / all_set.len() as f64;
    println!("  each policy         {each:>9.1} µs   (aim: at most 45)");
    print("nothing of MySQL (10)", judge(&all_set, &other));
}

/// The policies that were there first: how the time grows from them to all.
const FOUNDING: &[&str] = &["plaintext-password", "probes", "recreate-strategy", "storage-class", "utf8mb4"];

fn set(runtime: &Arc<Runtime>, only: Option<&str>) -> PolicySet {
    set_of(runtime, |name| only.is_none_or(|only| only == name))
}

fn set_of(runtime: &Arc<Runtime>, enabled: impl Fn(&str) -> bool) -> PolicySet {
    let documents = builtin_names().map(|name| {
        let mut document = PolicyDocument::builtin(name);
        document.spec.enabled = enabled(name);
        ("bench".to_owned(), document)
    });
    load_policies(runtime, documents.collect()).unwrap()
}

/// Microseconds for one call, the median of many.
fn time(mut call: impl FnMut()) -> f64 {
    let mut took = Vec::new();
    let started = Instant::now();
    while started.elapsed() < TURN {
        let begun = Instant::now();
        call();
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took[took.len() / 2].as_secs_f64() * 1e6
}

fn print(what: &str, microseconds: f64) {
    println!("  {what:<22}{microseconds:>7.1} µs");
}
