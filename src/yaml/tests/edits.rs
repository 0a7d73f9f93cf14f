//! Changes to a text, as whole texts: before, what is wanted, after.

use serde_json::{Value, json};

use super::super::{Document, EditError, Splice, apply, edit, parse, render};

pub(super) fn first(text: &str) -> Document {
    parse(text).into_iter().next().unwrap().unwrap()
}

fn edited(text: &str, wanted: &Value) -> Result<String, EditError> {
    let document = first(text);
    edit(text, &document, wanted).map(|splices: Vec<Splice>| apply(text, &splices))
}

/// The first document of a text, what is done to its value, and the text after.
pub(super) type Row<'a> = (&'a str, fn(&mut Value), &'a str);

/// Checks each row.
pub(super) fn table(rows: &[Row<'_>]) {
    let mut problems = Vec::new();
    for (before, change, after) in rows {
        let mut wanted = first(before).value;
        change(&mut wanted);
        match edited(before, &wanted) {
            Ok(result) if result == *after => {}
            Ok(result) => problems.push(format!("--- before\n{before}--- is\n{result}--- should be\n{after}")),
            Err(error) => problems.push(format!("--- before\n{before}--- {error}\n")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

pub(super) fn set(value: &mut Value, pointer: &str, new: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => _ = fields.insert(key.to_owned(), new),
        Value::Array(items) if key == "-" => items.push(new),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = new,
        _ => panic!("{pointer}"),
    }
}

pub(super) fn remove(value: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => _ = fields.remove(key).unwrap(),
        Value::Array(items) => _ = items.remove(key.parse().unwrap()),
        _ => panic!("{pointer}"),
    }
}

#[test]
fn scalars_change_in_their_style() {
    table(&[
        ("a: x # why\nb: 1\n", |v| set(v, "/a", json!("w")), "a: w # why\nb: 1\n"),
        ("a: 'x'\n", |v| set(v, "/a", json!("it's")), "a: 'it''s'\n"),
        ("a: \"x\"\n", |v| set(v, "/a", json!("y")), "a: \"y\"\n"),
        ("a: \"x\"\n", |v| set(v, "/a", json!(5)), "a: 5\n"),
        ("a: x\n", |v| set(v, "/a", json!("yes")), "a: \"yes\"\n"),
        ("a: x\n", |v| set(v, "/a", json!("8.0")), "a: \"8.0\"\n"),
        ("a: x\n", |v| set(v, "/a", json!("a: b")), "a: \"a: b\"\n"),
        ("a: x\n", |v| set(v, "/a", json!("--skip-networking")), "a: --skip-networking\n"),
        ("a:\n  b\n  c # why\n", |v| set(v, "/a", json!("d")), "a:\n  d # why\n"),
        ("a: !!str 5\n", |v| set(v, "/a", json!(6)), "a: 6\n"),
        ("a:\nb: 1", |v| set(v, "/a", json!(1)), "a: 1\nb: 1"),
        ("a:   # none\nb: 1\n", |v| set(v, "/a", json!("x")), "a: x   # none\nb: 1\n"),
        ("a: ~ # none\n", |v| set(v, "/a", json!("x")), "a: x # none\n"),
        ("- a\n-\n- c\n", |v| set(v, "/1", json!("b")), "- a\n- b\n- c\n"),
        ("\"a\": x\n? b\n: y\n", |v| set(v, "/b", json!("z")), "\"a\": x\n? b\n: z\n"),
    ]);
}

#[test]
fn lines_of_a_block_change_alone() {
    table(&[
        ("a: |\n  x\n  y\n# end\n", |v| set(v, "/a", json!("x\nz\nq\n")), "a: |\n  x\n  z\n  q\n# end\n"),
        ("a: |-  # why\n  x\n  y\n", |v| set(v, "/a", json!("x\ny\n")), "a: |  # why\n  x\n  y\n"),
        (
            "a: |\r\n  x\r\n\r\n  y\r\nb: 1\r\n",
            |v| set(v, "/a", json!("x\n\nz")),
            "a: |-\r\n  x\r\n\r\n  z\r\nb: 1\r\n",
        ),
        ("a: |+\n  x\n\nb: 1\n", |v| set(v, "/a", json!("y\n\n")), "a: |+\n  y\n\nb: 1\n"),
        ("a: |2\n    x\n  y\n", |v| set(v, "/a", json!("z\ny\n")), "a: |2\n  z\n  y\n"),
        ("a: |\n  x\n  y\nb: 1\n", |v| set(v, "/a", json!("z")), "a: |-\n  z\nb: 1\n"),
        ("a: |+\n  x\n\n", |v| set(v, "/b", json!(1)), "a: |+\n  x\n\nb: 1\n"),
        ("a: >\n  x\n  y\nb: 1\n", |v| set(v, "/a", json!("z")), "a: z\nb: 1\n"),
        ("a: x # why\nb: 1\n", |v| set(v, "/a", json!("x\ny\n")), "a: | # why\n  x\n  y\nb: 1\n"),
        ("a: |\n  x\n  y\nb: 1\n", |v| set(v, "/a", json!({"c": 1})), "a:\n  c: 1\nb: 1\n"),
    ]);
}

#[test]
fn fields_come_and_go() {
    table(&[
        ("a: 1 # one\n# tail\n", |v| set(v, "/b", json!(2)), "a: 1 # one\nb: 2\n# tail\n"),
        ("a: 1", |v| set(v, "/b", json!({"c": [1, {"d": "x", "e": 2}]})), "a: 1\nb:\n  c:\n  - 1\n  - d: x\n    e: 2"),
        ("a:\n    b:\n      - 1\n", |v| set(v, "/a/c", json!(["x"])), "a:\n    b:\n      - 1\n    c:\n      - x\n"),
        ("a: 1\r\nb: |\r\n  x\r\n", |v| set(v, "/c", json!("w")), "a: 1\r\nb: |\r\n  x\r\nc: w\r\n"),
        ("a: 1 # one\n# two\nb: 2\n", |v| remove(v, "/a"), "# two\nb: 2\n"),
        ("a: 1\nb:\n  c: 1\n  d: 2\n", |v| remove(v, "/b"), "a: 1\n"),
        ("a: 1\nb:\n  c: 1", |v| remove(v, "/b"), "a: 1"),
        ("a: 1\r\nb: 2", |v| remove(v, "/b"), "a: 1"),
        ("a:\n  b: 1 # x\nc: 1\n", |v| remove(v, "/a/b"), "a: {}\nc: 1\n"),
        ("a: # why\n  b: 1\nc: 1\n", |v| remove(v, "/a/b"), "a: {} # why\nc: 1\n"),
        ("a: {}\nc: 1\n", |v| set(v, "/a/b", json!(1)), "a:\n  b: 1\nc: 1\n"),
        ("a: {} # why\n", |v| set(v, "/a/b", json!(1)), "a: # why\n  b: 1\n"),
        ("# x\n--- {}\n", |v| set(v, "/b", json!(1)), "# x\n---\nb: 1\n"),
        ("{}", |v| set(v, "/b", json!(1)), "{\"b\": 1}"),
        (
            "env:\nz: 1\n",
            |v| set(v, "/env", json!([{"name": "A", "value": "x"}])),
            "env:\n- name: A\n  value: x\nz: 1\n",
        ),
        (
            "env:\n- name: A\n  value: x # pw\n  # tail\n- name: B\n",
            |v| {
                remove(v, "/env/0/value");
                set(v, "/env/0/valueFrom", json!({"secretKeyRef": {"key": "k", "name": "m"}}));
            },
            "env:\n- name: A\n  valueFrom: # pw\n    secretKeyRef:\n      name: m\n      key: k\n  # tail\n- name: B\n",
        ),
        ("- a: 1\n  b: 2\n- c: 3\n", |v| remove(v, "/0/a"), "- b: 2\n- c: 3\n"),
        (
            "- a: 1\n  # two\n  b: 2\n  c: 3\n",
            |v| {
                remove(v, "/0/a");
                remove(v, "/0/b")
            },
            "- # two\n  c: 3\n",
        ),
        (
            "- a: 1\n  b: 2\n  c: 3\n",
            |v| {
                remove(v, "/0/a");
                remove(v, "/0/b")
            },
            "- c: 3\n",
        ),
        ("a:\n  b: 1\n", |v| set(v, "/a", json!([1])), "a:\n- 1\n"),
        ("a: # why\n  b: 1\n", |v| set(v, "/a", json!("x")), "a: x # why\n"),
        ("a: 1\n", |v| set(v, "/on", json!(true)), "a: 1\n\"on\": true\n"),
    ]);
}

#[test]
fn items_come_and_go() {
    table(&[
        ("a:\n- x # one\n# tail\nb: 1\n", |v| set(v, "/a/-", json!("w")), "a:\n- x # one\n- w\n# tail\nb: 1\n"),
        ("a:\n  - x\n", |v| set(v, "/a/-", json!({"b": 1, "c": 2})), "a:\n  - x\n  - b: 1\n    c: 2\n"),
        ("a: # why\n# one\n- x\n", |v| *v = json!({"a": ["w", "x"]}), "a: # why\n- w\n# one\n- x\n"),
        ("- x\n- z\n", |v| *v = json!(["x", "w", "z"]), "- x\n- w\n- z\n"),
        ("- - x\n  - z\n- q\n", |v| *v = json!([["w", "x", "z"], "q"]), "- - w\n  - x\n  - z\n- q\n"),
        ("- x\n# two\n- y\n", |v| remove(v, "/0"), "# two\n- y\n"),
        ("- - x\n  - z\n", |v| remove(v, "/0/0"), "- - z\n"),
        ("a:\n- x\n", |v| remove(v, "/a/0"), "a: []\n"),
        ("a: []\n", |v| set(v, "/a/-", json!("x")), "a:\n- x\n"),
        ("- {}\n", |v| set(v, "/0/a", json!([1, 2])), "- a:\n  - 1\n  - 2\n"),
        (
            "- name: a\n  v: 1\n# b\n- name: b\n  v: 2\n",
            |v| *v = json!([{"name": "b", "v": 3}]),
            "# b\n- name: b\n  v: 3\n",
        ),
    ]);
}

#[test]
fn flow_collections_and_json() {
    table(&[
        (
            "a: {b: 1} # x\n",
            |v| set(v, "/a/c", json!(["x, y", {"d": null}])),
            "a: {b: 1, c: [\"x, y\", {d: null}]} # x\n",
        ),
        ("a: [b, c, d]\n", |v| remove(v, "/a/1"), "a: [b, d]\n"),
        ("a: [b, c]\n", |v| remove(v, "/a/1"), "a: [b]\n"),
        ("a: [b, c]\n", |v| remove(v, "/a/0"), "a: [c]\n"),
        ("a: [b]\n", |v| remove(v, "/a/0"), "a: []\n"),
        ("a: [b, # first\n    c] # last\n", |v| set(v, "/a/-", json!("d")), "a: [b, # first\n    c,\n    d] # last\n"),
        ("a: [\n  b, # x\n  c # y\n]\n", |v| set(v, "/a/-", json!("d")), "a: [\n  b, # x\n  c, # y\n  d\n]\n"),
        (
            "a: {b, c: }\n",
            |v| {
                set(v, "/a/b", json!(1));
                set(v, "/a/c", json!(2))
            },
            "a: {b: 1, c: 2 }\n",
        ),
        ("[b: c]\n", |v| set(v, "/0/d", json!(1)), "[{b: c, d: 1}]\n"),
        ("args: [\"a\", \"b\"]\n", |v| set(v, "/args/-", json!("c")), "args: [\"a\", \"b\", c]\n"),
        ("{\"a\":1,\"b\":[]}", |v| set(v, "/c", json!({"x": [1, 2]})), "{\"a\":1,\"b\":[],\"c\":{\"x\":[1,2]}}"),
        (
            "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}\n",
            |v| set(v, "/a/c", json!({"d": "x"})),
            "{\n\t\"a\": {\n\t\t\"b\": 1,\n\t\t\"c\": {\n\t\t\t\"d\": \"x\"\n\t\t}\n\t}\n}\n",
        ),
        (
            "{\n  \"a\": {},\n  \"b\": 1\n}\n",
            |v| set(v, "/a/x", json!("y")),
            "{\n  \"a\": {\n    \"x\": \"y\"\n  },\n  \"b\": 1\n}\n",
        ),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", |v| remove(v, "/b"), "{\n  \"a\": 1\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", |v| remove(v, "/a"), "{\n  \"b\": 2\n}\n"),
        ("{\"a\": 1} {\"b\": 2}\n", |v| set(v, "/a", json!("x")), "{\"a\": \"x\"} {\"b\": 2}\n"),
    ]);
}

#[test]
fn the_other_documents_stay() {
    let text = "# one\na: 1\n---\n# two\nb: 2\n---\nc: 3\n";
    let documents: Vec<_> = parse(text).into_iter().map(Result::unwrap).collect();
    assert_eq!(&text[documents[1].range.clone()], "---\n# two\nb: 2\n");
    let splices = edit(text, &documents[1], &json!({"b": 2, "x": []})).unwrap();
    assert_eq!(apply(text, &splices), "# one\na: 1\n---\n# two\nb: 2\nx: []\n---\nc: 3\n");
    assert!(edit(text, &documents[2], &json!({"c": 3.0})).unwrap().is_empty());
}

#[test]
fn what_cannot_be() {
    let document = first("a: 1\n");
    assert_eq!(edit("a: 1\n", &document, &Value::Null).err(), Some(EditError::Nothing { line: 1 }));
    assert_eq!(edit("", &document, &json!({"a": 2})).err(), Some(EditError::OtherText { line: 1 }));
}

#[test]
fn whole_documents_are_written() {
    let value = json!({
        "spec": {"b": [], "c": {}, "d": "x\ny\n", "e": ["yes", 1, null, [1, "x\ny"], {"value": "2", "name": "m"}]},
        "metadata": {"name": "m"},
        "kind": "K",
        "apiVersion": "v1",
    });
    let text = "apiVersion: v1\nkind: K\nmetadata:\n  name: m\nspec:\n  b: []\n  c: {}\n  d: |\n    x\n    y\n  e:\n  - \"yes\"\n  - 1\n  - null\n  - - 1\n    - |-\n      x\n      y\n  - name: m\n    value: \"2\"\n";
    assert_eq!(render(&value), text);
    assert_eq!(first(text).value, value);
}
