//! `docs/authoring.md`, followed word by word, in each of its languages: every file is written, every command is run,
//! and what it shows is compared with what the page shows.
//!
//! A file is a block behind a line that ends with its name in backquotes and a colon. A command is a line of a `sh`
//! block behind `$ `; what stands below it, up to the next, has to be what it prints. There, `…` stands for anything,
//! and numbers of time and size count as the same.

use std::fs;
use std::path::Path;

use regex::Regex;
use tidegate::policy::parse_documents;

use crate::author::Author;

/// The sections that belong to no language: what each is for.
const CASES: &str = "The cases come first";
const AFTERWARDS: [&str; 3] = ["What it says of itself", "On manifests", "At the gate"];

#[test]
fn in_rust() {
    follow("rust", "In Rust");
}

#[test]
fn in_javascript() {
    follow("javascript", "In JavaScript");
}

#[test]
fn in_typescript() {
    follow("typescript", "In TypeScript");
}

#[test]
fn in_python() {
    follow("python", "In Python");
}

fn follow(language: &str, section: &str) {
    let Some(mut author) = Author::new("tutorial", language) else { return };
    let page = page();
    let cases = blocks(&page, CASES);
    assert_eq!(cases.len(), 6, "five cases and the document");
    let mut is_first = true;
    for block in blocks(&page, section) {
        take(&mut author, &block);
        if std::mem::take(&mut is_first) {
            cases.iter().for_each(|case| take(&mut author, case));
        }
    }
    for section in AFTERWARDS {
        blocks(&page, section).iter().for_each(|block| take(&mut author, block));
    }
}

#[test]
fn the_documents_for_a_cluster_are_policy_documents() {
    let page = page();
    let documents: Vec<_> = blocks(&page, "In a cluster")
        .into_iter()
        .filter_map(|block| match block {
            Block::File { name, text } if name.ends_with(".yaml") => Some((name, text)),
            _ => None,
        })
        .collect();
    assert!(!documents.is_empty(), "no documents");
    for (name, text) in documents {
        parse_documents(&name, &text).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn the_namespace_of_the_gate_is_the_one_that_is_shipped() {
    let deployed = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy/00-namespace.yaml");
    let namespace: serde_json::Value = serde_saphyr::from_str(&fs::read_to_string(deployed).unwrap()).unwrap();
    let page = page();
    let named = Regex::new(r"configmap://([a-z-]+)/|--namespace ([a-z-]+)").unwrap();
    let found: Vec<&str> = named
        .captures_iter(&page)
        .filter_map(|named| named.get(1).or_else(|| named.get(2)))
        .map(|namespace| namespace.as_str())
        .collect();
    assert_eq!(found.len(), 2, "a module and a command: {found:?}");
    assert!(found.iter().all(|found| namespace["metadata"]["name"] == **found), "{found:?}");
}

/// A piece of the page that is done.
enum Block {
    File { name: String, text: String },
    Commands(Vec<(String, String)>),
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authoring.md")).unwrap()
}

/// What there is to do in a section.
fn blocks(page: &str, section: &str) -> Vec<Block> {
    let heading = format!("\n## {section}\n");
    let (_, text) = page.split_once(&heading).unwrap_or_else(|| panic!("there is no section {section}"));
    let text = text.split("\n## ").next().unwrap();
    let fence = Regex::new(r"(?ms)^```(\w+)\n(.*?)^```$").unwrap();
    let named = Regex::new(r"`([^`\s]+)`:\n\n$").unwrap();
    let mut found = Vec::new();
    for block in fence.captures_iter(text) {
        let before = &text[..block.get(0).unwrap().start()];
        let content = block[2].to_owned();
        if let Some(name) = named.captures(before) {
            found.push(Block::File { name: name[1].to_owned(), text: content });
        } else if &block[1] == "sh" && content.starts_with("$ ") {
            found.push(Block::Commands(commands(&content)));
        }
    }
    found
}

/// Commands, each with what it has to show.
fn commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, shown))) => {
                shown.push_str(line);
                shown.push('\n');
            }
            (None, None) => panic!("no command before: {line}"),
        }
    }
    commands
}

fn take(author: &mut Author, block: &Block) {
    match block {
        Block::File { name, text } => author.write(name, text),
        Block::Commands(commands) => {
            for (command, shown) in commands {
                let (code, out) = author.run(command);
                // An audit that finds something ends with 1, and shows it.
                assert!(code == 0 || (code == 1 && !shown.is_empty()), "$ {command}\n{out}");
                assert!(shown.is_empty() || is_as_shown(shown, &out), "$ {command}\n{out}\nThe page shows:\n{shown}");
            }
        }
    }
}

/// Whether a text is what the page shows.
fn is_as_shown(shown: &str, found: &str) -> bool {
    let mut pattern = regex::escape(&measured(shown)).replace("…\n", "(?s:.*)").replace('…', "[^\n]*");
    pattern = format!("^{pattern}$");
    Regex::new(&pattern).unwrap().is_match(&measured(found))
}

/// A text without its numbers of time and size.
fn measured(text: &str) -> String {
    let number = Regex::new(r"\d[\d.,]*( ?(?:ms|µs|s|KB|MB|KiB|MiB))\b").unwrap();
    let digest = Regex::new(r"sha256:[0-9a-f]{64}").unwrap();
    digest.replace_all(&number.replace_all(text, "N$1"), "sha256:…").into_owned()
}

#[test]
fn what_is_shown_is_compared() {
    assert!(is_as_shown("a 1.5 s\n…\nb …\n", "a 20 s\nx\ny\nb (c)\n"));
    assert!(is_as_shown("sha256:…\n", &format!("sha256:{}\n", "0".repeat(64))));
    assert!(!is_as_shown("2 cases\n", "3 cases\n"));
    assert!(!is_as_shown("a\n", "a\nb\n"));
}
