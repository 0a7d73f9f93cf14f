//! Files that reports are written into.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::Value;

use super::{DEPLOYMENT, Outcome, Place};

#[test]
fn several_forms_at_once_and_the_totals() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    let outcome = place.audit(&["-o", "json=a.json", "--output", "table=b.txt", "mysql.yaml"]);
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.out.lines().count(), 1, "{}", outcome.out);
    assert!(outcome.out.starts_with("1 object in 1 file: "), "{}", outcome.out);
    let json: Value = serde_json::from_str(&place.read("a.json")).unwrap();
    assert_eq!(json["objects"][0]["name"], "mysql");
    let table = place.read("b.txt");
    assert!(table.contains("MY001") && !table.contains('\u{1b}') && !table.contains("correct-horse"), "{table}");
}

#[test]
fn the_form_may_be_named_once() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    let outcome = place.audit(&["--format", "json", "--output", "report", "mysql.yaml"]);
    assert!(outcome.out.starts_with("1 object in 1 file: "), "{}", outcome.out);
    serde_json::from_str::<Value>(&place.read("report")).unwrap();
    let both = place.audit(&["--format", "json", "--output", "table=report", "mysql.yaml"]);
    serde_json::from_str::<Value>(&both.out).unwrap();
    assert!(place.read("report").contains("MY001"));
}

#[test]
fn what_was_there_keeps_its_mode_and_its_link() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT), ("kept/report", "before")]);
    std::fs::set_permissions(place.path("kept/report"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("kept/report", place.path("link")).unwrap();
    assert_eq!(place.audit(&["--output", "json=link", "mysql.yaml"]).code, 1);
    assert!(place.path("link").is_symlink());
    assert_eq!(std::fs::metadata(place.path("kept/report")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(place.read("kept/report").starts_with('{'));
}

#[test]
fn what_cannot_be_written_is_told() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    for (output, words) in [
        ("json=nowhere/report.json", "nowhere/report.json: there is no folder nowhere to write into; make it first"),
        ("json=/dev/full", "/dev/full: it cannot be written, and is left as it is: No space left on device"),
        ("json=.", ".: it is a folder; name a file"),
        ("./mysql.yaml", "./mysql.yaml: it is audited, and would be written over"),
        ("-", "standard output has what --format says"),
    ] {
        let outcome = place.audit(&["--output", output, "mysql.yaml"]);
        assert!(outcome.code == 2 && outcome.err.contains(words), "{output}: {}", outcome.err);
    }
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    let with = |variables: &[(&str, &str)]| {
        let mut command = place.command(env!("CARGO_BIN_EXE_tidegate"), &["audit", "mysql.yaml"]);
        Outcome::of(command.envs(variables.iter().copied()).output().unwrap()).out.contains('\u{1b}')
    };
    assert!(!with(&[]));
    assert!(with(&[("CLICOLOR_FORCE", "1")]));
    assert!(!with(&[("NO_COLOR", "1")]));
}

#[test]
fn the_same_twice() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT), ("a/b.yaml", DEPLOYMENT), ("a/c.yaml", "kind: [")]);
    let (first, second) = (place.audit(&["."]), place.audit(&["."]));
    assert_eq!((first.code, first.out), (2, second.out));
}
