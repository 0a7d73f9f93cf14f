//! Policies that do wrong, and components that are none: each costs its author one clear line, and
//! nobody else anything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod components;
mod contract;
mod data;
mod descriptions;
mod gate;
mod guest;
mod lookups;
mod malformed;
mod reviews;

use tidegate::policy::PolicySet;

use crate::gate::{document, judge, load, misbehaving};

fn set(how: &str) -> PolicySet {
    let module = misbehaving();
    load(&document(&format!("{{ module: 'file://{}', settings: {{ how: {how} }} }}", module.display()))).unwrap()
}

#[test]
fn a_policy_that_does_wrong_gets_one_line_and_the_others_judge_as_ever() {
    let good = judge(&set("not-at-all"));
    assert!(good.is_allowed() && good.failures.is_empty() && good.findings.len() >= 3);
    for (how, line) in [
        ("loop", "it ran longer than the 100 ms that it may"),
        // Which of two limits a deep recursion meets first is the compiler's choice.
        ("recursion", "it crashed (wasm trap: "),
        ("memory", "it wanted more memory than the 64 MiB that it may have"),
        ("panic", "it crashed (wasm trap: wasm `unreachable` instruction executed)"),
        ("unknown-rule", "its answer cannot be used: the rule \"T002\" is none of those that it describes"),
        ("outside", "its answer cannot be used: T001 points at /spec/nowhere/0, which the object does not have"),
        ("rename", "its answer cannot be used: the repair of T001: /metadata/name is not a policy's to change"),
        (
            "misfit",
            "its answer cannot be used: its repair does not fit the kind: /spec/template/spec/containers: expected a \
             list of objects",
        ),
        (
            "write-back",
            "its answer cannot be used: the repair of T001: the value for /spec/template/spec/initContainers holds a \
             withheld credential",
        ),
    ] {
        let evaluation = judge(&set(how));
        let failures: Vec<_> = evaluation.failures.iter().map(|failure| failure.error.to_string()).collect();
        assert!(failures.len() == 1 && failures[0].starts_with(line), "{how}: {failures:?}");
        assert!(!evaluation.is_allowed(), "{how}: a policy that enforces and fails keeps the object out");
        let others: Vec<_> = evaluation.findings.iter().filter(|found| found.policy != "a-test").collect();
        assert_eq!(others, good.findings.iter().collect::<Vec<_>>(), "{how}");
        assert_eq!(evaluation.object, good.object, "{how}: nothing of it is kept");
    }
}

#[test]
fn too_much_is_refused_and_too_long_is_cut() {
    for (how, part) in [("many-findings", "MiB that it may have"), ("undeclared", "Secret")] {
        let evaluation = judge(&set(how));
        assert!(evaluation.failures[0].error.to_string().contains(part), "{how}: {}", evaluation.failures[0].error);
    }
    let long = judge(&set("long-text"));
    assert!(long.findings[0].finding.message.len() < 2_100);
}

#[test]
fn nothing_is_remembered_from_one_review_to_the_next() {
    let set = set("remember");
    for _ in 0..3 {
        let evaluation = judge(&set);
        assert!(evaluation.failures.is_empty());
        assert!(evaluation.findings.iter().all(|found| found.policy != "a-test"));
    }
}

#[test]
fn many_loops_at_once_hold_up_nobody_for_long() {
    let (looping, good) = (set("loop"), set("not-at-all"));
    std::thread::scope(|scope| {
        let loops: Vec<_> = (0..16).map(|_| scope.spawn(|| judge(&looping).failures.len())).collect();
        assert!(judge(&good).failures.is_empty());
        assert!(loops.into_iter().all(|thread| thread.join().unwrap() == 1));
    });
    assert!(judge(&good).failures.is_empty());
}

#[test]
fn what_is_no_policy_is_refused_by_name_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        format!("{{ module: 'file://{}' }}", path.display())
    };
    let wasi = r#"(component (import "wasi:cli/stdout@0.2.0" (instance (export "get-stdout" (func)))))"#;
    for (spec, parts) in [
        (file("text.wasm", b"no wasm at all"), ["a-test", "it is not a WebAssembly component"]),
        (file("core.wasm", b"\0asm\x01\0\0\0"), ["a-test", "it is a core module"]),
        (file("empty.wasm", &wat::parse_str("(component)").unwrap()), ["a-test", "tidegate:policy@1"]),
        (file("wasi.wasm", &wat::parse_str(wasi).unwrap()), ["a-test", "wasi:cli/stdout@0.2.0"]),
        ("{ module: 'file:///nowhere/a.wasm' }".to_owned(), ["/nowhere/a.wasm", "No such file"]),
        ("{ module: 'builtin://nothing' }".to_owned(), ["\"nothing\"", "plaintext-password, pod-security, probes"]),
        ("{ module: 'ftp://x' }".to_owned(), ["spec.module", "builtin://NAME nor file://PATH"]),
    ] {
        let error = load(&document(&spec)).err().unwrap_or_else(|| panic!("{spec} was taken"));
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn documents_that_cannot_be_used() {
    let builtin = |rest: &str| document(&format!("{{ module: 'builtin://storage-class', {rest} }}"));
    for (text, parts) in [
        (builtin("settings: { allowed: gp3 }"), ["spec.settings.allowed", "gp3"]),
        (builtin("settings: { allowed: [1] }"), ["spec.settings.allowed[0]", "1"]),
        (builtin("settings: { allow: [] }"), ["spec.settings", "allow"]),
        (builtin("timeout: soon"), ["spec.timeout", "100ms"]),
        (builtin("timeout: 1h"), ["spec.timeout", "100ms"]),
        (builtin("timeout: 9s"), ["spec.timeout", "1ms to 3s"]),
        (builtin("actions: warn"), ["actions", "action"]),
        (builtin("action: mutate"), ["mutate", "fix"]),
        (builtin("match: { namespaces: ['a{b'] }"), ["spec.match.namespaces", "a-test"]),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { module: x }\n".to_owned(),
            ["v1 Pod", "ClusterPolicy"],
        ),
        ("# nothing\n".to_owned(), ["no document", "test.yaml"]),
        (builtin("enabled: true") + "---\n" + &builtin("enabled: true"), ["a-test", "twice"]),
    ] {
        let error = load(&text).err().unwrap_or_else(|| panic!("{text} was taken"));
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn a_document_replaces_or_switches_off_a_built_in_policy() {
    let names = |text: &str| -> Vec<String> { load(text).unwrap().iter().map(|policy| policy.name.clone()).collect() };
    let all = names(&document("{ module: 'builtin://probes' }"));
    let mut expected: Vec<String> = tidegate::wasm::builtin_names().map(str::to_owned).collect();
    expected.insert(0, "a-test".to_owned());
    assert_eq!(all, expected);
    let off = document("{ module: 'builtin://probes', enabled: false }").replace("a-test", "probes");
    assert!(!names(&off).contains(&"probes".to_owned()));
}
