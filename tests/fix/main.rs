//! `tidegate fix` as a user starts it: what becomes of files, of passwords, and what it says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod charts;
#[path = "../support/command.rs"]
mod command;
mod corpus;
#[path = "../support/corpus.rs"]
mod corpus_files;
mod interactive;
#[path = "../support/nobody.rs"]
mod nobody;
mod other_user;
#[path = "../support/programs.rs"]
#[allow(dead_code, unused_imports, reason = "it serves other tests too")]
mod programs;
mod rewrite;
mod sealed;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod skip;
mod told;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use command::{Outcome, tidegate_in as run};
use tempfile::TempDir;

/// A password that stands nowhere else.
const PASSWORD: &str = "s3cr3t-Tide-77";

/// A manifest with a password, two comments and a repair that needs no Secret.
const MANIFEST: &str = "# The shop's database.\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: mysql, namespace: \
     shop } # kept\nspec:\n  selector: { matchLabels: { app: mysql } }\n  template:\n    metadata: { labels: { app: mysql } \
     }\n    spec:\n      containers:\n        - name: mysql\n          image: mysql:8.4\n          env:\n            - name: \
     MYSQL_ROOT_PASSWORD\n              value: s3cr3t-Tide-77\n";

fn fix(folder: &Path, arguments: &[&str], input: &str) -> Outcome {
    run(folder, &[&["fix"], arguments].concat(), input)
}

fn folder_with(manifest: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mysql.yaml");
    fs::write(&file, manifest).unwrap();
    (folder, file)
}

fn says_no_password((_, out, err): &Outcome) {
    assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "{out}{err}");
}

#[test]
fn without_a_destination_the_password_stays_and_the_way_out_is_told() {
    let (folder, file) = folder_with(MANIFEST);
    let outcome = fix(folder.path(), &["mysql.yaml"], "");
    says_no_password(&outcome);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(outcome.0, 1, "{}", outcome.1);
    assert!(outcome.1.contains("--secrets"), "{}", outcome.1);
    assert!(text.contains(PASSWORD) && text != MANIFEST, "{text}");
}

#[test]
fn a_password_goes_into_its_file_and_a_second_run_has_nothing_to_do() {
    let (folder, file) = folder_with(MANIFEST);
    let secrets = folder.path().join("secrets.yaml");
    let arguments = ["--secrets", "secrets.yaml", "mysql.yaml"];
    says_no_password(&fix(folder.path(), &arguments, ""));
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(PASSWORD) && text.contains("mysql-credentials"), "{text}");
    assert!(text.contains("# The shop's database.") && text.contains("# kept"), "{text}");
    assert_eq!(fs::metadata(&secrets).unwrap().mode() & 0o7777, 0o600);
    let kept = fs::read_to_string(&secrets).unwrap();
    assert!(kept.contains("kind: Secret") && kept.contains("czNjcjN0LVRpZGUtNzc="), "its base64 is in {kept}");
    fix(folder.path(), &arguments, "");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(fs::read_to_string(&secrets).unwrap(), kept);
    // A run that was killed between the two: the manifest is as it was, the Secret is there.
    fs::write(&file, MANIFEST).unwrap();
    fix(folder.path(), &arguments, "");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(fs::read_to_string(&secrets).unwrap(), kept);
    // Another password gets a key of its own.
    fs::write(&file, MANIFEST.replace(PASSWORD, "an0ther-Tide-78")).unwrap();
    fix(folder.path(), &arguments, "");
    assert!(fs::read_to_string(&file).unwrap().contains("MYSQL_ROOT_PASSWORD.2"));
    assert!(fs::read_to_string(&secrets).unwrap().contains("czNjcjN0LVRpZGUtNzc="));
}

#[test]
fn what_only_shows_changes_nothing_and_shows_no_password() {
    let (folder, file) = folder_with(MANIFEST);
    for arguments in [&["--check"][..], &["--diff"], &["--diff", "--secrets", "secrets.yaml"]] {
        let outcome = fix(folder.path(), &[arguments, &["mysql.yaml"]].concat(), "");
        says_no_password(&outcome);
        assert_eq!(outcome.0, 1, "{arguments:?} {}", outcome.2);
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST);
        assert!(!folder.path().join("secrets.yaml").exists());
        if arguments.contains(&"--secrets") {
            assert!(outcome.1.contains("-              value: <withheld>"), "{}", outcome.1);
        }
    }
}

