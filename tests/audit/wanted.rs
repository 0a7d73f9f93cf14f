//! Rules and severities: which findings are told, and which count for the exit code.

use super::{DEPLOYMENT, Place};

#[test]
fn rules_and_severities_choose() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    let all = place.audit(&["mysql.yaml"]).rules();
    assert!(all.contains(&"MY001".to_owned()) && all.contains(&"MY005".to_owned()), "{all:?}");
    for (arguments, code, rules) in [
        (&["--rule", "MY001"][..], 1, &["MY001"][..]),
        (&["--rule", "my001", "--rule", "MY005"], 1, &["MY005", "MY001"]),
        (&["--rule", "MY001", "--exclude", "MY001"], 0, &[]),
        (&["--rule", "MY011", "--fail-on", "critical"], 0, &["MY011"]),
        (&["--rule", "MY011", "--fail-on", "high"], 1, &["MY011"]),
        (&["--severity", "critical"], 1, &["MY005", "MY001"]),
        (&["--rule", "MY002"], 0, &[]),
    ] {
        let arguments: Vec<&str> = arguments.iter().chain(&["mysql.yaml"]).copied().collect();
        let outcome = place.audit(&arguments);
        assert_eq!(
            (outcome.code, outcome.rules()),
            (code, rules.iter().map(|rule| (*rule).to_owned()).collect()),
            "{arguments:?}\n{}",
            outcome.out
        );
    }
    let severe = place.audit(&["--severity", "high", "mysql.yaml"]).rules();
    assert!(severe.len() < all.len() && severe.contains(&"MY005".to_owned()), "{severe:?}");
    // What is not asked for is not judged: without it, nothing keeps the object out.
    let only = place.audit(&["--rule", "MY001", "mysql.yaml"]);
    assert!(only.out.contains("would be repaired") && !only.out.contains("would be refused"), "{}", only.out);
}

#[test]
fn names_that_are_not_there_are_told_with_those_that_were_meant() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    for (arguments, words) in [
        (&["--rule", "MY01"][..], "there is no rule MY01; did you mean MY0"),
        (&["--exclude", "password"], "there is no rule password"),
        (&["--format", "jsn"], "a similar value exists: 'json'"),
        (&["--fail-on", "hihg"], "a similar value exists: 'high'"),
        (&["--output", "jsn=x"], "did you mean json?"),
    ] {
        let arguments: Vec<&str> = arguments.iter().chain(&["mysql.yaml"]).copied().collect();
        let outcome = place.audit(&arguments);
        assert!(outcome.code == 2 && outcome.err.contains(words), "{arguments:?}: {}", outcome.err);
    }
}

#[test]
fn quiet_and_verbose() {
    let place = Place::with(&[
        ("mysql.yaml", DEPLOYMENT),
        ("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: colours }\n"),
    ]);
    let quiet = place.audit(&["--quiet", "."]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (1, "", ""));
    assert!(!place.audit(&["."]).out.contains("colours"));
    let verbose = place.audit(&["--verbose", "."]);
    assert!(verbose.out.contains("ConfigMap \"colours\" (./other.yaml:1) would be admitted"), "{}", verbose.out);
    let explained = place.audit(&["--explain", "--rule", "MY005", "mysql.yaml"]);
    assert!(explained.out.contains("MY005") && explained.out.contains("emptyDir"), "{}", explained.out);
}
