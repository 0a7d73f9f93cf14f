//! What `kubectl` reads in a text is what we read.

use serde_json::json;

use super::super::{YamlError, decode, parse};
use super::{every_pointer_is_located, reads, refuses};

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
fn line_ends_and_the_byte_order_mark() {
    reads("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n", json!({"a": 1, "b": "x\ny\n", "c": 2}));
    assert_eq!(parse("a: 1\r\n---\r\nb: 2\r\n").len(), 2);
    assert_eq!(decode(b"\xef\xbb\xbfa: 1".to_vec()).unwrap(), "a: 1");
    assert_eq!(decode(b"\xef\xbb\xbf---\na: 1".to_vec()).unwrap(), "---\na: 1");
    assert_eq!(decode(b"a: 1\rb: 2\r\n".to_vec()).unwrap(), "a: 1\nb: 2\r\n");
}
