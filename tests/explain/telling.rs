//! What `explain` says, and how it looks.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::tidegate;

#[test]
fn a_rule_is_explained_from_what_to_links() {
    let (code, out, err) = tidegate(&["explain", "my011"], &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(out);
}

#[test]
fn without_a_rule_all_are_listed() {
    let (code, out, _) = tidegate(&["explain"], &[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out);
}

#[test]
fn several_rules_and_policies_come_in_their_order_and_once() {
    let (code, out, _) = tidegate(&["explain", "MY012", "Probes", "my012"], &[]);
    assert_eq!(code, 0);
    let titles: Vec<&str> = out.lines().filter(|line| line.starts_with("MY0")).map(|line| &line[..5]).collect();
    assert_eq!(titles, ["MY012", "MY011", "MY013", "MY039"]);
}

#[test]
fn what_there_is_not_is_guessed() {
    for (word, expected) in [
        ("MY11", "did you mean MY011?"),
        ("probe", "did you mean probes?"),
        ("password", "did you mean plaintext-password?"),
        ("MY999", "there is no rule or policy \"MY999\"; `tidegate explain` lists all rules"),
    ] {
        let (code, out, err) = tidegate(&["explain", word], &[]);
        assert_eq!((code, out.as_str()), (2, ""), "{word}");
        assert!(err.contains(expected), "{word}: {err}");
    }
    let (code, _, err) = tidegate(&["explain", "--format", "jsn"], &[]);
    assert!(code == 2 && err.contains("'json'"), "{err}");
}

#[test]
fn programs_get_everything() {
    let (code, out, _) = tidegate(&["explain", "--format", "json", "MY001", "MY005"], &[]);
    assert_eq!(code, 0);
    let rules: serde_json::Value = serde_json::from_str(&out).unwrap();
    let fields = |rule: &serde_json::Value| rule.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&rules[0]), fields(&rules[1]));
    assert!(rules[0]["rule"] == "MY001" && rules[0]["atTheGate"] == "repaired");
    assert!(rules[1]["severity"] == "critical" && rules[1]["atTheGate"] == "refused");
    assert!(rules[0]["after"].as_str().unwrap().contains("secretKeyRef"));
    let (_, all, _) = tidegate(&["explain", "--format", "json"], &[]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&all).unwrap().as_array().unwrap().len(), 46);
}

#[test]
fn a_policy_document_counts() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("policies.yaml");
    let document = |name: &str, rest: &str| {
        format!(
            "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: {name} }}\nspec: {{ module: \
             builtin://{name}, {rest} }}\n"
        )
    };
    let text = [document("probes", "action: warn"), document("memory", "enabled: false")].join("---\n");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let (code, out, _) = tidegate(&["explain", "--policy", file, "MY011"], &[]);
    assert!(code == 0 && out.contains("a warning, the object passes"), "{out}");
    let (code, _, err) = tidegate(&["explain", "--policy", file, "MY018"], &[]);
    assert!(code == 2 && err.contains("MY018 is a rule of the policy memory, which is not in force"), "{err}");
}

#[test]
fn colours_are_for_terminals_and_whoever_forces_them() {
    for (variables, coloured) in
        [(&[][..], false), (&[("CLICOLOR_FORCE", "1")], true), (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false)]
    {
        for arguments in [&["explain"][..], &["explain", "MY007"]] {
            let (_, out, _) = tidegate(arguments, variables);
            assert_eq!(out.contains("\u{1b}["), coloured, "{variables:?}");
        }
    }
    let plain = tidegate(&["explain", "MY007"], &[]).1;
    let coloured = tidegate(&["explain", "MY007"], &[("CLICOLOR_FORCE", "1")]).1;
    assert!(plain.contains("`Recreate`") && !coloured.contains('`'));
}

#[test]
fn lines_fit_the_terminal() {
    for columns in ["40", "60", "80", "100", "1000"] {
        let width: usize = columns.parse::<usize>().unwrap().min(100);
        let (_, out, _) = tidegate(&["explain", "MY001", "MY016", "MY030"], &[("COLUMNS", columns)]);
        // What is not broken: manifests, code, and a word that is longer than the line.
        let prose = out
            .lines()
            .filter(|line| !line.starts_with("    ") && !line.starts_with("  +") && !line.starts_with("  -"));
        for line in prose {
            let words = line.split_whitespace().count();
            assert!(line.chars().count() <= width || words <= 2, "{columns}: {line}");
        }
    }
    let (_, out, _) = tidegate(&["explain"], &[("COLUMNS", "60")]);
    assert!(out.lines().skip(1).all(|line| line.chars().count() <= 62), "{out}");
}

#[test]
fn whoever_has_seen_enough_may_go() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["explain", "--format", "json"])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn rules_that_belong_to_no_policy_are_explained_too() {
    let (_, list, _) = tidegate(&["explain"], &[]);
    let (beside, history) = ("audits of files beside a cluster find it", "only audits with --history find it");
    for (rule, finder) in [
        ("TG001", beside),
        ("TG002", beside),
        ("TG003", beside),
        ("TG004", "the gate finds it, and so does every audit"),
        ("KEPT001", history),
        ("KEPT002", history),
    ] {
        let (code, out, err) = tidegate(&["explain", rule], &[]);
        assert_eq!((code, err.as_str()), (0, ""), "{rule}");
        assert!(out.contains(&format!(", of no policy: {finder}\n")), "{out}");
        for heading in ["What is wrong", "What happens otherwise", "By hand", "When to switch it off", "Links"] {
            assert!(out.contains(&format!("\n{heading}\n")), "{rule}: {heading}");
        }
        assert!(list.lines().any(|line| line.starts_with(rule)), "{rule}: {list}");
    }
}
