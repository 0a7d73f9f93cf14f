//! `tidegate policy check`: each file by its name, what the gate would refuse, and what should be better.

use std::fs;
use std::process::Command;

use crate::place::{Language, Place};

#[test]
fn what_the_gate_refuses_is_told_without_loading_it_anywhere() {
    let place = Place::with(&[("text.wasm", "no wasm at all")]);
    fs::write(place.path("core.wasm"), b"\0asm\x01\0\0\0").unwrap();
    fs::write(place.path("empty.wasm"), wat::parse_str("(component)").unwrap()).unwrap();
    let wasi = r#"(component (import "wasi:cli/stdout@0.2.0" (instance (export "get-stdout" (func)))))"#;
    fs::write(place.path("wasi.wasm"), wat::parse_str(wasi).unwrap()).unwrap();
    fs::write(place.path("cut.wasm"), &probes()[..5_000]).unwrap();
    for (file, told) in [
        ("text.wasm", "it is not a WebAssembly component"),
        ("core.wasm", "it is a core module, not a component; make it one with `tidegate policy build`"),
        ("empty.wasm", "it is no policy: it does not export describe, check-settings, review"),
        ("wasi.wasm", "it imports wasi:cli/stdout@0.2.0; a policy may import tidegate:policy/types@1.0.0, "),
        ("cut.wasm", "it is not a component that can be used: "),
    ] {
        let (code, out, err) = place.run(&["policy", "check", file]);
        assert!(code == 1 && err.is_empty(), "{file}: {err}");
        assert!(out.starts_with(&format!("{file}: error: {told}")) && out.lines().count() == 1, "{out}");
        assert!(!out.contains("offset"), "{out}");
    }
    let (code, out, err) = place.run(&["policy", "check", "nowhere.wasm"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("tidegate: nowhere.wasm: No such file"), "{err}");
}

#[test]
fn one_that_is_as_it_should_be() {
    let Some((component, place)) = built_in_javascript() else { return };
    let (code, out, _) = place.run(&["policy", "check", &component, "--strict"]);
    assert_eq!((code, out), (0, format!("{component}: the policy backup-deadline, as it should be\n")));
}

#[test]
fn the_built_in_ones_are_as_they_should_be() {
    let all: Vec<_> = tidegate::wasm::builtin_names().map(|name| format!("builtin://{name}")).collect();
    let arguments: Vec<&str> = ["policy", "check"].into_iter().chain(all.iter().map(String::as_str)).collect();
    let (code, out, err) = Place::with(&[]).run(&arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let lines: Vec<_> = out.lines().collect();
    assert!(lines.len() == 17 && lines.iter().all(|line| line.ends_with(", as it should be")), "{out}");
}

#[test]
fn what_should_be_better_and_what_cannot_be() {
    let Some(place) = Place::of(Language::JavaScript) else { return };
    place.change("settings.js", ", default: 6, description: \"The most hours.\"", "");
    let component = componentize(&place);
    let (code, out, err) = place.run(&["policy", "check", &component]);
    let warnings = format!(
        "{component}: warning: the setting hours has no default; say what it is if nobody sets it\n{component}: warning: \
         the setting hours has no description; say what it is for\n"
    );
    assert_eq!((code, &out, err.as_str()), (0, &warnings, ""));
    assert_eq!(place.run(&["policy", "check", "--strict", &component]).0, 1);

    place.change("policy.js", "\"SHOP001\", title: \"a backup may run for ever\"", "\"TG001\", title: \"\"");
    place.change("policy.js", "[\"kinds\", '[\"CronJob\"]']", "[\"kinds\", '[]']");
    let component = componentize(&place);
    let (code, out, _) = place.run(&["policy", "check", &component]);
    assert_eq!(code, 1, "{out}");
    for line in [
        "error: its list of kinds is empty, and so it would never be asked",
        "error: the rule TG001 is one of tidegate itself; take other letters, so that reports and exceptions mean one rule",
        "warning: the rule TG001 has no title; say in one line what is wrong when it fires",
    ] {
        assert!(out.contains(&format!("{component}: {line}\n")), "{out}");
    }

    place.change("policy.js", "  return {\n    name", "  throw new Error(\"no idea\");\n  return {\n    name");
    let component = componentize(&place);
    let (code, out, _) = place.run(&["policy", "check", &component]);
    assert!(code == 1 && out.contains(&format!("{component}: error: ")) && out.contains("describe"), "{out}");
    assert!(!out.contains("wasm backtrace"), "{out}");
}

/// The component as the tool makes it, which nobody has checked.
fn componentize(place: &Place) -> String {
    let status = Command::new("node_modules/.bin/componentize-qjs")
        .args([
            "-w",
            "wit",
            "-n",
            "policy",
            "-j",
            "policy.js",
            "--module-root",
            ".",
            "--sync",
            "--stub-wasi",
            "-o",
            "p.wasm",
        ])
        .current_dir(place.folder.path())
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    "p.wasm".to_owned()
}

/// A built-in policy's component.
fn probes() -> Vec<u8> {
    fs::read(crate::place::root().join("policies/target/components/probes.wasm")).unwrap()
}

fn built_in_javascript() -> Option<(String, Place)> {
    let place = Place::of(Language::JavaScript)?;
    let (code, out, err) = place.run(&["policy", "build"]);
    assert_eq!(code, 0, "{out}{err}");
    Some(("build/backup-deadline.wasm".to_owned(), place))
}
