//! What `tidegate fix` says: little, and of the files as they are then.

use std::fs;

use super::{MANIFEST, fix, folder_with};

/// What stands on a line of a text, from 1.
fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number - 1).unwrap_or_default()
}

#[test]
fn little_is_said_unless_more_is_wanted() {
    for (arguments, lines, has, has_not) in [
        (&[][..], 3..12, "repaired Deployment \"mysql\" in namespace \"shop\": MY011, MY017", "Set resources"),
        (&["--quiet"], 1..2, "1 file, ", "MY0"),
        (&["--verbose"], 8..40, "Set resources.requests.memory", "--verbose"),
    ] {
        let (folder, _) = folder_with(MANIFEST);
        let (_, out, err) = fix(folder.path(), &[arguments, &["mysql.yaml"]].concat(), "");
        assert!(lines.contains(&out.lines().count()), "{arguments:?}: {out}{err}");
        assert!(out.contains(has) && !out.contains(has_not), "{arguments:?}: {out}");
        let closing = out.lines().last().unwrap();
        assert!(closing.starts_with("1 file, ") && closing.ends_with(" left"), "{closing}");
    }
}

#[test]
fn problems_are_told_however_little_is_wanted() {
    let (folder, _) = folder_with("a: [1\n");
    let (code, out, _) = fix(folder.path(), &["--quiet", "mysql.yaml"], "");
    assert!(code == 2 && out.contains("error: mysql.yaml:"), "{out}");
}

#[test]
fn what_is_left_stands_on_the_line_that_is_told() {
    // The probes of the first container move the second one down.
    let manifest = MANIFEST.to_owned() + "        - name: again\n          image: mysql:8.4\n";
    let (folder, file) = folder_with(&manifest);
    let (_, out, _) = fix(folder.path(), &["mysql.yaml"], "");
    let text = fs::read_to_string(&file).unwrap();
    assert_ne!(text, manifest);
    let mut seen = 0;
    for told in out.lines().filter(|line| line.contains("left ") && line.contains("again")) {
        let (_, rest) = told.split_once("] line ").unwrap();
        let number = rest.split(':').next().unwrap().parse().unwrap();
        assert!(line(&text, number).contains("again"), "{told}\n{text}");
        seen += 1;
    }
    assert!(seen > 0, "{out}");
}

#[test]
fn what_is_left_is_what_an_audit_finds_afterwards() {
    for arguments in [&[][..], &["--secrets", "secrets.yaml"], &["--rule", "MY017", "--rule", "MY018"]] {
        let (folder, _) = folder_with(MANIFEST);
        let (_, out, _) = fix(folder.path(), &[arguments, &["--verbose", "mysql.yaml"]].concat(), "");
        let wanted = arguments.iter().filter(|argument| !argument.contains("secrets")).copied();
        let audit: Vec<&str> =
            ["audit", "--format", "concise"].into_iter().chain(wanted).chain(["mysql.yaml"]).collect();
        let (_, found, _) = super::run(folder.path(), &audit, "");
        let rows = |text: &str, mark: &str| {
            let mut rules: Vec<String> = text.lines().filter(|line| line.contains(mark)).map(rule).collect();
            rules.sort();
            rules
        };
        let (left, found) = (rows(&out, "  left "), rows(&found, "mysql.yaml:"));
        assert!(left == found && !left.is_empty(), "{arguments:?}: {left:?}, not {found:?}\n{out}");
    }
}

/// The rule that a line names in brackets.
fn rule(line: &str) -> String {
    let (_, rest) = line.split_once('[').unwrap();
    rest.split(']').next().unwrap().to_owned()
}
