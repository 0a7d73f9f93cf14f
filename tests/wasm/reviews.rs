//! What a policy may do in a review, one row for each way of doing wrong, with what is told of it.

use std::time::Duration;

use cpu_time::ThreadTime;

use crate::data::{Edit, Found};
use crate::gate::{RUNTIME, failure, judge, load_alone};
use crate::guest::{Answer, Guest};

/// How a policy fails that answers so.
fn answering(pages: u32, answer: Answer) -> Option<String> {
    failure(&load_alone(&RUNTIME, &Guest { pages, answer, ..Guest::default() }.component()).unwrap())
}

/// How a policy fails that finds one thing.
fn finding(found: Found) -> Option<String> {
    answering(1, Answer::Findings(vec![found]))
}

fn repairing(fix: Vec<Edit>) -> Option<String> {
    finding(Found { fix, ..Found::default() })
}

fn set(place: &str, value: &str) -> Edit {
    Edit::Set(place.to_owned(), value.to_owned())
}

#[test]
fn an_answer_that_nobody_could_use_is_refused_before_it_costs_anything() {
    let findings = |count: usize| Answer::Findings(vec![Found::default(); count]);
    let edits = |count: usize| Found { fix: vec![set("/spec/replicas", "1"); count], ..Found::default() };
    let megabytes = format!("\"{}\"", "a".repeat(4 << 20));
    for (what, pages, answer, told) in [
        ("a million findings", 800, Answer::Zeros(1_000_000), "it has more than 16 MiB"),
        (
            "about as many as are copied",
            200,
            Answer::Zeros(100_000),
            "it found 100000 things; more than 1000 are not read, and the object is too large to judge",
        ),
        (
            "1,001 findings",
            1,
            findings(1_001),
            "it found 1001 things; more than 1000 are not read, and the object is too large to judge",
        ),
        ("a text of 40 MB", 800, Answer::Text(40_000_000), "it has more than 16 MiB"),
        ("one text in a thousand places", 1, Answer::Same { times: 1_000, bytes: 60_000 }, "it has more than 16 MiB"),
        ("101 edits", 1, Answer::Findings(vec![edits(101)]), "101 edits in one repair; at most 100 are made"),
        ("1,010 edits", 1, Answer::Findings(vec![edits(10); 101]), "1010 edits in all repairs; at most 1000 are made"),
        (
            "a repair of 4 MB",
            1,
            Answer::Findings(vec![Found { fix: vec![set("/spec/a", &megabytes)], ..Found::default() }]),
            "its repairs hold 5 MiB; no object has more than 3 MiB",
        ),
    ] {
        let begun = ThreadTime::now();
        let expected = format!("its answer cannot be used: {told}");
        assert_eq!(answering(pages, answer), Some(expected), "{what}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}: {:?}", begun.elapsed());
    }
    // What is not even in its memory.
    assert_eq!(
        answering(1, Answer::Text(100_000_000)).as_deref(),
        Some("it crashed (string pointer/length out of bounds of memory)"),
    );
}

