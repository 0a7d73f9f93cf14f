//! Changes to texts with anchors, aliases and merge keys, and to layouts that are rarely seen.

use serde_json::json;

use super::edits::{remove, set, table};

#[test]
fn anchors_aliases_and_merge_keys() {
    table(&[
        (
            "a: &x 1\nb: *x\n",
            |v| {
                set(v, "/a", json!(2));
                set(v, "/b", json!(2))
            },
            "a: &x 2\nb: *x\n",
        ),
        ("a: &x 1\nb: *x\n", |v| set(v, "/a", json!(2)), "a: &x 2\nb: 1\n"),
        ("a: &x 1\nb: *x\n", |v| set(v, "/b", json!(2)), "a: &x 1\nb: 2\n"),
        ("a: &x 1\nb: *x\nc: *x\n", |v| remove(v, "/a"), "b: 1\nc: 1\n"),
        ("a: &x\n  k: 1\nb: *x # copy\n", |v| set(v, "/b/l", json!(2)), "a: &x\n  k: 1\nb: # copy\n  k: 1\n  l: 2\n"),
        ("a: &x\n  k: 1\nb: [*x, *x]\n", |v| set(v, "/b/0/k", json!(2)), "a: &x\n  k: 1\nb: [{k: 2}, *x]\n"),
        ("a: &x\n  k: 1\nb:\n  <<: *x\n", |v| set(v, "/b/k", json!(2)), "a: &x\n  k: 1\nb:\n  <<: *x\n  k: 2\n"),
        (
            "a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  m: 3\n",
            |v| remove(v, "/b/k"),
            "a: &x {k: 1, l: 2}\nb:\n  l: 2\n  m: 3\n",
        ),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", |v| set(v, "/a/k", json!(2)), "a: &x {k: 2}\nb:\n  <<: *x\n  k: 1\n"),
        (
            "a: &x {k: 1}\nb:\n  <<: *x\n",
            |v| {
                set(v, "/a/k", json!(2));
                set(v, "/b/k", json!(2))
            },
            "a: &x {k: 2}\nb:\n  <<: *x\n",
        ),
        ("a: &x {k: 1}\nb:\n  k: 3\n  <<: *x\n", |v| set(v, "/b/k", json!(2)), "a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n"),
        (
            "a: &x\n  k: 1\nb: *x\n",
            |v| {
                set(v, "/a", json!("s"));
                set(v, "/b", json!("s"))
            },
            "a: &x s\nb: *x\n",
        ),
    ]);
}

#[test]
fn unusual_layouts() {
    table(&[
        (
            "---\n# c\na: &x !!map\n  b: 1\nc: *x\n",
            |v| set(v, "/a/d", json!(2)),
            "---\n# c\na: &x !!map\n  b: 1\n  d: 2\nc:\n  b: 1\n",
        ),
        ("a: !!map # t\n  b: 1\nc: 2\n", |v| set(v, "/a", json!("s")), "a: s\nc: 2\n"),
        ("- &x !!str a\n- *x\n", |v| *v = json!([1, 1]), "- &x 1\n- *x\n"),
        ("- &x a\n- *x\n", |v| *v = json!([{"b": 1}, {"b": 1}]), "- &x\n  b: 1\n- *x\n"),
        ("a: &x\nb: *x\n", |v| set(v, "/a", json!("s")), "a: &x s\nb: null\n"),
        ("? a\n: b: 1\n? c\n: d\n", |v| set(v, "/a/e", json!(2)), "? a\n: b: 1\n  e: 2\n? c\n: d\n"),
        ("? a\n: b: 1\n? c\n: d\n", |v| remove(v, "/a"), "? c\n: d\n"),
        (
            "a:\n\n  # one\n\n  b: 1\n\n\nc: 2\n",
            |v| set(v, "/a/d", json!(1)),
            "a:\n\n  # one\n\n  b: 1\n  d: 1\n\n\nc: 2\n",
        ),
        (
            "a:\n- b:\n  - c\n-   d: 1\n    e: 2\n",
            |v| set(v, "/a/1/f", json!([3])),
            "a:\n- b:\n  - c\n-   d: 1\n    e: 2\n    f:\n    - 3\n",
        ),
        ("a: [\n]\nb: 1\n", |v| set(v, "/a/-", json!("x")), "a:\n- x\nb: 1\n"),
        ("a: \"x\n  z\" # why\n", |v| set(v, "/a", json!("w")), "a: \"w\" # why\n"),
        ("a: b\n...\n", |v| set(v, "/c", json!("d")), "a: b\nc: d\n...\n"),
        ("a: b #c\n#d", |v| set(v, "/c", json!("d")), "a: b #c\nc: d\n#d"),
        ("  a: 1\n  b: 2\n", |v| *v = json!([1]), "- 1\n"),
        (
            "'on': 1\nyes: 2\n",
            |v| {
                remove(v, "/on");
                set(v, "/off", json!(1))
            },
            "'off': 1\nyes: 2\n",
        ),
        ("é: \"ü\" # ö\n", |v| set(v, "/é", json!("ä")), "é: \"ä\" # ö\n"),
    ]);
}
