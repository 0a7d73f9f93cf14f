//! How often, and for how long, a policy may ask for other objects in one review.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tidegate::lookup::{Lookup, ResourceType, Unavailable};

use crate::gate::{RUNTIME, judge_with, load_alone};
use crate::guest::Guest;

/// A cluster that counts how often it is asked.
#[derive(Default)]
struct Counting {
    asked: AtomicU32,
    takes: Duration,
    last: Mutex<String>,
}

impl Lookup for Counting {
    fn get(&self, _: &ResourceType, _: Option<&str>, name: &str) -> Result<Option<Value>, Unavailable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(self.takes);
        name.clone_into(&mut self.last.lock().unwrap());
        Ok(None)
    }

    fn find(&self, _: &ResourceType, _: Option<&str>) -> Result<Vec<Value>, Unavailable> {
        Ok(Vec::new())
    }
}

#[test]
fn a_storm_of_questions_ends_after_a_hundred_or_after_three_seconds() {
    // It asks whether v1 Service x exists until it gets an error, and reports that one.
    const STORM: &str = "(loop $again (call $get (i32.const 8) (i32.const 2) (i32.const 16) (i32.const 7) \
        (i32.const 24) (i32.const 1) (i32.const 32)) (br_if $again (i32.eqz (i32.load8_u (i32.const 32))))) \
        (if (i32.ne (i32.load8_u (i32.const 36)) (i32.const 1)) (then unreachable)) \
        (i32.store8 (i32.const 64) (i32.const 1)) (i32.store (i32.const 68) (i32.load (i32.const 40))) \
        (i32.store (i32.const 72) (i32.load (i32.const 44))) (return (i32.const 64))";
    let guest = Guest {
        reads: vec![("v1", "Service")],
        imports: r#"(import "tidegate:policy/cluster@1.0.0" "get" (func $get (param i32 i32 i32 i32 i32 i32 i32)))"#,
        review: STORM.to_owned(),
        parts: r#"(data (i32.const 8) "v1") (data (i32.const 16) "Service") (data (i32.const 24) "x")"#.to_owned(),
        ..Guest::default()
    };
    let set = load_alone(&RUNTIME, &guest.component()).unwrap();
    for (takes, asked) in [(0, 100), (500, 6)] {
        let cluster = Arc::new(Counting { takes: Duration::from_millis(takes), ..Counting::default() });
        let evaluation = judge_with(&set, Arc::clone(&cluster) as Arc<dyn Lookup>);
        let told = evaluation.failures[0].error.to_string();
        assert_eq!(told, "it reports: this review has asked too much already");
        assert_eq!(cluster.asked.load(Ordering::Relaxed), asked);
        assert_eq!(*cluster.last.lock().unwrap(), "x");
    }
}

#[test]
fn what_a_document_does_not_grant_is_not_loaded() {
    for (reads, missing) in [
        (vec![("v1", "Service")], ""),
        (vec![("v1", "Service"), ("v1", "Secret")], "- { apiVersion: v1, kind: Secret }"),
        (vec![("apps/v1", "Service")], "- { apiVersion: apps/v1, kind: Service }"),
        (
            vec![("v1", "Secret"), ("v1", "Pod")],
            "- { apiVersion: v1, kind: Secret } and - { apiVersion: v1, kind: Pod }",
        ),
    ] {
        // The document grants Services of v1.
        let loaded = load_alone(&RUNTIME, &Guest { reads, ..Guest::default() }.component());
        let told = loaded.err().unwrap_or_default();
        if missing.is_empty() {
            assert_eq!(told, "");
        } else {
            let begins =
                "its code reads of the cluster what the document does not grant; if it may, add to spec.reads: ";
            assert_eq!(told, format!("{begins}{missing}"));
        }
    }
}
