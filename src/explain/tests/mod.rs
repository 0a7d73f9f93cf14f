//! Tests of what needs no policy: reading texts, guessing names, fitting words into lines.

mod look;

use super::embedded::embedded;
use super::{RuleText, TextError, closest};

const TEXT: &str = "\
# MY999: the server is on fire

## What

It burns.

## Why

It is hot.

## Before

```yaml
kind: Pod
```

## By hand

Put it out.

## Settings

None.

## When to switch it off

Never.

## Links

- [Fire](https://example.com/)
";

#[test]
fn a_text_is_taken_apart() {
    let text = RuleText::parse(TEXT).unwrap();
    assert_eq!((text.rule.as_str(), text.title.as_str()), ("MY999", "the server is on fire"));
    assert_eq!((text.what.as_str(), text.before.as_str()), ("It burns.", "kind: Pod\n"));
    assert_eq!((text.after.as_deref(), text.links.as_str()), (None, "- [Fire](https://example.com/)"));
    assert!(!text.has_settings());
}

#[test]
fn a_text_that_lacks_something_says_what() {
    let fence = "```yaml\nkind: Pod\n```";
    for (from, to, expected) in [
        ("# MY999: the", "# MY999 the", TextError::Title),
        ("# MY999: the server is on fire\n", "", TextError::Title),
        ("## Why\n\nIt is hot.\n\n", "", TextError::Missing("Why")),
        ("## Why", "## Wy", TextError::Unknown("Wy".to_owned())),
        ("It is hot.\n", "", TextError::Empty("Why")),
        ("## Links", "## More", TextError::Unknown("More".to_owned())),
        ("(https://example.com/)\n", "(https://example.com/)\n## More\n", TextError::Unknown("More".to_owned())),
        ("## Settings", "## Before", TextError::Missing("Settings")),
        (fence, "kind: Pod", TextError::NoManifest("Before")),
        (fence, "```sh\nls\n```", TextError::NoManifest("Before")),
        (fence, "```yaml\nkind: Pod\n```\nand more", TextError::NoManifest("Before")),
        (fence, "```yaml\n```", TextError::NoManifest("Before")),
    ] {
        assert_eq!(RuleText::parse(&TEXT.replacen(from, to, 1)), Err(expected), "{to}");
    }
}

#[test]
fn every_text_of_this_program_can_be_taken_apart() {
    for file in embedded() {
        let text = RuleText::parse(file.markdown).unwrap_or_else(|error| panic!("{}: {error}", file.rule));
        assert_eq!(text.rule, file.rule);
    }
    assert!(embedded().is_sorted_by_key(|file| file.rule));
}

#[test]
fn a_name_that_there_is_not_is_close_to_one_that_there_is() {
    let known = ["MY001", "MY011", "MY012", "MY030", "plaintext-password", "probes", "storage-class", "utf8mb4"];
    for (word, expected) in [
        ("my011", Some("MY011")),
        ("MY11", Some("MY011")),
        ("MY-011", Some("MY011")),
        ("MY0011", Some("MY011")),
        ("11", Some("MY011")),
        ("MZ011", Some("MY011")),
        ("MY10", Some("MY001")),
        ("probe", Some("probes")),
        ("Probse", Some("probes")),
        ("password", Some("plaintext-password")),
        ("storageclass", Some("storage-class")),
        ("storage_clas", Some("storage-class")),
        ("utf8", Some("utf8mb4")),
        ("MY999", None),
        ("xyz", None),
        ("", None),
        ("0", None),
        ("한국어", None),
    ] {
        assert_eq!(closest(word, known), expected, "{word}");
    }
    assert_eq!(closest("MY001", []), None);
}
