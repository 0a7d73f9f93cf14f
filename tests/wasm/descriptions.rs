//! What a policy may say of itself, one row for each way of doing wrong. All of it is told when the policy is loaded.

use serde_json::json;

use crate::gate::{RUNTIME, load_alone};
use crate::guest::Guest;

fn rules(rules: &[(&str, &str)]) -> Vec<(String, String)> {
    rules.iter().map(|(id, title)| ((*id).to_owned(), (*title).to_owned())).collect()
}

#[test]
fn a_description_that_cannot_be_meant() {
    let guest = Guest::default;
    let described = |describe: &str| Guest { describe: describe.to_owned(), ..guest() };
    let named = |name: &str| Guest { name: name.to_owned(), ..guest() };
    let ruled = |list: &[(&str, &str)]| Guest { rules: rules(list), ..guest() };
    let schema = |schema: &str| Guest { schema: schema.to_owned(), ..guest() };
    let extra = |name: &'static str, json: &'static str| Guest { extra: vec![(name, json)], ..guest() };
    let reads = |api_version, kind| Guest { reads: vec![(api_version, kind)], ..guest() };
    let numbered = |count: u32| (0..count).map(|number| (format!("T{number}"), String::new())).collect();
    for (guest, told) in [
        (described("unreachable"), "it crashed (wasm trap: wasm `unreachable` instruction executed)"),
        (described("(loop $again (br $again))"), "it ran longer than the 1000 ms that it may"),
        (
            described("(loop $again (drop (memory.grow (i32.const 16))) (br $again))"),
            "it wanted more memory than the 64 MiB that it may have",
        ),
        (described("(return (i32.const -16))"), "it crashed (pointer out of bounds of memory)"),
        (
            Guest { parts: "(func $start (loop $again (br $again))) (start $start)".to_owned(), ..guest() },
            "it ran longer than the 1000 ms that it may",
        ),
        (named(""), "its name is \"\"; it has to be a DNS label, such as storage-class"),
        (named("Bad\u{1b}[2J\nname"), "its name is \"Bad [2J name\"; it has to be a DNS label, such as storage-class"),
        (ruled(&[("", "")]), "it has a rule named \"\"; a rule's name has 1 to 63 letters, digits and - _ ."),
        (ruled(&[("T1\r\n", "")]), "it has a rule named \"T1\"; a rule's name has 1 to 63 letters, digits and - _ ."),
        (ruled(&[("T1", "a"), ("T2", "b"), ("T1", "c")]), "it describes the rule T1 twice"),
        (Guest { rules: numbered(100_000), ..guest() }, "it has 100000 rules; at most 500 are read"),
        (Guest { title: "a".repeat(3 << 20), ..guest() }, "its title has 3145728 bytes; at most 300 fit on a line"),
        (
            ruled(&[("T1", &"a".repeat(3 << 20))]),
            "the title of its rule T1 has 3145728 bytes; at most 300 fit on a line",
        ),
        (Guest { title: "a".repeat(17 << 20), ..guest() }, "its answer cannot be used: it has more than 16 MiB"),
        (schema("{"), "its settings schema is not JSON: EOF while parsing an object at line 1 column 1"),
        (schema(&" ".repeat(70 << 10)), "its settings schema has 70 KiB; at most 64 KiB are read"),
        (
            schema(&json!({ "$ref": "https://example.com/schema.json" }).to_string()),
            "its settings schema cannot be used: $ref \"https://example.com/schema.json\" is nowhere in it; nothing is \
             fetched, so refer to #/$defs/NAME",
        ),
        (
            schema(&json!({ "properties": { "a": { "$ref": "#" } } }).to_string()),
            "its settings schema cannot be used: $ref \"#\" leads back to itself",
        ),
        (
            schema(&json!({ "properties": { "a\n  b: \u{1b}[2J": {} } }).to_string()),
            "its settings schema cannot be used: the name \"a   b:  [2J\" begins or ends with space, or has what no line \
             can show: ends of lines, control characters",
        ),
        (extra("kinds", "{}"), "its kinds in extra has to be a list of texts"),
        (
            extra("kinds", "[\"Pod: x\"]"),
            "it judges the kind \"Pod: x\"; write Ingress, Certificate.cert-manager.io or *",
        ),
        (extra("concern", "\"all\""), "its concern in extra has to be \"mysql\" or \"everything\""),
        (
            reads("v1, kind: Secret }\n- { apiVersion: v1", "Service"),
            "it reads apiVersion \"v1, kind: Secret } - { apiVersion: v1\", kind \"Service\"; there can be no such type \
             of objects",
        ),
        (reads("apps/v1", "*"), "it reads apiVersion \"apps/v1\", kind \"*\"; there can be no such type of objects"),
    ] {
        let found = load_alone(&RUNTIME, &guest.component()).err();
        assert_eq!(found, Some(format!("it does not describe itself: {told}")));
    }
}

#[test]
fn a_description_is_the_same_each_time_because_nothing_tells_the_times_apart() {
    // It would say more with each call: what it counts in is new each time.
    let guest = Guest {
        describe: "(if (global.get $called) (then unreachable)) (global.set $called (i32.const 1))".to_owned(),
        parts: "(global $called (mut i32) (i32.const 0))".to_owned(),
        ..Guest::default()
    };
    let component = guest.component();
    let describe = || load_alone(&RUNTIME, &component).unwrap().iter().next().unwrap().module.description().clone();
    assert_eq!(describe(), describe());
}
