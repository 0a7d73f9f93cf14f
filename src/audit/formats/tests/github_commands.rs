//! GitHub's workflow commands, read back as the runner reads them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{rich, text};
use crate::audit::formats::text::one_line;
use crate::audit::formats::{Format, github};

/// Name, properties and message of a command, unescaped as `ActionCommand.cs` of the runner does it: `%0D`, `%0A` and,
/// in properties, `%3A` and `%2C` first, `%25` last.
fn read(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap();
    let unescape = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').unwrap();
        let value = unescape(value).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
        (name.to_owned(), value)
    });
    (name.to_owned(), properties.collect(), unescape(data).replace("%25", "%"))
}

#[test]
fn every_line_is_one_command_whatever_things_are_called() {
    let report = rich::report();
    let text = text(&report, Format::Github);
    let commands: Vec<_> = text.lines().map(read).collect();
    let findings: usize = report.objects.iter().map(|object| object.findings().count() + object.failures.len()).sum();
    assert_eq!(commands.len(), findings + report.problems.len());
    for (name, properties, _) in &commands {
        assert!(["error", "warning", "notice"].contains(&name.as_str()), "{name}");
        for property in properties.keys() {
            assert!(
                ["file", "line", "col", "endLine", "endColumn", "title"].contains(&property.as_str()),
                "{property}"
            );
        }
    }
    let password = commands.iter().find(|(_, properties, _)| properties["title"].starts_with("MY001")).unwrap();
    let (name, properties, message) = password;
    assert_eq!(name, "error");
    for (property, value) in [
        ("file", "k8s/größe 1#.yaml"),
        ("line", "14"),
        ("col", "9"),
        ("endLine", "14"),
        ("endColumn", "29"),
        ("title", "MY001 (critical, fixable)"),
    ] {
        assert_eq!(properties[property], value);
    }
    assert!(message.ends_with("Refer to a Secret: 100% of passwords belong there"), "{message}");
    let problem = commands.iter().find(|(_, properties, _)| properties.get("line").is_some_and(|line| line == "4"));
    assert_eq!(problem.unwrap().1["file"], "k8s/bad: a,b.yaml");
}

#[test]
fn what_is_in_no_file_has_no_file() {
    for line in text(&rich::report(), Format::Github).lines().filter(|line| line.contains("StorageClass fast")) {
        assert!(!read(line).1.contains_key("file"), "{line}");
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "([%:,=0-9A-F\\n\\r ü]|%25|%0A|::){0,16}") {
        let line = format!("::error title={}::{}", github::property(&text), github::data(&text));
        prop_assert_eq!(line.lines().count(), 1);
        let (_, properties, data) = read(&line);
        let expected = one_line(&text);
        prop_assert_eq!((properties["title"].as_str(), data.as_str()), (&*expected, &*expected));
    }
}
