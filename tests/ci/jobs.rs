//! The scripts of the GitHub action and of the GitLab job, as bash runs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{BAD, GOOD, apart, commit, folder, path_with, programs, root};

fn yaml(file: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

/// What a script came to: its exit code, and what it said.
type Outcome = (i32, String);

fn bash(script: &str, at: &Path, programs: &TempDir, variables: &BTreeMap<String, String>) -> Outcome {
    // As GitHub's runner starts it, and stricter than GitLab's.
    let output = apart("bash", at)
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .env("PATH", path_with(programs.path()))
        .envs(variables)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said)
}

/// Runs the steps of the action that are scripts, with the inputs that are given.
fn action(at: &Path, inputs: &[(&str, &str)]) -> Outcome {
    let action = yaml("docs/ci/github/action.yml");
    let programs = programs();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().unwrap() {
        let given = inputs.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
        values.insert(format!("inputs.{name}"), given.unwrap_or(input["default"].as_str().unwrap()).to_owned());
    }
    values.insert("github.action_path".to_owned(), root().join("docs/ci/github").display().to_string());
    values.insert("runner.temp".to_owned(), programs.path().display().to_string());
    let mut last = (0, String::new());
    for step in action["runs"]["steps"].as_array().unwrap() {
        // What is guarded is for runners without tidegate; it takes longer than any other test.
        let Some(script) = step["run"].as_str().filter(|_| step.get("if").is_none()) else { continue };
        let mut variables: BTreeMap<String, String> = step["env"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, text)| (name.clone(), expanded(text.as_str().unwrap(), &values)))
            .collect();
        for file in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            variables.insert(file.to_owned(), programs.path().join(file).display().to_string());
        }
        last = bash(script, at, &programs, &variables);
        if step["id"] == "look" {
            let said = fs::read_to_string(programs.path().join("GITHUB_OUTPUT")).unwrap();
            assert_eq!(said, "found=true\n");
        }
    }
    if let Ok(summary) = fs::read_to_string(programs.path().join("GITHUB_STEP_SUMMARY")) {
        last.1.push_str(&summary);
    }
    last
}

/// A text with the expressions of GitHub's filled in.
fn expanded(text: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{{ {name} }}}}"), value))
}

#[test]
fn the_action_annotates_fails_and_leaves_a_sarif_file() {
    let there = folder(&[("a b.yaml", GOOD), ("manifests/mysql.yaml", BAD)]);
    let (code, said) = action(there.path(), &[("paths", "manifests")]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("::error") && said.contains("manifests/mysql.yaml") && said.contains("MY001"), "{said}");
    let sarif: Value = serde_json::from_slice(&fs::read(there.path().join("tidegate.sarif")).unwrap()).unwrap();
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
}

#[test]
fn the_action_passes_what_is_well() {
    let there = folder(&[("good.yaml", GOOD)]);
    let (code, said) = action(there.path(), &[("fail-on", "high"), ("sarif", "out.sarif")]);
    assert_eq!(code, 0, "{said}");
    assert!(there.path().join("out.sarif").is_file());
}

#[test]
fn the_action_takes_an_input_for_no_command() {
    let there = folder(&[("good.yaml", GOOD)]);
    let (code, said) = action(there.path(), &[("paths", "good.yaml; touch owned $(touch owned)")]);
    assert_eq!(code, 2, "{said}");
    assert!(!there.path().join("owned").exists());
    let (code, said) = action(there.path(), &[("paths", "--help")]);
    assert_eq!(code, 2, "{said}");
}

