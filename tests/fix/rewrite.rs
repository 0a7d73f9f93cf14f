//! What cannot be edited piece by piece: told without `--rewrite`, and with it written anew, as the gate would have it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{PASSWORD, fix, run, says_no_password};

/// An anchor that is a key elsewhere cannot be taken away in place.
const ENTANGLED: &str = "# The shop's.
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: shop } # kept no more
spec:
  selector: { matchLabels: { app: mysql } }
  template:
    metadata: { labels: { app: mysql } }
    spec:
      containers: [{ name: mysql, image: 'mysql:8.4', env: [
        { name: MYSQL_ROOT_PASSWORD, value: &password s3cr3t-Tide-77 },
      ] }]
      # Where it runs.
      nodeSelector: { *password : x }
";

/// Flow style, an anchor in an anchor, and both used again.
const ANCHORS: &str = "# The shop's.
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: shop } # kept
spec:
  selector: { matchLabels: &labels { app: mysql } }
  template:
    metadata: { labels: *labels }
    spec:
      containers:
        - &one { name: mysql, image: 'mysql:8.4', env: &env [&root { name: MYSQL_ROOT_PASSWORD, value: s3cr3t-Tide-77 }] }
        # The second.
        - { <<: *one, name: again, env: [*root, { name: A, value: b }] }
        - { <<: *one, name: more, env: *env }
";

const JSON: &str = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"mysql","namespace":"shop"},
"spec":{"selector":{"matchLabels":{"app":"mysql"}},"template":{"metadata":{"labels":{"app":"mysql"}},"spec":{
  "containers":[{"name":"mysql","image":"mysql:8.4","env":[{"name":"MYSQL_ROOT_PASSWORD","value":"s3cr3t-Tide-77"}]}]}}}}
"#;

fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// The objects of a text, as everything else of tidegate reads them.
fn objects(text: &str) -> Vec<Value> {
    tidegate::yaml::parse(text).into_iter().map(|document| document.unwrap().value).collect()
}

/// What the gate makes of the objects of a file.
fn repaired_by_the_gate(folder: &Path, name: &str) -> Vec<Value> {
    let (_, report, _) = run(folder, &["audit", "--format", "json", name], "");
    let report: Value = serde_json::from_str(&report).unwrap();
    let mut objects = objects(&fs::read_to_string(folder.join(name)).unwrap());
    for judged in report["objects"].as_array().unwrap() {
        let object = objects.iter_mut().find(|object| object["kind"] == judged["kind"]).unwrap();
        let patch: json_patch::Patch = serde_json::from_value(judged["patch"].clone()).unwrap();
        json_patch::patch(object, &patch).unwrap();
    }
    objects
}

#[test]
fn what_cannot_be_edited_is_told_and_stays() {
    let folder = folder_with("mysql.yaml", ENTANGLED);
    for (arguments, code) in [(&["mysql.yaml"][..], 1), (&["--secrets", "s.yaml", "mysql.yaml"], 1)] {
        let outcome = fix(folder.path(), arguments, "");
        says_no_password(&outcome);
        assert_eq!(outcome.0, code, "{}", outcome.1);
        let is_entangled = outcome.1.contains("cannot be changed piece by piece") && outcome.1.contains("(--rewrite)");
        // Where the password stays, nothing entangled changes.
        assert_eq!(is_entangled, arguments.contains(&"--secrets"), "{}", outcome.1);
        assert!(!folder.path().join("s.yaml").exists(), "no Secret of what stays");
        let text = fs::read_to_string(folder.path().join("mysql.yaml")).unwrap();
        assert!(text.contains(PASSWORD) && text.contains("# kept no more"), "{text}");
    }
}

