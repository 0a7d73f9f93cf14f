//! Keeps the tree as ARCHITECTURE.md tells it: which module may use which, which crate stays in
//! which room, and what every file begins with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod edges;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use edges::{EDGES, ROOMS};

/// Rust files longer than this hold more than one concept.
const LONGEST_FILE: usize = 300;

#[test]
fn modules_use_only_what_comes_before_them_in_the_flow() {
    let mut problems = Vec::new();
    for (module, file, text) in sources() {
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == module) else {
            if module != "lib" && module != "main" {
                problems.push(format!("{}: module {module} has no place in EDGES", file.display()));
            }
            continue;
        };
        for used in names_after(&text, "crate::") {
            if used != module && EDGES.iter().any(|(name, _)| *name == used) && !allowed.contains(&used.as_str()) {
                problems.push(format!("{}: {module} may not use {used}", file.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut problems = Vec::new();
    for (module, file, text) in sources() {
        for (krate, rooms) in ROOMS {
            if !rooms.contains(&module.as_str()) && mentions_crate(&text, krate) {
                problems.push(format!("{}: {krate} belongs in {rooms:?}", file.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_holds_one_concept() {
    let mut problems = Vec::new();
    for folder in ["src", "component", "tests", "policies", "xtask", "benches"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            if !text.starts_with("//! ") {
                problems.push(format!("{}: the first line does not say what it is for", file.display()));
            }
            let lines = text.lines().count();
            if lines > LONGEST_FILE {
                problems.push(format!("{}: {lines} lines", file.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_policy_is_one_whole_folder() {
    let mut problems = Vec::new();
    let mut policies = 0;
    for folder in fs::read_dir(root().join("policies")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if !folder.is_dir() || [".cargo", "wit", "target"].contains(&name.as_str()) || name.starts_with("sdk") {
            continue;
        }
        policies += 1;
        for part in ["Cargo.toml", "README.md", "src/lib.rs", "cases", "rules"] {
            if !folder.join(part).exists() {
                problems.push(format!("policies/{name} lacks {part}"));
            }
        }
    }
    assert!(policies >= 17, "{policies} policies");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of `src/`: its module, its path, and its text without unit tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let source = root().join("src");
    let found: Vec<_> = rust_files(&source)
        .into_iter()
        .filter(|file| !file.ends_with("tests.rs") && !file.iter().any(|part| part == "tests"))
        .map(|file| {
            let first = file.strip_prefix(&source).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (module, file, without_comments(&text))
        })
        .collect();
    assert!(found.len() > 30, "only {} files below {}", found.len(), source.display());
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names that follow a path's start, also in `use crate::{a::B, c}`.
fn names_after(text: &str, start: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in text.split(start).skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.insert(std::mem::take(&mut name));
                    }
                    letter if depth == 0 => name.push(letter),
                    _ => {}
                }
            }
            names.insert(name);
        } else {
            names.insert(rest.to_owned());
        }
    }
    names.into_iter().map(|name| identifier(name.trim())).collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn mentions_crate(text: &str, krate: &str) -> bool {
    let path = format!("{krate}::");
    text.match_indices(&path).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':')
    })
}
