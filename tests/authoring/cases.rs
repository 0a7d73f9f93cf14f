//! `policy test`: what is as expected, what is not, what cannot be read, and what is written.

use junit_parser::TestStatus;

use super::{Folder, deployment};

/// A case that grace-period fulfils.
fn good() -> String {
    let patch = "{ op: replace, path: /spec/template/spec/terminationGracePeriodSeconds, value: 120 }";
    format!(
        "about: Ten seconds are too few.\n{}expect:\n  decision: allow\n  findings:\n    - {{ rule: MY017, severity: \
         medium, at: /spec/template/spec/terminationGracePeriodSeconds, fixed: true, message: killed 10 seconds after \
         }}\n  patch:\n    - {patch}\n",
        deployment(10)
    )
}

/// A case that shows that the rule does not fire.
fn silent() -> String {
    format!("about: Two minutes.\n{}expect: {{ decision: allow, findings: [] }}\n", deployment(120))
}

#[test]
fn what_is_as_expected_is_told_by_name_and_counted() {
    let folder = Folder::of("grace-period");
    folder.write("cases/short.yaml", &good());
    folder.write("cases/long.yaml", &silent());
    let (code, out, err) = folder.policy(&["test", "--require-coverage"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for part in [
        "ok      long\nok      short\n",
        "grace-period: 2 cases in ",
        ": 2 ok\n",
        "rules: 1 of 1 with a case in which they fire, and one in which they do not\n",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    for arguments in [
        &["test", "build/grace-period.wasm"][..],
        &["test", "builtin://grace-period", "--cases", "cases"],
        &["test", ".", "--filter", "Two minutes"],
    ] {
        let (code, out, err) = folder.policy(arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}: {out}");
    }
}

#[test]
fn a_wrong_case_fails_with_what_was_expected_and_what_came() {
    let folder = Folder::of("grace-period");
    let wrong = good()
        .replace("decision: allow", "decision: deny")
        .replace("severity: medium", "severity: high")
        .replace("value: 120", "value: 60")
        .replace("killed 10 seconds", "killed 60 seconds")
        + "  object: { kind: Deployment }\n  secrets: [{ name: a, key: b }]\n";
    folder.write("cases/wrong.yaml", &wrong);
    folder.write("cases/long.yaml", &silent());
    folder.write("cases/not-asked.yaml", &good().replace("kind: Deployment", "kind: Service"));
    let (code, out, _) = folder.policy(&["test"]);
    assert_eq!(code, 1);
    let told = out.split("\n\n").next().unwrap();
    insta::assert_snapshot!(told);
}

/// Each difference alone makes a case fail, so that none is overlooked.
#[test]
fn every_difference_counts() {
    let folder = Folder::of("grace-period");
    for (from, to) in [
        ("decision: allow", "decision: deny"),
        ("rule: MY017", "rule: MY018"),
        ("severity: medium", "severity: low"),
        ("Seconds, fixed", ", fixed"),
        ("fixed: true", "fixed: false"),
        ("killed 10 seconds after", "killed 11 seconds after"),
        ("value: 120", "value: 121"),
        ("  patch:\n", "  object: {}\n  patch:\n"),
        ("  patch:\n", "  secrets: [{ name: a, key: b }]\n  patch:\n"),
        ("  patch:\n", "  error: it crashed\n  patch:\n"),
        ("  findings:\n", "  findings:\n    - { rule: MY017, severity: low, at: /spec, fixed: false }\n"),
    ] {
        let wrong = good().replace(from, to);
        assert_ne!(wrong, good());
        folder.write("cases/wrong.yaml", &wrong);
        let (code, out, err) = folder.policy(&["test"]);
        assert_eq!(code, 1, "{to}: {out}{err}");
    }
}

#[test]
fn a_case_that_cannot_be_read_is_told_with_its_place_and_hides_no_other() {
    let folder = Folder::of("grace-period");
    folder.write("cases/good.yaml", &good());
    for (text, place) in [
        ("about: x\nobject: {}\nexpect:\n  decision: allow\n  findngs: []\n", ":5: expect.findngs: unknown field"),
        ("about: x\nobject: {}\nexpect: { decision: maybe, findings: [] }\n", ":3: expect.decision: unknown variant"),
        ("about: x\nobject: {}\nexpect:\n  decision: allow\n", ":3: expect: it needs decision and findings"),
        ("object: {}\n", ":1: the case: missing field `about`"),
        ("about: x\nobject: {}\noperation: DELETE\n", ":3: operation: unknown variant"),
        ("about: x\nobject: {}\nuser: { name: a, group: b }\n", ":3: user.group: unknown field"),
        ("about: x\nobject: [1\n", "a bracket or brace is opened and never closed"),
        ("about: x\n---\nabout: y\n", ":3: here a second document begins"),
        ("# nothing\n", ":1: it is empty"),
    ] {
        folder.write("cases/bad.yaml", text);
        let (code, out, err) = folder.policy(&["test"]);
        assert_eq!((code, err.as_str()), (2, ""), "{out}");
        assert!(out.contains("cases/bad.yaml:") && out.contains(place), "{place} is not in\n{out}");
        assert!(out.contains("ok      good"), "{out}");
    }
}

#[test]
fn what_is_not_there_is_told_with_the_way_out() {
    let folder = Folder::of("grace-period");
    for (arguments, part) in [
        (&["test"][..], "there is no case; each is a file NAME.yaml"),
        (&["test", "nowhere"], "name its folder, its component (a file .wasm), or builtin://NAME"),
        (&["test", "cases"], "make it with `tidegate policy build cases`"),
        (&["test", "--cases", "nowhere"], "--cases names their folder"),
        (&["test", "builtin://nothing", "--cases", "cases"], "there is no built-in policy \"nothing\""),
        (&["test", "--policy", "nowhere.yaml"], "nowhere.yaml"),
        (&["test", "--filter", "a", "--require-coverage"], "cannot be used with"),
    ] {
        let (code, out, err) = folder.policy(arguments);
        assert_eq!(code, 2, "{arguments:?}: {out}{err}");
        assert!(err.contains(part), "{part} is not in\n{err}");
    }
    folder.write("cases/good.yaml", &good());
    let (code, _, err) = folder.policy(&["test", "--filter", "zzz"]);
    assert!(code == 2 && err.contains("no case has \"zzz\""), "{err}");
    folder.write("build/other.wasm", "");
    let (code, _, err) = folder.policy(&["test"]);
    assert!(code == 2 && err.contains("grace-period.wasm, other.wasm"), "{err}");
    let (code, _, err) = folder.policy(&["test", "build/other.wasm"]);
    assert!(code == 2 && err.contains("is not a WebAssembly component"), "{err}");
}

#[test]
fn updating_writes_what_came_and_nothing_else() {
    let folder = Folder::of("grace-period");
    let commented = good()
        .replace("about:", "# Above.\nabout:")
        .replace("  spec:\n", "  spec:   # wide\n")
        .replace("decision: allow\n", "decision: allow # stays\n");
    let wrong = commented.replace("medium", "low").replace("value: 120", "value: 1");
    folder.write("cases/wrong.yaml", &wrong);
    let empty = format!("about: Yet to be filled in.\n{}", deployment(10));
    folder.write("cases/empty.yaml", &empty);
    folder.write("cases/long.yaml", &silent());
    let crash = format!("about: Once it failed.\n{}expect:\n  error: it crashed\n", deployment(120));
    folder.write("cases/was-error.yaml", &crash);
    let (code, out, err) = folder.policy(&["test", "--update"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("3 written") && out.contains("Review:\n  ./cases/empty.yaml\n"), "{out}");
    assert_eq!(folder.read("cases/wrong.yaml"), commented);
    assert_eq!(folder.read("cases/long.yaml"), silent());
    assert_eq!(
        folder.read("cases/was-error.yaml"),
        crash.replace("  error: it crashed\n", "  decision: allow\n  findings: []\n")
    );
    let filled = folder.read("cases/empty.yaml");
    assert!(
        filled.starts_with(&empty) && filled.contains("expect:\n  decision: allow\n  findings:\n    - { rule: MY017")
    );
    let (code, out, _) = folder.policy(&["test"]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(folder.read("cases/empty.yaml"), filled);
}

#[test]
fn rules_without_their_cases_are_named() {
    let folder = Folder::of("grace-period");
    folder.write("cases/long.yaml", &silent());
    let (code, out, _) = folder.policy(&["test"]);
    assert_eq!(code, 0);
    assert!(out.contains("MY017 lacks a case in which it fires: the server is killed"), "{out}");
    assert_eq!(folder.policy(&["test", "--require-coverage"]).0, 1);
    folder.write("cases/short.yaml", &good());
    assert_eq!(folder.policy(&["test", "--require-coverage"]).0, 0);
    std::fs::remove_file(folder.path("cases/long.yaml")).unwrap();
    // A case in which the policy is not asked shows nothing.
    folder.write("cases/other.yaml", &silent().replace("kind: Deployment", "kind: Ingress"));
    let (code, out, _) = folder.policy(&["test", "--require-coverage"]);
    assert!(code == 1 && out.contains("MY017 lacks a case in which it does not fire"), "{out}");
}

#[test]
fn a_policy_that_fails_or_refuses_its_settings_can_be_expected() {
    let folder = Folder::misbehaving();
    let case = |how: &str, expect: &str| {
        format!("about: It does wrong.\nsettings: {{ how: {how} }}\n{}expect: {expect}\n", deployment(10))
    };
    folder.write("cases/loop.yaml", &case("loop", "{ error: ran longer than the 100 ms }"));
    folder.write("cases/panic.yaml", &case("panic", "{ error: it crashed, decision: deny, findings: [] }"));
    folder.write("cases/settings.yaml", &case("nonsense", "{ error: \"spec.settings.how: \" }"));
    folder.write("cases/good.yaml", &case("not-at-all", "{ decision: allow, findings: [] }"));
    let (code, out, err) = folder.policy(&["test"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    folder.write("cases/loop.yaml", &case("loop", "{ error: it crashed }"));
    folder.write("cases/panic.yaml", &case("panic", "{ decision: deny, findings: [] }"));
    folder.write("cases/settings.yaml", &case("nonsense", "{ decision: allow, findings: [] }"));
    folder.write("cases/good.yaml", &case("not-at-all", "{ error: it crashed }"));
    let (code, out, _) = folder.policy(&["test"]);
    assert!(code == 1 && out.contains(": 4 failed"), "{out}");
    assert!(out.contains("+ error: it ran longer than the 100 ms that it may"), "{out}");
}

#[test]
fn what_the_document_says_counts_and_a_case_may_say_otherwise() {
    let folder = Folder::of("grace-period");
    folder.write(
        "policy.yaml",
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: patience }\nspec:\n  module: \
         oci://elsewhere/patience:1\n  action: warn\n",
    );
    let told = good().replace("fixed: true", "fixed: false").split("  patch:").next().unwrap().to_owned();
    folder.write("cases/warned.yaml", &told);
    folder.write("cases/fixed.yaml", &format!("action: fix\n{}", good()));
    let validated = told.replace("about:", "phase: validate\naction: fix\nabout:");
    folder.write("cases/validated.yaml", &validated);
    let (code, out, err) = folder.policy(&["test"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("patience: 3 cases"), "{out}");
}

#[test]
fn what_the_document_does_not_grant_is_a_problem() {
    let folder = Folder::of("availability");
    folder.write("cases/pod.yaml", &silent());
    let document = "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: availability }\nspec: { \
                    module: builtin://availability, reads: [] }\n";
    folder.write("policy.yaml", document);
    let (code, out, _) = folder.policy(&["test"]);
    assert!(code == 1 && out.contains("problem: ./policy.yaml: policy availability: "), "{out}");
    assert!(out.contains("add to spec.reads: - { apiVersion: "), "{out}");
    std::fs::remove_file(folder.path("policy.yaml")).unwrap();
    assert_eq!(folder.policy(&["test"]).0, 0);
}

#[test]
fn programs_get_junit_and_json() {
    let folder = Folder::of("grace-period");
    folder.write("cases/bad.yaml", "about: x\n");
    folder.write("cases/good.yaml", &good());
    folder.write("cases/wrong.yaml", &good().replace("medium", "high"));
    let (code, out, _) = folder.policy(&["test", "--junit", "cases.xml", "--format", "json"]);
    assert_eq!(code, 2);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let outcomes: Vec<_> = report["cases"].as_array().unwrap().iter().map(|case| &case["outcome"]).collect();
    assert_eq!(outcomes, ["unusable", "passed", "failed"]);
    assert!(report["cases"][2]["actual"][2].as_str().unwrap().contains("severity: medium"), "{out}");
    assert_eq!(report["coverage"]["rules"][0]["silent"], 0);
    let suites = junit_parser::from_reader(folder.read("cases.xml").as_bytes()).unwrap();
    let suite = &suites.suites[0];
    assert_eq!((suite.name.as_str(), suite.tests, suite.failures, suite.errors), ("grace-period", 3, 1, 1));
    let texts: Vec<String> = suite
        .cases
        .iter()
        .map(|case| match &case.status {
            TestStatus::Success => format!("{}: ok", case.name),
            TestStatus::Error(error) => format!("{}: {}", case.name, error.message),
            TestStatus::Failure(failure) => format!("{}: {}", case.name, failure.text),
            TestStatus::Skipped(_) => format!("{}: skipped", case.name),
        })
        .collect();
    assert!(texts[0].contains("bad.yaml:1: the case: missing field `object`"), "{texts:?}");
    assert_eq!(texts[1], "grace-period::good: ok");
    assert!(texts[2].contains("+   - { rule: MY017, severity: medium"), "{texts:?}");
}