/// The GitLab job as bash runs it, with other values for some of its variables.
fn gitlab_job(at: &Path, changed: &[(&str, &str)]) -> Outcome {
    let job = yaml("docs/ci/gitlab-ci.yml")["tidegate"].clone();
    let mut variables: BTreeMap<String, String> = job["variables"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    for (name, value) in changed {
        assert!(variables.insert((*name).to_owned(), (*value).to_owned()).is_some(), "it has no {name}");
    }
    bash(job["script"][0].as_str().unwrap(), at, &programs(), &variables)
}

/// The text of a report that the GitLab job leaves.
fn gitlab_report(at: &Path, report: &str) -> String {
    let job = yaml("docs/ci/gitlab-ci.yml")["tidegate"].clone();
    fs::read_to_string(at.join(job["artifacts"]["reports"][report].as_str().unwrap())).unwrap()
}

#[test]
fn the_gitlab_job_leaves_both_reports() {
    for (manifest, expected) in [(BAD, 1), (GOOD, 0)] {
        let there = folder(&[("manifests/mysql.yaml", manifest)]);
        let (code, said) = gitlab_job(there.path(), &[("TIDEGATE_PATHS", "manifests")]);
        assert_eq!(code, expected, "{said}");
        for report in ["codequality", "junit"] {
            let text = gitlab_report(there.path(), report);
            assert_eq!(text.contains("MY001"), expected == 1, "{text}");
        }
    }
}

/// A repository whose first commit has a fault, and where another file comes after it; that commit.
fn with_history(new: &str) -> (TempDir, String) {
    let there = folder(&[("manifests/old.yaml", BAD)]);
    commit(there.path());
    let head = apart("git", there.path()).args(["rev-parse", "HEAD"]).output().unwrap();
    fs::write(there.path().join("manifests/new.yaml"), new).unwrap();
    commit(there.path());
    (there, String::from_utf8(head.stdout).unwrap().trim().to_owned())
}

#[test]
fn only_what_has_come_since_the_base_counts() {
    let other = BAD.replace("mysql-clieny", "another");
    assert_ne!(other, BAD);
    for (new, expected) in [(other.as_str(), 1), (GOOD, 0)] {
        let (there, base) = with_history(new);
        let (code, said) = action(there.path(), &[("paths", "manifests"), ("diff-base", &base)]);
        assert_eq!(code, expected, "{said}");
        let sarif: Value = serde_json::from_slice(&fs::read(there.path().join("tidegate.sarif")).unwrap()).unwrap();
        // What was there before is in it, and counts for nothing there.
        let counts = |result: &&Value| result["suppressions"].as_array().is_none_or(Vec::is_empty);
        let results = sarif["runs"][0]["results"].as_array().unwrap().iter().filter(counts);
        let sarif = results.map(Value::to_string).collect::<String>();
        let variables = [("TIDEGATE_PATHS", "manifests"), ("TIDEGATE_DIFF_BASE", base.as_str())];
        let (code, job_said) = gitlab_job(there.path(), &variables);
        assert_eq!(code, expected, "{job_said}");
        for told in [said, sarif, gitlab_report(there.path(), "codequality")] {
            assert!(!told.contains("old.yaml"), "{told}");
            assert_eq!(told.contains("new.yaml") && told.contains("MY001"), expected == 1, "{told}");
        }
        // What was there before is in it as skipped.
        let junit = gitlab_report(there.path(), "junit");
        assert_eq!(junit.contains("<failure"), expected == 1, "{junit}");
        // Without a base both count.
        let (code, said) = action(there.path(), &[("paths", "manifests")]);
        assert!(code == 1 && said.contains("old.yaml"), "{said}");
        assert_eq!(gitlab_job(there.path(), &[("TIDEGATE_PATHS", "manifests")]).0, 1);
    }
}

#[test]
fn a_base_that_is_none_fails_the_jobs_and_is_no_command() {
    let (there, _) = with_history(GOOD);
    for base in ["0123456789abcdef0123456789abcdef01234567", "--help", "$(touch owned); touch owned"] {
        for (code, said) in
            [action(there.path(), &[("diff-base", base)]), gitlab_job(there.path(), &[("TIDEGATE_DIFF_BASE", base)])]
        {
            assert!(code == 2 && said.contains("--diff-base"), "{base}: {said}");
        }
        assert!(!there.path().join("owned").exists(), "{base}");
    }
}
