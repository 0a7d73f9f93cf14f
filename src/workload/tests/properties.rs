//! The parsers of the domain take whatever comes.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::workload::command::{Invocation, invocation};
use crate::workload::option::{self, ServerOption};
use crate::workload::option_file::{self, FileOption, OptionFile};
use crate::workload::script;
use crate::workload::{ImageReference, Workload, withheld, withhold_text};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("mysql:5.7")),
        Just(json!("bash")),
    ];
    let key = prop_oneof![
        Just("env"),
        Just("name"),
        Just("value"),
        Just("valueFrom"),
        Just("command"),
        Just("args"),
        Just("image"),
        Just("ports"),
        Just("volumeMounts"),
        Just("livenessProbe"),
        Just("exec"),
        Just("containerPort"),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_image_text_is_read_without_panic_and_printed_alike(text in "[a-z0-9./:@_-]{0,60}|.{0,60}") {
        if let Some(image) = ImageReference::parse(&text) {
            let mut printed = format!("{}/{}", image.registry, image.repository);
            if let Some(tag) = &image.tag { printed = format!("{printed}:{tag}"); }
            if let Some(digest) = &image.digest { printed = format!("{printed}@{digest}"); }
            prop_assert_eq!(ImageReference::parse(&printed), Some(image));
        }
    }

    #[test]
    fn options_printed_and_read_again_are_the_same(arguments in prop::collection::vec("-{0,3}[a-zA-Z_=0-9-]{0,12}", 0..8)) {
        let parse = |words: &[String]| {
            option::parse(&words.iter().map(String::as_str).collect::<Vec<_>>(), |word| word.to_string())
        };
        let read = parse(&arguments);
        let printed: Vec<String> = read.iter().map(print).collect();
        let again = parse(&printed);
        let plain = |options: &[ServerOption]| options.iter().map(|o| (o.name.clone(), o.value.clone())).collect::<Vec<_>>();
        prop_assert_eq!(plain(&read), plain(&again));
    }

    #[test]
    fn any_words_are_some_invocation(all in prop::collection::vec(".{0,20}", 0..6), own in 0usize..6) {
        let own = own.min(all.len());
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        if let Invocation::Server { first, .. } = invocation(&all, own) {
            prop_assert!(first <= all.len() + 1);
        }
    }

    #[test]
    fn an_option_file_printed_and_read_again_is_the_same(text in "(\\[[a-z]{1,6}\\]\n|[a-z_-]{1,8}( ?= ?[ -~]{0,10})?\n|[ -~]{0,12}\n){0,8}|.{0,80}") {
        let read = option_file::parse(&text);
        let printed: String = read.options.iter().map(print_in_file).collect();
        let again = option_file::parse(&printed);
        let plain = |file: &OptionFile| {
            file.options.iter().map(|o| (o.group.clone(), o.name.clone(), o.value.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(plain(&read), plain(&again), "{}", printed);
    }

    #[test]
    fn any_script_is_taken_apart_without_panic(text in "[a-z '\"\\\\;&|()#\n$-]{0,60}|.{0,60}") {
        for words in script::commands(&text) {
            prop_assert!(!words.is_empty());
        }
    }

    #[test]
    fn any_object_is_read_without_panic(pod in any_json()) {
        let object = json!({ "apiVersion": "v1", "kind": "Pod", "spec": { "containers": [pod] } });
        let shown = withheld(&object);
        let _ = Workload::read(&object, &shown, false, &|_| None);
    }

    #[test]
    fn no_text_makes_withholding_panic(text in ".{0,80}") {
        let _ = withhold_text(&text);
    }
}

/// A group, then the option; quotes and escapes keep the value as it is.
fn print_in_file(option: &FileOption) -> String {
    let value = option.value.as_ref().map(|value| {
        let escaped: String = value
            .chars()
            .map(|letter| match letter {
                '\\' => "\\\\".to_owned(),
                '"' => "\\\"".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                letter => letter.to_string(),
            })
            .collect();
        format!("=\"{escaped}\"")
    });
    // The first `loose-` is the server's prefix and not part of the name.
    format!("[{}]\nloose-{}{}\n", option.group, option.name, value.unwrap_or_default())
}

fn print(option: &ServerOption) -> String {
    match &option.value {
        // The first `loose-` is the server's prefix and not part of the name.
        Some(value) => format!("--loose-{}={value}", option.name),
        None => format!("--loose-{}", option.name),
    }
}
