//! The texts' own parts, and the pages in `docs/rules/` that are made from them. `make docs` writes
//! these pages: it runs this test with `TIDEGATE_WRITE_DOCS=1`.

use std::collections::BTreeSet;
use std::env;
use std::fs;

use serde_json::Value;
use tidegate::explain::{RuleText, pages};

use super::{EXPLANATIONS, POLICIES, all, root};

#[test]
fn the_reference_is_current() {
    let folder = root().join("docs/rules");
    let pages = pages(&all());
    if env::var_os("TIDEGATE_WRITE_DOCS").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        pages.iter().for_each(|page| fs::write(folder.join(&page.file), &page.markdown).unwrap());
    }
    let wanted: BTreeSet<_> = pages.iter().map(|page| page.file.clone()).collect();
    let there: BTreeSet<_> = fs::read_dir(&folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    assert_eq!(there, wanted, "docs/rules/ has other pages than there are rules; run `make docs`");
    for page in pages {
        let there = fs::read_to_string(folder.join(&page.file)).unwrap();
        assert!(there == page.markdown, "docs/rules/{} is not what the texts say; run `make docs`", page.file);
    }
}

#[test]
fn settings_are_those_that_the_policy_has() {
    for policy in POLICIES.iter() {
        let schema = &policy.module.description().settings_schema;
        let mut told = BTreeSet::new();
        for text in texts().filter(|(name, _)| *name == policy.name).map(|(_, text)| text) {
            for (name, default) in settings(text) {
                let property = property(schema, &name)
                    .unwrap_or_else(|| panic!("{}: {} has no setting {name}", text.rule, policy.name));
                if let (Some(default), Some(known)) = (default, property.get("default")) {
                    assert_eq!(default, *known, "{}: the default of {name}", text.rule);
                }
                told.insert(name.split('.').next().unwrap().to_owned());
            }
        }
        let all: BTreeSet<String> =
            properties(schema, schema).map(|all| all.keys().cloned().collect()).unwrap_or_default();
        assert_eq!(told, all, "the settings of {} that its rules tell of, and those that it has", policy.name);
    }
}

#[test]
fn links_lead_somewhere() {
    for (policy, text) in texts() {
        let links: Vec<&str> = text.links.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
        assert!(!links.is_empty(), "{}", text.rule);
        for link in links {
            let is_there = || root().join("policies").join(policy).join("rules").join(link).exists();
            let leads = link.starts_with("https://") || (link.starts_with("../../../") && is_there());
            assert!(leads, "{}: {link}", text.rule);
        }
        for section in [&text.what, &text.why, &text.by_hand, &text.settings, &text.switch_off] {
            assert!(!section.contains("]("), "{}: links stand in the section Links", text.rule);
            // A terminal shows none of them.
            assert!(!section.contains("\n|") && !section.contains("\n#"), "{}: a table or heading", text.rule);
        }
    }
}

fn texts() -> impl Iterator<Item = (&'static str, &'static RuleText)> {
    EXPLANATIONS.iter().map(|explanation| (explanation.policy.as_str(), &explanation.told.as_ref().unwrap().0))
}

/// The settings that a text tells of, with their defaults where one is given: each item begins with their
/// names, as in "- `a`, `b` (`5`): …"; `none` is the default of a list and of a text that is empty.
fn settings(text: &RuleText) -> Vec<(String, Option<Value>)> {
    let mut found = Vec::new();
    for item in text.settings.lines().filter_map(|line| line.strip_prefix("- ")) {
        let (head, _) = item.split_once(": ").unwrap_or((item, ""));
        let (names, default) = head.split_once(" (").unwrap_or((head, ""));
        let default = match default.trim_end_matches(')') {
            "" | "none" => None,
            words => Some(of_words(words.trim_matches('`'))),
        };
        found.extend(names.split(", ").map(|name| (name.trim_matches('`').to_owned(), default.clone())));
    }
    found
}

/// A default as it is written: `5`, `true`, `[a, b]`, or a text without quotes.
fn of_words(words: &str) -> Value {
    match words.strip_prefix('[').and_then(|words| words.strip_suffix(']')) {
        Some(list) => list.split(", ").map(Value::from).collect(),
        None => {
            serde_json::from_str(words).ok().filter(|value: &Value| !value.is_f64()).unwrap_or_else(|| words.into())
        }
    }
}

/// The part of a schema that is about a setting, for instance `timings.startup`.
fn property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(schema, |at, part| properties(schema, at)?.get(part))
}

/// The properties of a part of a schema, which may refer to another part.
fn properties<'a>(schema: &'a Value, part: &'a Value) -> Option<&'a serde_json::Map<String, Value>> {
    let referred = part.get("$ref").or_else(|| part.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    let part = referred.map_or(Some(part), |reference| schema.pointer(reference.trim_start_matches('#')))?;
    part.get("properties")?.as_object()
}