#[test]
fn what_is_not_a_policys_to_change() {
    for place in [
        "/metadata",
        "/metadata/name",
        "/metadata/namespace",
        "/metadata/generateName",
        "/metadata/uid",
        "/metadata/resourceVersion",
        "/metadata/finalizers",
        "/metadata/finalizers/-",
        "/metadata/ownerReferences",
        "/metadata/ownerReferences/0/uid",
        "/metadata/managedFields",
        "/metadata/managedFields/0",
        "/metadata/deletionTimestamp",
        "/metadata/labels",
        "/metadata/annotations",
        "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
        "/metadata/annotations/tidegate.dev~1exceptions",
        "/metadata/annotations/tidegate.dev~1credentials-secret",
        "/status",
        "/status/replicas",
        "/kind",
        "/apiVersion",
    ] {
        for edit in
            [set(place, "\"x\""), Edit::Append(place.to_owned(), "\"x\"".to_owned()), Edit::Remove(place.to_owned())]
        {
            let told = format!("its answer cannot be used: the repair of T001: {place} is not a policy's to change");
            assert_eq!(repairing(vec![edit]), Some(told));
        }
    }
    for (fix, told) in [
        (set("", "{}"), "the repair of T001: the whole object is not a policy's to change"),
        (set("spec", "1"), "T001 points at \"spec\"; a place begins with a slash: \"/spec/replicas\""),
        (set("/spec/~2", "1"), "the repair of T001: \"/spec/~2\" is not a JSON Pointer"),
        (
            set("/spec/replicas", "one"),
            "the repair of T001: the value of an edit is not JSON: expected value at line 1 column 1",
        ),
        (
            set("/spec/replicas", &"[".repeat(10_000)),
            "the repair of T001: the value of an edit is not JSON: recursion limit exceeded at line 1 column 128",
        ),
        (
            set("/spec/template/spec/containers/7/image", "1"),
            "the repair of T001: the object has no place /spec/template/spec/containers/7/image",
        ),
        (Edit::Remove("/spec/nowhere".to_owned()), "the repair of T001: the object has no place /spec/nowhere"),
        (
            set("/spec/template/spec/containers/0/env", "{}"),
            "its repair does not fit the kind: /spec/template/spec/containers/0/env: expected a list of objects",
        ),
        (set(&"/a".repeat(513), "1"), "T001 points at a place with 1026 bytes; at most 1024"),
    ] {
        assert_eq!(repairing(vec![fix]), Some(format!("its answer cannot be used: {told}")));
    }
    assert_eq!(repairing(vec![set("/metadata/labels/a", "\"b\""), set("/metadata/annotations/a", "\"b\"")]), None);
    // As deep as a pointer can lead.
    assert_eq!(repairing(vec![set(&("/spec".to_owned() + &"/a".repeat(509)), "1")]), None);
}

#[test]
fn a_place_has_to_be_in_the_object() {
    for (place, told) in [
        ("/spec/nowhere/0", "T001 points at /spec/nowhere/0, which the object does not have"),
        ("spec", "T001 points at \"spec\"; a place begins with a slash: \"/spec/replicas\""),
        ("/spec/\u{1b}[2J", "T001 points at \"/spec/ [2J\", which has control characters"),
    ] {
        let found = Found { at: place.to_owned(), ..Found::default() };
        assert_eq!(finding(found), Some(format!("its answer cannot be used: {told}")));
    }
    assert_eq!(
        repairing(vec![Edit::MoveToSecret("/metadata/name".to_owned())]).as_deref(),
        Some("its answer cannot be used: the repair of T001: the object has no place /metadata/name"),
    );
}

#[test]
fn a_finding_may_be_less_severe_than_its_rule_says_and_not_more() {
    for (severity, told) in [
        (0, None),
        (1, None),
        (2, Some("its answer cannot be used: a finding of T001 is medium; the rule allows at most low")),
    ] {
        assert_eq!(finding(Found { severity, ..Found::default() }).as_deref(), told);
    }
}

#[test]
fn texts_bring_nothing_that_a_terminal_or_a_log_obeys() {
    const TEXT: &str = "red \u{1b}[31m and\r\nfalse line\u{2028}\u{202e}";
    assert_eq!(answering(1, Answer::Error(TEXT.to_owned())).as_deref(), Some("it reports: red  [31m and  false line"),);
    let rule = Found { rule: TEXT.to_owned(), ..Found::default() };
    assert_eq!(
        finding(rule).as_deref(),
        Some("its answer cannot be used: the rule \"red  [31m and  false line\" is none of those that it describes"),
    );
    let found = Found { message: TEXT.to_owned(), help: Some(TEXT.to_owned()), ..Found::default() };
    let guest = Guest { answer: Answer::Findings(vec![found]), ..Guest::default() };
    let evaluation = judge(&load_alone(&RUNTIME, &guest.component()).unwrap());
    let finding = &evaluation.findings[0].finding;
    assert_eq!(finding.message, "red  [31m and  false line");
    assert_eq!(finding.help.as_deref(), Some("red  [31m and \nfalse line  "));
}

