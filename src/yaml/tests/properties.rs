//! Nothing panics, and whatever is read has a place for each of its parts.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{decode, parse};
use super::{every_pointer_is_located, only};

pub(super) fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(|number| Value::from(number + 0.5)),
        "[ -~]{0,12}".prop_map(Value::from),
        "[a-zé\\n\\t#:{}~/'\" -]{0,20}".prop_map(Value::from),
        prop::sample::select(vec!["yes", "on", "0777", "1_0", "~", "1e3", "---", ".inf", "<<"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z~/ .#'é-]{1,8}", inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Texts made of what YAML is made of.
pub(super) fn yaml_like() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        Just("a: "),
        Just("b:\n"),
        Just("\n"),
        Just("- "),
        Just("  "),
        Just("&x "),
        Just("*x"),
        Just("<<: "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just("\""),
        Just("'"),
        Just("|\n"),
        Just(">-\n"),
        Just("---\n"),
        Just("...\n"),
        Just("? "),
        Just("!!str "),
        Just("# c\n"),
        Just("%"),
        Just("\t"),
        Just("é"),
        Just("{{ x }}"),
        Just("1"),
        Just("\r\n"),
    ];
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\\n\\t\\ré]{0,200}") {
        let text = decode(text.into_bytes()).unwrap();
        for document in parse(&text).into_iter().flatten() {
            every_pointer_is_located(&text, &document);
        }
    }

    #[test]
    fn yaml_like_text_is_read_or_refused(
        text in yaml_like(),
    ) {
        let text = decode(text.into_bytes()).unwrap();
        for document in parse(&text).into_iter().flatten() {
            every_pointer_is_located(&text, &document);
        }
    }

    #[test]
    fn json_is_read_as_it_is(value in values()) {
        let value = json!({ "root": value });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let document = only(&text);
            prop_assert!(document.is_ok(), "{:?}: {:?}", text, document.err());
            every_pointer_is_located(&text, &document.unwrap());
        }
    }

    #[test]
    fn generated_yaml_is_located(value in values()) {
        let text = serde_saphyr::to_string(&json!({ "root": value })).unwrap();
        let text = decode(text.into_bytes()).unwrap();
        for document in parse(&text).into_iter().flatten() {
            every_pointer_is_located(&text, &document);
        }
    }
}
