//! `docs/passwords.md` names every test of `tests/e2e/arrivals/`, and no test that there is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_documentation_names_every_way_in_and_the_test_that_shows_it() {
    let (named, present) = (named(), present());
    assert!(present.len() > 30, "{present:?}");
    let absent: Vec<_> = named.difference(&present).collect();
    assert!(absent.is_empty(), "docs/passwords.md names tests that do not run: {absent:?}");
    let unnamed: Vec<_> = present.difference(&named).collect();
    assert!(unnamed.is_empty(), "docs/passwords.md does not name: {unnamed:?}");
}

/// What the rows of its tables name in their last column.
fn named() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/passwords.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let tests = rows.filter_map(|row| row.rsplit('|').nth(1)?.trim().strip_prefix("`arrivals::")?.strip_suffix('`'));
    tests.map(str::to_owned).collect()
}

/// The tests that run, as `module::name`.
fn present() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(root().join("tests/e2e/arrivals")).unwrap().map(|entry| entry.unwrap().path()) {
        let (module, text) = (file.file_stem().unwrap().to_string_lossy(), fs::read_to_string(&file).unwrap());
        // One that is ignored shows what is not so yet.
        for test in text.split("#[test]\nfn ").skip(1) {
            let (name, _) = test.split_once('(').unwrap();
            found.insert(format!("{module}::{name}"));
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
