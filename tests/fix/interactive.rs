//! Repairs that are asked about one by one: what is answered is what becomes of the files, and nothing else.

use std::fs;

use super::{MANIFEST, PASSWORD, fix, folder_with, says_no_password};

/// What each repair of the manifest writes, in the order in which they are asked about.
const REPAIRS: [&str; 3] = ["terminationGracePeriodSeconds", "secretKeyRef", "startupProbe"];

/// Which of the repairs a text has: `101`.
fn repairs(text: &str) -> String {
    REPAIRS.map(|part| if text.contains(part) { "1" } else { "0" }).concat()
}

#[test]
fn each_answer_is_for_its_repair() {
    for (answers, repaired, asked) in [
        ("y\ny\ny\n", "111", 3),
        ("y\nn\ny\n", "101", 3),
        ("n\ny\nn\n", "010", 3),
        ("n\nn\nn\n", "000", 3),
        ("n\na\n", "011", 2),
        ("y\nd\n", "100", 2),
        ("y\nq\n", "100", 2),
        // The end of the input is a q.
        ("y\ny\n", "110", 3),
        ("n\ny", "010", 3),
        ("", "000", 1),
        // What is no answer is asked again, with what each means.
        ("?\nyes please\ny\nq\n", "100", 4),
    ] {
        let (folder, file) = folder_with(MANIFEST);
        let outcome = fix(folder.path(), &["--interactive", "--secrets", "s.yaml", "mysql.yaml"], answers);
        says_no_password(&outcome);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(repairs(&text), repaired, "{answers:?}: {}", outcome.1);
        assert_eq!(outcome.1.matches("Repair this").count(), asked, "{answers:?}: {}", outcome.1);
        assert_eq!(outcome.1.contains("q - leave this"), answers.contains('?'), "{answers:?}");
        // The password is in one place, and it is where the answer put it.
        assert_eq!(text.contains(PASSWORD), &repaired[1..2] == "0", "{answers:?}");
        assert_eq!(folder.path().join("s.yaml").exists(), &repaired[1..2] == "1", "{answers:?}");
        assert_eq!(outcome.0, 1, "something is left: {}", outcome.1);
    }
}

#[test]
fn where_a_password_goes_is_asked_if_nobody_said() {
    for (answers, moved, asked) in
        [("s.yaml\na\n", true, 1), ("\na\n", false, 1), ("y\ns.yaml\na\n", true, 2), ("", false, 1)]
    {
        let (folder, file) = folder_with(MANIFEST);
        let outcome = fix(folder.path(), &["--interactive", "mysql.yaml"], answers);
        says_no_password(&outcome);
        assert_eq!(outcome.1.matches("Where does it go").count(), asked, "{answers:?}: {}", outcome.1);
        let is_gone = !fs::read_to_string(&file).unwrap().contains(PASSWORD);
        assert_eq!((is_gone, folder.path().join("s.yaml").exists()), (moved, moved), "{answers:?}: {}", outcome.1);
    }
    // Where there is no password, nobody is asked.
    let (folder, _) =
        folder_with(&MANIFEST.replace("value: s3cr3t-Tide-77", "valueFrom: { secretKeyRef: { name: a, key: b } }"));
    let outcome = fix(folder.path(), &["--interactive", "mysql.yaml"], "");
    assert!(!outcome.1.contains("Where does it go") && outcome.1.contains("Repair this"), "{}", outcome.1);
}

#[test]
fn what_was_said_of_a_file_is_not_said_of_the_next() {
    for (answers, first, second) in [
        ("d\na\n", "000", "111"),
        ("a\nd\n", "111", "000"),
        ("a\nn\ny\nn\n", "111", "010"),
        ("y\nq\n", "100", "000"),
        ("a\nq\n", "111", "000"),
        ("a\n", "111", "000"),
        ("d\ny\n", "000", "100"),
    ] {
        let (folder, file) = folder_with(MANIFEST);
        let other = MANIFEST.replace("name: mysql, namespace", "name: other, namespace");
        fs::write(folder.path().join("other.yaml"), other).unwrap();
        let outcome = fix(folder.path(), &["-i", "--secrets", "s.yaml", "mysql.yaml", "other.yaml"], answers);
        says_no_password(&outcome);
        for (file, expected) in [(file, first), (folder.path().join("other.yaml"), second)] {
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(repairs(&text), expected, "{answers:?} {}: {}", file.display(), outcome.1);
        }
    }
}

#[test]
fn a_password_that_has_to_stay_takes_no_answer_with_it() {
    // The Secret that the file holds already is another workload's.
    let (folder, file) = folder_with(&MANIFEST.replace("kind: Deployment", "kind: ReplicaSet"));
    assert_eq!(fix(folder.path(), &["--secrets", "s.yaml", "--rule", "MY001", "mysql.yaml"], "").0, 0);
    fs::write(&file, MANIFEST).unwrap();
    let outcome = fix(folder.path(), &["-i", "--secrets", "s.yaml", "mysql.yaml"], "y\ny\nn\n");
    says_no_password(&outcome);
    assert!(outcome.1.contains("belongs to ReplicaSet"), "{}", outcome.1);
    assert_eq!(repairs(&fs::read_to_string(&file).unwrap()), "100", "{}", outcome.1);
}
