//! Reading: the table of `kubectl`'s rules, places, bad input, and properties.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Document, Problem, YamlError, decode, parse};

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

/// Each pair was printed by `sigs.k8s.io/yaml` 1.6.0, with which `kubectl` reads.
#[test]
fn plain_scalars_mean_what_they_mean_to_kubectl() {
    let table = [
        ("yes", json!(true)),
        ("y", json!(true)),
        ("Y", json!(true)),
        ("n", json!(false)),
        ("on", json!(true)),
        ("OFF", json!(false)),
        ("oFF", json!("oFF")),
        ("True", json!(true)),
        ("tRUE", json!("tRUE")),
        ("null", json!(null)),
        ("~", json!(null)),
        ("", json!(null)),
        ("123", json!(123)),
        ("0777", json!(511)),
        ("0o777", json!(511)),
        ("0O17", json!(15)),
        ("08", json!(8)),
        ("00", json!(0)),
        ("0888.5", json!(888.5)),
        ("1_000", json!(1000)),
        ("1__0", json!(10)),
        ("1_0.5", json!(10.5)),
        ("0_7", json!(7)),
        ("_1", json!("_1")),
        ("0x1F", json!(31)),
        ("+0x1f", json!(31)),
        ("0x", json!("0x")),
        ("0xffffffffffffffffff", json!("0xffffffffffffffffff")),
        ("0b11", json!(3)),
        ("-0b11", json!(-3)),
        ("+5", json!(5)),
        ("+", json!("+")),
        ("1e3", json!(1000)),
        ("1e", json!("1e")),
        ("1.50", json!(1.5)),
        (".5", json!(0.5)),
        ("-.5e3", json!(-500)),
        ("5.", json!(5)),
        (".e3", json!(".e3")),
        ("..5", json!("..5")),
        (".0x1p3", json!(".0x1p3")),
        ("1e400", json!("1e400")),
        ("-0", json!(0)),
        ("1.0", json!(1)),
        ("1e21", json!(1e21)),
        ("1.7976931348623157e308", json!(1.797_693_134_862_315_7e308)),
        ("9007199254740993", json!(9_007_199_254_740_993_i64)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("99999999999999999999999", json!(1e23)),
        ("2020-01-01", json!("2020-01-01")),
        ("2020-01-01T00:00:00Z", json!("2020-01-01T00:00:00Z")),
        ("12:30:45", json!("12:30:45")),
        ("0.1.2", json!("0.1.2")),
        ("5.7", json!(5.7)),
        ("=", json!("=")),
        ("<<", json!("<<")),
        ("'1'", json!("1")),
        ("\"yes\"", json!("yes")),
        ("!!str 123", json!("123")),
        ("!!str", json!("")),
        ("!!int \"3\"", json!(3)),
        ("!!float 3", json!(3)),
        ("!!bool yes", json!(true)),
        ("!!null ''", json!(null)),
        ("!vault secret", json!("secret")),
        ("! 12", json!("12")),
        ("!<tag:yaml.org,2002:str> 1", json!("1")),
        ("!foo {b: 1}", json!({"b": 1})),
        ("[b: c]", json!([{"b": "c"}])),
        ("{b, c: 1}", json!({"b": null, "c": 1})),
        ("\"\\ud83d\\ude00\"", json!("😀")),
    ];
    for (written, meant) in table {
        reads(&format!("a: {written}\nz: end"), json!({"a": meant, "z": "end"}));
    }
}

#[test]
fn keys_become_text_as_for_kubectl() {
    reads("on: 1", json!({"true": 1}));
    reads("n: 1", json!({"false": 1}));
    reads("1: a", json!({"1": "a"}));
    reads("0x10: a", json!({"16": "a"}));
    reads("1.5: a", json!({"1.5": "a"}));
    reads("0.1: a", json!({"0.1": "a"}));
    reads("123456789.5: a", json!({"1.2345679e+08": "a"}));
    reads("1e21: a", json!({"1e+21": "a"}));
    reads("2020-01-01: a", json!({"2020-01-01": "a"}));
    reads("'on': a\n!!str off: b", json!({"on": "a", "off": "b"}));
    reads("? a\n: b", json!({"a": "b"}));
    reads("a~b/c: {d/e: 1}", json!({"a~b/c": {"d/e": 1}}));
    refuses("null: a", 1, 1, YamlError::KeyIsNotText);
    refuses("? [a]\n: b", 1, 3, YamlError::KeyIsNotText);
}

#[test]
fn anchors_and_merge_keys() {
    reads("a: &e\nb: *e", json!({"a": null, "b": null}));
    reads("&x a: 1\nb: *x", json!({"a": 1, "b": "a"}));
    reads("a: &x 1\n*x : 2", json!({"a": 1, "1": 2}));
    reads("d: &d {a: 1, b: 2}\ne:\n  <<: *d\n  b: 3", json!({"d": {"a": 1, "b": 2}, "e": {"a": 1, "b": 3}}));
    // Not what YAML's merge page says, but what kubectl does: what is merged later wins.
    reads("d: &d {a: 1, b: 2}\ne:\n  b: 3\n  <<: *d", json!({"d": {"a": 1, "b": 2}, "e": {"a": 1, "b": 2}}));
    reads(
        "d: &d {a: 1}\nf: &f {a: 9, c: 7}\ne:\n  <<: [*d, *f]",
        json!({"d": {"a": 1}, "f": {"a": 9, "c": 7}, "e": {"a": 1, "c": 7}}),
    );
    reads("e:\n  <<: {a: 1}\n  a: 2", json!({"e": {"a": 2}}));
    reads("e:\n  \"<<\": {a: 1}\n  a: 2", json!({"e": {"<<": {"a": 1}, "a": 2}}));
    refuses("- <<: 1", 1, 7, YamlError::NotMergeable);
    refuses("a: *b", 1, 4, YamlError::UnknownAnchor);
    refuses("a: &a [*a]", 1, 8, YamlError::SelfReference);
}

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
fn json_is_read_with_tabs_and_as_a_stream() {
    reads("{\n\t\"a\":\t1,\n\t\"b\": \"\\t\\/\\u00e9\"\n}\n", json!({"a": 1, "b": "\t/é"}));
    let text = "{\"a\": 1} {\"b\":\n\t2}\n{\"c\": 3}";
    let documents: Vec<_> = parse(text).into_iter().map(Result::unwrap).collect();
    assert_eq!(documents.len(), 3);
    for document in &documents {
        every_pointer_is_located(text, document);
    }
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
fn line_ends_and_the_byte_order_mark() {
    reads("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n", json!({"a": 1, "b": "x\ny\n", "c": 2}));
    assert_eq!(parse("a: 1\r\n---\r\nb: 2\r\n").len(), 2);
    assert_eq!(decode(b"\xef\xbb\xbfa: 1".to_vec()).unwrap(), "a: 1");
    assert_eq!(decode(b"\xef\xbb\xbf---\na: 1".to_vec()).unwrap(), "---\na: 1");
    assert_eq!(decode(b"a: 1\rb: 2\r\n".to_vec()).unwrap(), "a: 1\nb: 2\r\n");
}

#[test]
fn what_is_not_text() {
    let refused =
        |bytes: &[u8]| decode(bytes.to_vec()).map_err(|problem| (problem.line, problem.column, problem.error));
    assert_eq!(refused(b"a: 1\nb: \xe9t\xe9\n"), Err((2, 4, YamlError::NotUtf8)));
    assert_eq!(refused(b"\xff\xfea\0:\0"), Err((1, 1, YamlError::Utf16)));
    assert_eq!(refused(b"\x7fELF\x02\x01\0\0"), Err((1, 7, YamlError::Binary)));
}

#[test]
fn bad_input_is_told_with_its_place_and_the_way_out() {
    refuses("a:\n\tb: 1", 2, 2, YamlError::Tab);
    refuses("a: \"x\nb: 1\n", 1, 4, YamlError::UnclosedQuote);
    refuses("---\na: 1\nb: 'x\n", 3, 4, YamlError::UnclosedQuote);
    refuses("a: 1\nb: 2\na: 3\n", 3, 1, YamlError::DuplicateKey { key: "a".to_owned(), first_line: 1 });
    refuses("1: a\n\"1\": b", 2, 1, YamlError::DuplicateKey { key: "1".to_owned(), first_line: 1 });
    refuses("{\"a\": 1, \"a\": 2}", 1, 10, YamlError::DuplicateKey { key: "a".to_owned(), first_line: 1 });
    refuses("image: {{ .Values.x }}:1", 1, 8, YamlError::Template);
    refuses("a: {{ .Values.x }}", 1, 4, YamlError::Template);
    refuses("a: 1\n{{- if .x }}\nb: 1\n{{- end }}\n", 2, 1, YamlError::Template);
    refuses("a:\n    {{- toYaml .x | nindent 4 }}\nb: 1", 2, 5, YamlError::Template);
    refuses("a: .inf", 1, 4, YamlError::NoNumber);
    refuses("a: !!int foo", 1, 10, YamlError::WrongTag("int"));
    refuses("a: !!binary aGk=", 1, 13, YamlError::BinaryTag);
    refuses("a: [1, 2\n", 1, 4, YamlError::UnclosedBracket);
    for (text, line) in
        [("a: b: c", 1), ("a: @b", 1), ("a: \u{7}b", 1), ("a: 1\n  b: 2\n", 2), ("text\na: 1", 2), ("a: %x", 1)]
    {
        let problem = only(text).err().unwrap_or_else(|| panic!("{text:?} was read"));
        assert!(matches!(problem.error, YamlError::Syntax(_)) && problem.line == line, "{text:?}: {problem:?}");
    }
}

#[test]
fn a_template_far_from_the_mistake_is_not_blamed() {
    refuses("a: '{{ $labels.x }}'\nb: 1\nc: 2\nd:\n\te: 1\n", 5, 2, YamlError::Tab);
}

#[test]
fn anchors_that_explode_are_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(only(&text).err().map(|problem| problem.error), Some(YamlError::TooMuchCopied));
}

#[test]
fn aliases_do_not_nest_deeper_than_allowed() {
    let mut text = String::from("a0: &a0 x\n");
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(only(&text).err().map(|problem| problem.error), Some(YamlError::TooDeep));
}

#[test]
fn ten_thousand_levels_do_not_overflow_the_stack() {
    let deep = 10_000;
    let block: String = (0..deep).map(|level| format!("{}a:\n", " ".repeat(level % 2000))).collect();
    for text in [
        "[".repeat(deep),
        "{\"a\":".repeat(deep),
        "- ".repeat(deep),
        format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)),
    ] {
        assert_eq!(only(&text).err().map(|problem| problem.error), Some(YamlError::TooDeep));
    }
    assert!(only(&block).is_err());
}

