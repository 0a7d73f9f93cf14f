//! Bad input: each gets an error with its place and the way out, and stops nothing else.

use super::super::Outcome;
use super::{Folder, problems};

const GOOD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n";

/// Audits a file of these bytes beside a good one, by name.
fn refused(bytes: &[u8], expected: &str) {
    let folder = Folder::of(&[("good.yaml", GOOD)]);
    folder.write("bad.yaml", bytes);
    let report = folder.audit(&["bad.yaml", "good.yaml"]);
    assert_eq!(problems(&report), [expected]);
    assert_eq!(report.outcome(), Outcome::Unusable);
    assert_eq!(report.objects.len(), 1, "the good file is audited all the same");
}

#[test]
fn texts() {
    refused(b"a:\n\tb: 1\n", "bad.yaml:2:2: there is a tab where YAML allows only spaces; indent with spaces");
    refused(
        b"a: 1\na: 2\n",
        "bad.yaml:2:1: the key \"a\" is there twice, first on line 1; remove one of them: readers do not agree on which one counts",
    );
    refused(
        b"a: \"b\n",
        "bad.yaml:1:4: a quote is opened here and never closed; close it, or double a quote that is part of the text",
    );
    refused(b"", "bad.yaml: it holds no document");
    refused(b" \n\n", "bad.yaml: it holds no document");
    refused(
        b"\x7fELF\x02\x01\x01\0\0\0",
        "bad.yaml:1:8: this looks like a binary file; leave it out, or name the manifests one by one",
    );
    refused(
        b"a: 1\nb: caf\xe9\n",
        "bad.yaml:2:7: the text is not UTF-8; save it as UTF-8, for instance with iconv -f latin1 -t utf-8",
    );
    refused(
        b"\xff\xfea\0",
        "bad.yaml: the text is UTF-16; save it as UTF-8, for instance with iconv -f utf-16 -t utf-8",
    );
    refused(
        b"metadata:\n  name: {{ .Release.Name }}-db\n",
        "bad.yaml:2:9: this looks like a Helm template; render it first with helm template",
    );
}

#[test]
fn what_explodes_and_what_is_deep() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    refused(
        bomb.as_bytes(),
        "bad.yaml:5:40: the aliases of this document copy more than 3 MiB: it would explode when it is read; \
         write it out, or as several documents",
    );
    let folder = Folder::of(&[("deep.json", &"[".repeat(10_000)), ("deep.yaml", &"- ".repeat(10_000))]);
    for problem in problems(&folder.audit(&["deep.json", "deep.yaml"])) {
        assert!(problem.contains("nested more than 128 levels deep"), "{problem}");
    }
}

#[test]
fn what_is_no_object() {
    refused(
        b"image: mysql\n",
        "bad.yaml:1:1: this is not a Kubernetes object: it has no apiVersion and no kind; an audit reads what kubectl apply reads",
    );
    refused(
        b"# x\nkind: Pod\n",
        "bad.yaml:2:1: this is not a Kubernetes object: it has no apiVersion; an audit reads what kubectl apply reads",
    );
    refused(
        b"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n",
        "bad.yaml:4:3: this is not a Kubernetes object: it has no kind; an audit reads what kubectl apply reads",
    );
    refused(
        b"apiVersion: v1\nkind: [Pod]\n",
        "bad.yaml:1:1: this is not a Kubernetes object: it has no kind; an audit reads what kubectl apply reads",
    );
}

#[test]
fn an_object_that_does_not_fit_its_kind() {
    refused(
        b"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: mysql\n",
        "bad.yaml:5:3: Pod \"p\" does not fit its kind: /spec/containers: expected a list of objects; \
         the API server would refuse it: kubectl explain says what belongs there",
    );
}

#[test]
fn a_bad_document_does_not_stop_the_others_of_its_file() {
    let text = format!("{GOOD}---\na: 'b\n---\n{GOOD}");
    let report = Folder::of(&[("a.yaml", &text)]).audit(&["a.yaml"]);
    assert_eq!(report.objects.len(), 2);
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].line, Some(5));
}

#[test]
fn files_and_folders() {
    let folder = Folder::of(&[("empty/readme.md", "x"), ("values/values.yaml", "a: 1\n"), ("comments.yaml", "# x\n")]);
    assert_eq!(problems(&folder.audit(&["missing.yaml"])), ["missing.yaml: there is no such file or folder"]);
    assert_eq!(
        problems(&folder.audit(&["empty"])),
        [
            "empty: the folder has no .yaml, .yml or .json file; hidden files, and those that a .gitignore names, are left out: name them one by one"
        ]
    );
    assert_eq!(problems(&folder.audit(&["values"])), ["values: no Kubernetes object was found"]);
    assert_eq!(problems(&folder.audit(&["comments.yaml"])), ["comments.yaml: no Kubernetes object was found"]);
}

#[cfg(unix)]
#[test]
fn files_without_permission() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::of(&[("a.yaml", GOOD), ("b.yaml", GOOD)]);
    std::fs::set_permissions(folder.path("a.yaml"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(folder.path("a.yaml")).is_ok() {
        return; // root reads everything
    }
    assert_eq!(problems(&folder.audit(&[""])), ["a.yaml: no permission to read it"]);
}

#[test]
fn oddities_that_are_read() {
    let long =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: \"{}\"}}\n", "x".repeat(1 << 20));
    let folder = Folder::of(&[
        ("long.yaml", &long),
        ("crlf.yaml", &GOOD.replace('\n', "\r\n")),
        ("bom.yaml", &format!("\u{feff}---\n{GOOD}")),
        ("nameless.yaml", "apiVersion: v1\nkind: Pod\nspec: {}\n"),
        ("tabs.json", "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\"\n}\n"),
        ("nulls.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\nspec:\n"),
        ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n"),
    ]);
    let report = folder.audit(&[""]);
    assert_eq!(problems(&report), Vec::<String>::new());
    assert_eq!(report.objects.len(), 6);
}