#[test]
fn a_secret_is_not_put_where_git_would_find_it() {
    let (folder, file) = folder_with(MANIFEST);
    assert!(Command::new("git").arg("init").arg("-q").current_dir(folder.path()).status().unwrap().success());
    let arguments = ["--secrets", "secrets.yaml", "mysql.yaml"];
    let (code, _, err) = fix(folder.path(), &arguments, "");
    assert!(code == 2 && err.contains("Git"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST);
    fs::write(folder.path().join(".gitignore"), "secrets.yaml\n").unwrap();
    fix(folder.path(), &arguments, "");
    assert!(!fs::read_to_string(&file).unwrap().contains(PASSWORD));
}

#[test]
fn line_breaks_and_the_byte_order_mark_stay() {
    let windows = format!("\u{feff}{}", MANIFEST.replace('\n', "\r\n"));
    let (folder, file) = folder_with(&windows);
    fix(folder.path(), &["mysql.yaml"], "");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text != windows && text.starts_with('\u{feff}'));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn a_file_that_cannot_be_written_is_told_and_stays() {
    let (folder, file) = folder_with(MANIFEST);
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    let (code, out, _) = fix(folder.path(), &["mysql.yaml"], "");
    assert!(code == 2 && out.contains("read-only"), "{out}");
    assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn standard_input_is_repaired_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = fix(folder.path(), &["-"], &format!("a: [1\n---\n{MANIFEST}"));
    assert_eq!(code, 2, "one document cannot be read");
    assert!(out.starts_with("a: [1\n---\n# The shop's") && out.len() > MANIFEST.len() + 20, "{out}");
}

#[test]
fn who_says_no_or_nothing_gets_nothing_changed() {
    for answers in ["", "q\n", "d\n", "?\nq\n"] {
        let (folder, file) = folder_with(MANIFEST);
        let outcome = fix(folder.path(), &["--interactive", "mysql.yaml"], answers);
        says_no_password(&outcome);
        assert!(outcome.1.contains("Repair this"), "{}", outcome.1);
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST, "{answers:?}");
    }
    let (folder, file) = folder_with(MANIFEST);
    fix(folder.path(), &["--interactive", "mysql.yaml"], "\na\n");
    assert_ne!(fs::read_to_string(&file).unwrap(), MANIFEST);
}

#[test]
fn a_password_is_hidden_and_told_wherever_it_stands() {
    let manifest = MANIFEST.replace(
        "value: s3cr3t-Tide-77\n",
        "value: &pw s3cr3t-Tide-77 # as s3cr3t-Tide-77 was\n            - name: OTHER\n              value: *pw\n",
    );
    let (folder, file) = folder_with(&manifest);
    for arguments in [&["fix", "--diff", "--secrets", "s.yaml", "."][..], &["audit", "--format", "html", "."]] {
        says_no_password(&run(folder.path(), arguments, ""));
    }
    says_no_password(&run(folder.path(), &["audit", "--format", "markdown", "--exclude", "MY001", "."], ""));
    let outcome = fix(folder.path(), &["--secrets", "s.yaml", "mysql.yaml"], "");
    says_no_password(&outcome);
    assert_eq!(outcome.0, 1, "{}", outcome.1);
    assert!(outcome.1.contains("still holds the password that was moved out of MYSQL_ROOT_PASSWORD"), "{}", outcome.1);
    assert!(fs::read_to_string(&file).unwrap().contains(PASSWORD));
}

#[test]
fn another_password_of_a_variable_is_told() {
    let (folder, file) = folder_with(MANIFEST);
    assert!(!fix(folder.path(), &["--secrets", "s.yaml", "mysql.yaml"], "").1.contains("ALTER USER"));
    fs::write(&file, MANIFEST.replace(PASSWORD, "an-0ther-word")).unwrap();
    let outcome = fix(folder.path(), &["--secrets", "s.yaml", "mysql.yaml"], "");
    assert!(outcome.1.contains("this one got the key MYSQL_ROOT_PASSWORD.2"), "{}", outcome.1);
    assert!(!outcome.1.contains("an-0ther-word") && outcome.1.contains("ALTER USER"), "{}", outcome.1);
}

#[test]
fn a_manifest_is_no_place_for_secrets() {
    let (folder, file) = folder_with(MANIFEST);
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    for (secrets, words) in
        [("mysql.yaml", "is for Secrets alone"), ("-", "passwords are not written to standard output")]
    {
        let (code, out, err) = fix(folder.path(), &["--secrets", secrets, "mysql.yaml"], "");
        assert!(code == 2 && format!("{out}{err}").contains(words), "{out}{err}");
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST);
    }
}

#[test]
fn only_what_is_wanted_is_repaired() {
    for (arguments, repaired) in [
        (&["--rule", "MY017"][..], "terminationGracePeriodSeconds"),
        (&["--rule", "my011"], "readinessProbe"),
        (&["--exclude", "MY017", "--severity", "high"], "readinessProbe"),
    ] {
        let (folder, file) = folder_with(MANIFEST);
        fix(folder.path(), &[arguments, &["mysql.yaml"]].concat(), "");
        let text = fs::read_to_string(&file).unwrap();
        for part in ["terminationGracePeriodSeconds", "readinessProbe"] {
            assert_eq!(text.contains(part), part == repaired, "{arguments:?}: {text}");
        }
    }
    let (folder, _) = folder_with(MANIFEST);
    let (code, _, err) = fix(folder.path(), &["--rule", "MY01", "mysql.yaml"], "");
    assert!(code == 2 && err.contains("there is no rule MY01"), "{err}");
}