#[test]
fn a_line_of_a_megabyte_is_read() {
    let long = "x".repeat(1 << 20);
    reads(&format!("a: \"{long}\""), json!({"a": long}));
    reads(&format!("{{\"a\": \"{long}\", \"b\": 1}}"), json!({"a": long, "b": 1}));
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "\n\n", "# a comment\n", "---\n", "---\n---\n# x\n...\n", "null\n", "~"] {
        assert!(parse(text).is_empty(), "{text:?}");
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(|number| Value::from(number + 0.5)),
        "[ -~]{0,12}".prop_map(Value::from),
        "[a-zé\\n\\t#:{}~/'\" -]{0,20}".prop_map(Value::from),
        prop_oneof!["yes", "on", "0777", "1_0", "~", "1e3", "---", ".inf", "<<"].prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z~/ .#'é-]{1,8}", inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
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
        parts in prop::collection::vec(prop_oneof![
            Just("a: "), Just("b:\n"), Just("\n"), Just("- "), Just("  "), Just("&x "), Just("*x"), Just("<<: "), Just("{"), Just("}"),
            Just("["), Just("]"), Just(", "), Just("\""), Just("'"), Just("|\n"), Just(">-\n"), Just("---\n"), Just("...\n"), Just("? "),
            Just("!!str "), Just("# c\n"), Just("%"), Just("\t"), Just("é"), Just("{{ x }}"), Just("1"), Just("\r\n"),
        ], 0..40),
    ) {
        let text = parts.concat();
        let text = decode(text.into_bytes()).unwrap();
        for document in parse(&text).into_iter().flatten() {
            every_pointer_is_located(&text, &document);
        }
    }

    #[test]
    fn json_is_read_as_it_is(value in values()) {
        let value = json!({ "root": value });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            // JSON allows it, YAML does not.
            prop_assume!(!text.contains('\u{7f}'));
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
