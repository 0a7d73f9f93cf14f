//! What reports look like, and that they agree with each other.

use serde_json::json;

use super::super::{Format, Outcome, Verbosity};
use super::{Folder, json_of, source, table};

const DEPLOYMENT: &str = r#"apiVersion: v1
kind: Service
metadata:
  name: mysql
spec:
  ports:
  - port: 3306
---
# The database.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: mysql
  namespace: shop
spec:
  template:
    spec:
      containers:
      - image: mysql:latest
        name: mysql
        env:
          # Use secret in real usage
        - name: MYSQL_ROOT_PASSWORD
          value: correct-horse
        ports:
        - containerPort: 3306
"#;

#[test]
fn the_table_groups_by_object_and_shows_the_line() {
    let report = Folder::of(&[("mysql.yaml", DEPLOYMENT)]).audit(&["mysql.yaml"]);
    assert_eq!(report.outcome(), Outcome::Found);
    insta::assert_snapshot!(table(&report));
}

#[test]
fn the_json_has_the_fields_that_are_promised() {
    let report = Folder::of(&[("mysql.yaml", DEPLOYMENT), ("bad.yaml", "a: \"b\n")]).audit(&["mysql.yaml", "bad.yaml"]);
    let json = json_of(&report);
    assert!(!json.to_string().contains("correct-horse"), "{json:#}");
    assert_eq!(json["objects"][0]["kind"], "Service");
    assert_eq!(json["objects"][0]["findings"], json!([]));
    assert_eq!(json["objects"][0]["patch"], json!([]));
    insta::assert_json_snapshot!(json);
}

#[test]
fn what_cannot_be_read_is_told_after_the_findings() {
    let folder = Folder::of(&[("a.yaml", "apiVersion: v1\nkind: Pod\n---\na:\n\tb: 1\n"), ("empty/readme.md", "")]);
    insta::assert_snapshot!(table(&folder.audit(&["a.yaml", "missing.yaml", "empty"])));
    assert_eq!(folder.audit(&["empty"]).outcome(), Outcome::Unusable);
}

#[test]
fn nothing_found() {
    let report =
        Folder::of(&[("a/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")]).audit(&["a"]);
    assert_eq!(report.outcome(), Outcome::Clean);
    assert_eq!(table(&report), "1 object in 1 file: nothing found\n");
}

#[test]
fn what_is_refused_and_what_failed() {
    let pod = |name: &str, annotation: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  annotations:\n    {annotation}: x\nspec: {{containers: [{{name: mysql, readinessProbe: {{}}}}]}}\n"
        )
    };
    let report = Folder::of(&[("a.yaml", &pod("a", "forbidden")), ("b.yaml", &pod("b", "crash"))]).audit(&[""]);
    assert_eq!(report.outcome(), Outcome::Found);
    insta::assert_snapshot!(table(&report));
}

#[test]
fn items_of_lists_are_objects_with_their_own_places() {
    let report = Folder::of(&[("list.yaml", include_str!("list.yaml"))]).audit(&["list.yaml"]);
    let lines: Vec<_> = report.objects.iter().map(|object| (object.title.as_str(), source(object).line)).collect();
    assert_eq!(
        lines,
        [("Service \"a\"", 4), ("Pod \"b\"", 8), ("Pod \"c\" in namespace \"shop\"", 22), ("Pod \"d\"", 33),]
    );
    let finding = &report.objects[1].findings[0];
    let snippet = finding.snippet.as_ref().unwrap();
    assert_eq!((snippet.line, snippet.column), (17, 9));
    assert_eq!(finding.at, "/spec/containers/0/env/0/value");
    insta::assert_snapshot!(table(&report));
}

#[test]
fn minified_json_is_cut_around_the_place() {
    let long = "x".repeat(500);
    let text = format!(
        r#"{{"apiVersion":"v1","kind":"List","items":[{{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"s"}},"stringData":{{"k":"other-secret"}}}},{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p","labels":{{"l":"{long}"}}}},"spec":{{"containers":[{{"name":"m","image":"mysql:latest","env":[{{"name":"MYSQL_ROOT_PASSWORD","value":"top-secret"}}]}}]}}}}]}}"#
    );
    let report = Folder::of(&[("list.json", &text)]).audit(&["list.json"]);
    let table = table(&report);
    assert!(!table.contains("top-secret") && !table.contains("other-secret"), "{table}");
    insta::assert_snapshot!(table);
}

#[test]
fn the_same_twice_whatever_the_number_of_threads() {
    let files: Vec<(String, String)> = (0..200)
        .map(|number| (format!("{}/{number}.yaml", number % 7), DEPLOYMENT.replace("shop", &format!("ns{number}"))))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = Folder::of(&files);
    let first = table(&folder.audit(&[""]));
    assert_eq!(first, table(&folder.audit(&[""])));
    assert!(first.ends_with("400 objects in 200 files: 600 findings in 200 objects, 400 can be repaired\n"), "{first}");
}

#[test]
fn terminal_escapes_of_a_manifest_are_not_passed_on() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\e[35mb\", annotations: {forbidden: x}}\nspec: {containers: [{name: mysql, readinessProbe: {}}]}\n";
    let folder = Folder::of(&[("a\u{1b}[32m.yaml", text), ("b\u{1b}[33m.yaml", "\"\u{1b}[34m")]);
    let mut out = Vec::new();
    super::super::write(&folder.audit(&[""]), Format::Table, Verbosity::Ordinary, &mut out).unwrap();
    let table = String::from_utf8(out).unwrap();
    assert!(table.contains("refused") && table.contains("b"), "{table:?}");
    for code in ["\u{1b}[35m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[34m"] {
        assert!(!table.contains(code), "{table:?}");
    }
}
