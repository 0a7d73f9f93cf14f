//! No credential of a manifest gets into a report, however it is written down.

use super::{Folder, json_of, table};

/// Audits a Pod's text in which the credential is `hunter22`, as often as it stands there.
fn shows_nothing(text: &str) -> String {
    assert!(text.contains("hunter22"));
    let report = Folder::of(&[("pod.yaml", text)]).audit(&["pod.yaml"]);
    assert!(report.problems.is_empty(), "{:?}", super::problems(&report));
    assert!(report.objects.iter().any(|object| !object.findings.is_empty()), "nothing was found in {text}");
    let table = table(&report);
    let json = json_of(&report).to_string();
    assert!(!table.contains("hunter22"), "{table}");
    assert!(!json.contains("hunter22"), "{json}");
    assert!(!format!("{report:?}").contains("hunter22"), "{report:?}");
    table
}

fn pod(env: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n  - name: mysql\n    env:\n{env}")
}

#[test]
fn literal_variables() {
    for env in [
        "    - name: MYSQL_ROOT_PASSWORD\n      value: hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value: \"hunter22\" # hunter\n",
        "    - {name: MYSQL_ROOT_PASSWORD, value: 'hunter22'}\n",
        "    - value: hunter22\n      name: MYSQL_ROOT_PASSWORD\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value: |\n        hunter22\n        hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value: >-\n        hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value:\n        hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value: !!str hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      ? value\n      : hunter22\n",
        "    - name: MYSQL_ROOT_PASSWORD\n      value: \"hunter22\\\n        hunter22\"\n",
    ] {
        let table = shows_nothing(&pod(env));
        assert!(table.contains("MYSQL_ROOT_PASSWORD is written in the manifest"), "{table}");
    }
}

#[test]
fn a_variable_that_only_its_policy_knows_to_be_secret() {
    shows_nothing(&pod("    - name: ODDLY_NAMED\n      value: hunter22\n"));
}

#[test]
fn anchors_and_aliases() {
    let anchored = pod(
        "    - name: MYSQL_PASSWORD\n      value: &pw hunter22\n    - name: MYSQL_ROOT_PASSWORD\n      value: *pw\n",
    );
    let table = shows_nothing(&anchored);
    assert!(table.contains("value: *pw"), "{table}");
    // The anchor stands at a variable whose name says nothing, and in the same line as a finding.
    shows_nothing(&pod("    - {name: X, value: &pw hunter22}\n    - {name: MYSQL_ROOT_PASSWORD, value: *pw}\n"));
    shows_nothing(&pod(
        "    - &v {name: MYSQL_PASSWORD, value: hunter22}\n    - {<<: *v, name: MYSQL_ROOT_PASSWORD}\n",
    ));
}

#[test]
fn other_credentials_in_the_marked_line() {
    shows_nothing(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {image: mysql:latest, args: [--password=hunter22], env: [{name: MYSQL_PWD, value: hunter22}]}\n",
    );
    shows_nothing(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: mysql:latest, command: [mysql, -phunter22]}]}\n",
    );
    shows_nothing(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: mysql:latest # --password=hunter22\n",
    );
}

#[test]
fn other_objects_of_the_same_line() {
    shows_nothing(
        r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"k":"hunter22"}} {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"image":"mysql:latest"}]}} {"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"},"stringData":{"k":"hunter22"}}"#,
    );
}

#[test]
fn errors_name_the_place_and_not_the_value() {
    for text in [
        "password: \"hunter22\n",
        "password: hunter22\npassword: hunter22\n",
        "password: !!int hunter22\n",
        "hunter22: @hunter22\n",
    ] {
        let report = Folder::of(&[("a.yaml", text)]).audit(&["a.yaml"]);
        assert_eq!(report.problems.len(), 1);
        assert!(!table(&report).contains("hunter22"), "{}", table(&report));
    }
}
