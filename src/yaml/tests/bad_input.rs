//! What cannot be read is told with its place.

use serde_json::json;

use super::super::{YamlError, decode};
use super::{only, reads, refuses};

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
