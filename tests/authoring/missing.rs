//! What an author lacks, or has too much of: which, what for, and how to get it.

use std::path::Path;
use std::process::Command;

use crate::place::{Language, Place};

/// What an author is told in a folder when only these programs are to be found.
fn told(place: &Place, programs: &[(&str, &str)]) -> (i32, String) {
    let bin = Place::with(&[]);
    for (name, script) in programs {
        let path = bin.path(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["policy", "build"])
        .current_dir(place.folder.path())
        .env("PATH", bin.folder.path())
        .env("HOME", bin.folder.path())
        .env_remove("CARGO")
        .env("RUSTC", "rustc")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_tool_that_is_not_there_is_named_with_the_way_to_it() {
    const NODE: (&str, &str) = ("node", "echo v20.1.0");
    let npm_without = ("npm", "exit 0");
    let npm_fails = ("npm", "echo E404 not found >&2; exit 1");
    let python = |script: &'static str| ("python3", script);
    for (language, programs, parts) in [
        (
            Language::JavaScript,
            vec![],
            [
                "node is needed, to run the tools that make a component of JavaScript, and it is not here",
                "apt-get install nodejs",
            ],
        ),
        (
            Language::JavaScript,
            vec![("node", "echo v12.22.9")],
            ["version 12.22 is too old: it has to be 18.0 or later", "nodejs.org"],
        ),
        (
            Language::TypeScript,
            vec![NODE],
            ["npm is needed, to fetch what package.json lists, and it is not here", "apt-get install npm"],
        ),
        (Language::JavaScript, vec![NODE, npm_fails], ["npm install failed:", "E404 not found"]),
        (
            Language::JavaScript,
            vec![NODE, npm_without],
            ["componentize-qjs is needed", "npm install --save-dev --save-exact componentize-qjs@0.4.5"],
        ),
        (
            Language::Python,
            vec![],
            ["python3 is needed, to run the tools that make a component of Python, and it is not here", "python3-venv"],
        ),
        (
            Language::Python,
            vec![python("echo Python 3.9.2")],
            ["version 3.9 is too old: it has to be 3.10 or later", "python.org"],
        ),
        (
            Language::Python,
            vec![python(
                "[ \"$1\" = --version ] && echo Python 3.11.2 && exit 0; echo ensurepip is not available; exit 1",
            )],
            ["its module venv is not here", "apt-get install python3 python3-venv"],
        ),
    ] {
        let place = Place::cold(language);
        let (code, err) = told(&place, &programs);
        assert_eq!(code, 2, "{err}");
        for part in parts {
            assert!(err.contains(part), "{part} is not in\n{err}");
        }
    }
}

#[test]
fn without_a_compiler_for_webassembly_both_ways_to_one_are_told() {
    // Where Debian's second Rust is installed, it is found without any PATH.
    if Path::new("/usr/bin/wasm-ld-16").exists() {
        return;
    }
    let (code, err) = told(&Place::cold(Language::Rust), &[]);
    assert_eq!(code, 2, "{err}");
    for part in ["no compiler for wasm32-unknown-unknown is here", "rustup target add", "apt-get install rustc-web"] {
        assert!(err.contains(part), "{part} is not in\n{err}");
    }
}

#[test]
fn a_folder_has_one_policy_and_the_contract() {
    let contract = ("policy.py", "");
    for (files, folder, parts) in [
        (vec![], ".", ["there is no policy in this folder; looked for Cargo.toml (Rust), package.json", "policy new"]),
        (vec![], "nowhere", ["nowhere: there is no such folder", ""]),
        (
            vec![("Cargo.toml", ""), contract],
            ".",
            ["there are policies in Rust and Python in this folder", "a folder of its own"],
        ),
    ] {
        let place = Place::with(&files);
        let (code, out, err) = place.run(&["policy", "build", folder]);
        assert!(code == 2 && out.is_empty(), "{out}{err}");
        assert!(parts.iter().all(|part| err.contains(part)), "{err}");
    }
    let place = Place::with(&[contract]);
    std::fs::create_dir(place.path("wit")).unwrap();
    place.write("wit/policy.wit", "package wasi:http@0.2.0;");
    let (code, _, err) = place.run(&["policy", "build"]);
    assert!(code == 2 && err.contains("wit/policy.wit: it is not the contract tidegate:policy; delete it"), "{err}");
}