#[test]
fn instructions_that_never_end_or_take_everything() {
    let grow = |what: &str| format!("(loop $again {what} (br $again))");
    let guest = |review: String, parts: &str| Guest { review, parts: parts.to_owned(), ..Guest::default() };
    for (what, guest, told) in [
        ("an endless loop", guest(grow(""), ""), Some("it ran longer than the 100 ms that it may")),
        (
            "an endless recursion",
            guest("(call $deeper)".to_owned(), "(func $deeper (call $deeper))"),
            Some("it crashed (wasm trap: call stack exhausted)"),
        ),
        (
            "filling its memory over and over",
            guest(grow("(memory.fill (i32.const 0) (i32.const 1) (i32.const 3276800))"), ""),
            Some("it ran longer than the 100 ms that it may"),
        ),
        (
            "memory",
            guest(grow("(drop (memory.grow (i32.const 1)))"), ""),
            Some("it wanted more memory than the 64 MiB that it may have"),
        ),
        (
            "a table",
            guest(
                "(loop $again (br_if $again (i32.ne (i32.const -1) (table.grow (ref.null func) (i32.const 100))))) \
                 (if (i32.ne (table.size) (i32.const 20000)) (then unreachable))"
                    .to_owned(),
                "(table 0 funcref)",
            ),
            None,
        ),
        (
            "a trap",
            guest("unreachable".to_owned(), ""),
            Some("it crashed (wasm trap: wasm `unreachable` instruction executed)"),
        ),
        (
            "a place beyond its memory",
            guest("(drop (i32.load (i32.const -4)))".to_owned(), ""),
            Some("it crashed (wasm trap: out of bounds memory access)"),
        ),
    ] {
        let guest = Guest { pages: 60, ..guest };
        let set = load_alone(&RUNTIME, &guest.component()).unwrap();
        assert_eq!(failure(&set).as_deref(), told, "{what}");
    }
}

#[test]
fn nothing_is_remembered_in_a_global_a_memory_or_a_table() {
    let remember = "(if (i32.or (global.get $seen) (i32.or (i32.load8_u (i32.const 8)) \
        (i32.eqz (ref.is_null (table.get $table (i32.const 0)))))) (then unreachable)) \
        (global.set $seen (i32.const 1)) (i32.store8 (i32.const 8) (i32.const 1)) \
        (table.set $table (i32.const 0) (ref.func $f))";
    let guest = Guest {
        // What describe remembers is gone by the first review, too.
        describe: remember.to_owned(),
        review: remember.to_owned(),
        parts: "(global $seen (mut i32) (i32.const 0)) (table $table 1 funcref) (func $f) (elem declare func $f)"
            .to_owned(),
        ..Guest::default()
    };
    let set = load_alone(&RUNTIME, &guest.component()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..25).for_each(|_| assert_eq!(failure(&set), None)));
        }
    });
}

#[test]
fn a_policy_that_runs_into_its_bounds_delays_nobody_but_itself() {
    let looping =
        load_alone(&RUNTIME, &Guest { review: "(loop $again (br $again))".to_owned(), ..Guest::default() }.component());
    let (looping, good) = (looping.unwrap(), load_alone(&RUNTIME, &Guest::default().component()).unwrap());
    let at_once = std::thread::available_parallelism().unwrap().get() * 2 + 30;
    std::thread::scope(|scope| {
        let loops: Vec<_> = (0..at_once).map(|_| scope.spawn(|| failure(&looping).unwrap())).collect();
        while loops.iter().any(|thread| !thread.is_finished()) {
            assert_eq!(failure(&good), None);
            std::thread::sleep(Duration::from_millis(10));
        }
        let told: Vec<String> = loops.into_iter().map(|thread| thread.join().unwrap()).collect();
        let bounds = ["it does not keep up: ", "it ran longer than the 100 ms that it may"];
        assert!(told.iter().all(|told| bounds.iter().any(|bound| told.starts_with(bound))), "{told:?}");
    });
}
