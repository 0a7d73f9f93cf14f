//! Where documents and their parts stand.

use serde_json::json;

use super::super::{YamlError, parse};
use super::{every_pointer_is_located, only};

#[test]
fn documents_are_split_and_keep_their_lines() {
    let text =
        "# head\n%YAML 1.1\n---\na: 1\n---\n# only a comment\n---\nb: |\n  x\n  ---\n...\n\nc: 3\n--- {d: 4}\n---\n";
    let documents: Vec<_> = parse(text).into_iter().map(Result::unwrap).collect();
    let seen: Vec<_> =
        documents.iter().map(|document| (document.index, document.first_line, &document.value)).collect();
    assert_eq!(
        seen,
        [
            (0, 4, &json!({"a": 1})),
            (1, 8, &json!({"b": "x\n---\n"})),
            (2, 13, &json!({"c": 3})),
            (3, 14, &json!({"d": 4}))
        ]
    );
    assert_eq!(&text[documents[2].locations.find("/c").value], "3");
}

#[test]
fn one_bad_document_does_not_hide_the_others() {
    let documents = parse("a: 1\n---\nb: \"x\n---\nc: 3\n");
    assert_eq!(documents.len(), 3);
    assert_eq!(
        documents[1].as_ref().err().map(|problem| (problem.line, problem.error.clone())),
        Some((3, YamlError::UnclosedQuote))
    );
    assert_eq!(documents[2].as_ref().ok().map(|document| document.value.clone()), Some(json!({"c": 3})));
}

#[test]
fn places_of_a_manifest() {
    let text = "kind: Pod\nspec:\n  containers:\n  - name: mysql\n    env:\n    - name: A\n      value: \"x\"\n  notes: |\n    one\n    two\n\n  empty:\nlast: 1\n";
    let document = only(text).unwrap();
    every_pointer_is_located(text, &document);
    let shows = |pointer: &str, line: usize, key: Option<&str>, value: &str| {
        let place = document.locations.find(pointer);
        assert_eq!((place.line, place.key.map(|key| &text[key]), &text[place.value]), (line, key, value), "{pointer}");
    };
    shows("/kind", 1, Some("kind"), "Pod");
    shows("/spec/containers/0/env/0", 6, None, "name: A\n      value: \"x\"");
    shows("/spec/containers/0/env/0/value", 7, Some("value"), "\"x\"");
    shows("/spec/containers", 3, Some("containers"), "name: mysql\n    env:\n    - name: A\n      value: \"x\"");
    shows("/spec/notes", 8, Some("notes"), "one\n    two");
    shows("/spec/empty", 12, Some("empty"), "");
    // What is not there: the nearest parent.
    shows(
        "/spec/containers/0/readinessProbe/tcpSocket",
        4,
        None,
        "name: mysql\n    env:\n    - name: A\n      value: \"x\"",
    );
    assert!(!document.locations.find("/spec/containers/0/readinessProbe").exact);
    assert!(!document.locations.find("/spec/containers/7").exact);
}

#[test]
fn the_place_of_an_alias_is_the_alias() {
    let text = "a: &pw secret\nb: *pw\nc: &m {d: 1}\ne: *m\nf:\n  <<: *m\n";
    let document = only(text).unwrap();
    every_pointer_is_located(text, &document);
    let place = document.locations.find("/b");
    assert_eq!((place.line, &text[place.value], place.written.map(|range| &text[range])), (2, "*pw", Some("secret")));
    let place = document.locations.find("/e/d");
    assert_eq!((place.line, &text[place.value], place.written.map(|range| &text[range])), (4, "*m", Some("1")));
    let place = document.locations.find("/f/d");
    assert_eq!((place.line, &text[place.value], place.written.map(|range| &text[range])), (6, "*m", Some("1")));
    assert_eq!(document.locations.find("/a").written, None);
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "\n\n", "# a comment\n", "---\n", "---\n---\n# x\n...\n", "null\n", "~"] {
        assert!(parse(text).is_empty(), "{text:?}");
    }
}