#[test]
fn what_is_written_anew_is_what_the_gate_would_make() {
    let two = format!("# First.\nkind: ConfigMap # stays\napiVersion: v1\nmetadata: {{ name: a }}\n---\n{ENTANGLED}");
    let windows = ENTANGLED.replace('\n', "\r\n");
    for (name, text, line, kept, lost) in [
        ("mysql.yaml", ENTANGLED, 2, &["# The shop's."][..], &["# kept no more", "# Where it runs."][..]),
        ("cut.yaml", ENTANGLED.trim_end(), 2, &["# The shop's."], &["# kept no more"]),
        ("windows.yaml", &windows, 2, &["# The shop's.\r\n"], &["# kept no more"]),
        ("two.yaml", &two, 7, &["# First.\nkind: ConfigMap # stays\n", "# The shop's."], &["# kept no more"]),
    ] {
        let folder = folder_with(name, text);
        let wanted = repaired_by_the_gate(folder.path(), name);
        let arguments = ["--rewrite", "--secrets", "s.yaml", name];
        let outcome = fix(folder.path(), &arguments, "");
        says_no_password(&outcome);
        let told = format!("line {line}: this document is written anew, without its comments");
        assert!(outcome.1.contains(&told), "{name}: {}", outcome.1);
        let written = fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(objects(&written), wanted, "{name}: {written}");
        assert!(kept.iter().all(|comment| written.contains(comment)), "{name}: {written}");
        assert!(!lost.iter().any(|comment| written.contains(comment)), "{name}: {written}");
        assert_eq!(written.matches("\r\n").count() > 0, name == "windows.yaml", "{name}");
        assert_eq!(written.ends_with('\n'), text.ends_with('\n'), "{name}");
        let (_, said, _) = fix(folder.path(), &arguments, "");
        assert!(!said.contains("anew"), "{name}: {said}");
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), written, "{name}");
    }
}

#[test]
fn what_can_be_edited_is_not_written_anew() {
    for (name, text, kept) in [
        ("anchors.yaml", ANCHORS, &["# The shop's.", "# kept", "# The second.", "*env", "<<: *one"][..]),
        ("mysql.json", JSON, &["\n\"spec\":{\"selector\""]),
        (
            "list.json",
            &format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{JSON}]}}"),
            &["\"items\": ["],
        ),
    ] {
        let mut written = Vec::new();
        for flags in [&[][..], &["--rewrite"]] {
            let folder = folder_with(name, text);
            let wanted = (name != "list.json").then(|| repaired_by_the_gate(folder.path(), name));
            let arguments = [flags, &["--secrets", "s.yaml", name]].concat();
            let outcome = fix(folder.path(), &arguments, "");
            says_no_password(&outcome);
            assert!(!outcome.1.contains("anew"), "{name}: {}", outcome.1);
            let after = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(!after.contains(PASSWORD) && kept.iter().all(|part| after.contains(part)), "{name}: {after}");
            assert!(wanted.is_none_or(|wanted| wanted == objects(&after)), "{name}: {after}");
            assert!(!name.ends_with("json") || serde_json::from_str::<Value>(&after).is_ok(), "{name}: {after}");
            fix(folder.path(), &arguments, "");
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), after, "{name}");
            written.push(after);
        }
        assert_eq!(written[0], written[1], "{name}");
    }
}

#[test]
fn a_diff_of_what_would_be_written_anew_shows_no_password() {
    let folder = folder_with("mysql.yaml", ENTANGLED);
    for flags in [&["--diff"][..], &["--check"]] {
        let outcome = fix(folder.path(), &[flags, &["--rewrite", "--secrets", "s.yaml", "mysql.yaml"]].concat(), "");
        says_no_password(&outcome);
        assert!(outcome.0 == 1 && format!("{}{}", outcome.1, outcome.2).contains("written anew"), "{}", outcome.1);
    }
    let outcome = fix(folder.path(), &["--interactive", "--secrets", "s.yaml", "mysql.yaml"], "a\n");
    says_no_password(&outcome);
    assert_eq!(fs::read_to_string(folder.path().join("mysql.yaml")).unwrap(), ENTANGLED);
}
