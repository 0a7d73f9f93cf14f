//! Tests of what needs no policy: reading texts, fitting words into lines.

mod look;

use super::embedded::embedded;
use super::{RuleText, TextError, help_texts};
use crate::own_rules::OWN_RULES;

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
fn help_stands_alone() {
    let texts = help_texts();
    assert_eq!(texts.len(), embedded().len() + OWN_RULES.len());
    let text = &texts["TG001"];
    assert!(text.starts_with("## What is wrong\n\nA field that the file sets"), "{text}");
    assert!(text.ends_with("- Files beside a cluster (`docs/cluster-audit.md`)"), "{text}");
    assert!(texts.values().all(|text| !text.contains("](..")));
}

#[test]
fn the_texts_of_rules_without_a_policy_have_the_same_form() {
    for rule in OWN_RULES {
        let text = RuleText::parse(rule.markdown).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
        assert_eq!((text.rule.as_str(), text.title.as_str()), (rule.id, rule.title));
    }
}
