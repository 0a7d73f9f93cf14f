//! Reading manifests: the helpers that the tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bad_input;
mod edit_properties;
mod edits;
mod edits_unusual;
mod kubectl;
mod places;
mod properties;

use serde_json::Value;

use super::{Document, Problem, YamlError, parse};

fn only(text: &str) -> Result<Document, Problem> {
    let mut documents = parse(text);
    assert_eq!(documents.len(), 1, "{text:?} is one document");
    documents.remove(0)
}

fn reads(text: &str, expected: Value) {
    match only(text) {
        Ok(document) => {
            assert_eq!(document.value, expected, "{text:?}");
            every_pointer_is_located(text, &document);
        }
        Err(problem) => panic!("{text:?}: line {}: {problem}", problem.line),
    }
}

fn refuses(text: &str, line: usize, column: usize, error: YamlError) {
    match only(text) {
        Ok(document) => panic!("{text:?} was read as {}", document.value),
        Err(problem) => assert_eq!(problem, Problem { line, column, error }, "{text:?}"),
    }
}

fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), into));
        }
        Value::Object(fields) => fields.iter().for_each(|(key, field)| {
            pointers(field, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), into);
        }),
        _ => {}
    }
}

fn every_pointer_is_located(text: &str, document: &Document) {
    let mut all = Vec::new();
    pointers(&document.value, "", &mut all);
    for pointer in all {
        let place = document.locations.find(&pointer);
        assert!(place.exact, "{pointer} of {text:?}");
        assert!(text.get(place.value.clone()).is_some(), "{pointer} of {text:?}: {:?}", place.value);
        let before = &text[..place.key.clone().unwrap_or(place.value.clone()).start];
        assert_eq!(place.line, 1 + before.matches('\n').count(), "{pointer} of {text:?}");
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        assert_eq!(place.column, column, "{pointer} of {text:?}");
    }
}
