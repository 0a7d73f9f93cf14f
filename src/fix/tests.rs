//! Questions about repairs that follow from each other, with policies that are made for the tests.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::engine::WorkloadSecret;
use crate::finding::{Edit, Finding, Severity};
use crate::policy::scripted::{description, scripted};
use crate::policy::{InstalledPolicy, PolicySet};
use crate::secrets::Applied;

/// A password in the manifest, and in a comment of it.
const PASSWORD: &str = "Tide-s3cr3t-9";

/// Where the variable is that has it.
const VARIABLE: &str = "/spec/template/spec/containers/0/env/0";

/// Where the arguments are that the policies judge.
const ARGUMENTS: &str = "/spec/template/spec/containers/0/args";

/// A policy whose rule has its name. It finds an argument, as long as another one is not there any more, or the
/// password; `instead` is what stands in the argument's place after the repair, if anything.
fn policy(name: &str, argument: &'static str, unless: &'static str, instead: Option<&'static str>) -> InstalledPolicy {
    let rule = name.to_uppercase();
    scripted(description(name, &rule), move |context| {
        let finding = |at: String, edit| {
            let (rule, message) = (rule.clone(), "wrong".to_owned());
            vec![Finding { rule, severity: Severity::High, at, message, help: None, fix: vec![edit] }]
        };
        if argument == VARIABLE {
            let has_value = context.object.pointer(VARIABLE).is_some_and(|variable| variable.get("value").is_some());
            let moved = || finding(VARIABLE.to_owned(), Edit::MoveToSecret(VARIABLE.to_owned()));
            return Ok(if has_value { moved() } else { Vec::new() });
        }
        let arguments = context.object.pointer(ARGUMENTS).and_then(Value::as_array).cloned().unwrap_or_default();
        let index = arguments.iter().position(|one| one == argument);
        let Some(index) = index.filter(|_| !arguments.contains(&json!(unless))) else { return Ok(Vec::new()) };
        let at = format!("{ARGUMENTS}/{index}");
        let edit = instead.map_or(Edit::Remove(at.clone()), |instead| Edit::Set(at.clone(), json!(instead)));
        Ok(finding(at, edit))
    })
}

/// A judges before C: what C repairs lets A see its fault. B is there from the start, behind what C takes away.
fn policies() -> PolicySet {
    PolicySet::new(vec![
        policy("a", "--one", "--hides", None),
        policy("b", "--two", "", Some("--second")),
        policy("c", "--hides", "", None),
        policy("p", VARIABLE, "", None),
    ])
}

/// Answers in their order, then `q`; and what was asked.
struct Script {
    answers: VecDeque<Answer>,
    asked: Vec<String>,
}

impl Ask for Script {
    fn ask(&mut self, question: &Question<'_>) -> Answer {
        let file = question.file.rsplit('/').next().unwrap_or_default();
        self.asked.push(format!("{file} {}", question.rule));
        assert!(!question.diff.is_empty() && !question.diff.concat().contains(PASSWORD), "{question:?}");
        self.answers.pop_front().unwrap_or(Answer::Quit)
    }
}

/// Takes every Secret, and keeps none.
struct Takes;

impl Destination for Takes {
    fn take(&mut self, _: &WorkloadSecret, _: Option<&Path>) -> Result<Applied, DestinationError> {
        Ok(Applied::default())
    }

    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError> {
        Ok(Vec::new())
    }
}

/// The arguments of each file after the answers, and what was asked.
fn after(files: &[&str], answers: &[Answer], destination: Option<&mut dyn Destination>) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = files.iter().map(|name| folder.path().join(name)).collect();
    for path in &paths {
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec:\n  template:\n    spec:\n      \
             containers:\n      - name: m\n        image: mysql:8.4\n        env:\n        - name: MYSQL_PWD\n          \
             value: {PASSWORD}\n        args: [--hides, --one, --two] # after {PASSWORD}\n"
        );
        fs::write(path, text).unwrap();
    }
    let options = FixOptions { mode: Mode::Write, ..FixOptions::default() };
    let mut script = Script { answers: answers.iter().copied().collect(), asked: Vec::new() };
    let report = fix(&paths, &options, &policies(), destination, Some(&mut script));
    assert!(report.problems.is_empty(), "{report:?}");
    let arguments = |path| {
        let text = fs::read_to_string(path).unwrap();
        text.split("args: ").nth(1).unwrap().split(" #").next().unwrap().to_owned()
    };
    (paths.iter().map(arguments).collect(), script.asked)
}

#[test]
fn what_a_repair_made_possible_is_asked_about_too() {
    use Answer::{All, No, None, Quit, Yes};
    for (answers, arguments, asked) in [
        (&[Yes, Yes, Yes][..], "[--second]", &["B", "C", "A"][..]),
        (&[Yes, Yes, No], "[--one, --second]", &["B", "C", "A"]),
        // It is not asked about again, though it has moved up.
        (&[No, Yes, Yes], "[--two]", &["B", "C", "A"]),
        (&[No, Yes, No], "[--one, --two]", &["B", "C", "A"]),
        (&[Yes, No], "[--hides, --one, --second]", &["B", "C"]),
        (&[Yes, Yes, Quit], "[--one, --second]", &["B", "C", "A"]),
        (&[All], "[--second]", &["B"]),
        (&[No, All], "[--two]", &["B", "C"]),
        (&[Yes, None], "[--hides, --one, --second]", &["B", "C"]),
    ] {
        let (files, questions) = after(&["a.yaml"], answers, Option::None);
        assert_eq!(files, [arguments], "{answers:?}");
        let asked: Vec<String> = asked.iter().map(|rule| format!("a.yaml {rule}")).collect();
        assert_eq!(questions, asked, "{answers:?}");
    }
}

#[test]
fn what_was_said_of_a_file_holds_in_the_next_round() {
    use Answer::{All, No, Quit, Yes};
    for (answers, first, second, asked) in [
        (&[All, No, Yes, Yes][..], "[--second]", "[--two]", &["a B", "b B", "b C", "b A"][..]),
        // Whoever quits has seen enough: a file that was to be repaired whole is not gone on with either.
        (&[All, Quit], "[--one, --second]", "[--hides, --one, --two]", &["a B", "b B"]),
        (&[Yes, Yes, No, Yes, No, Yes], "[--one, --second]", "[--two]", &["a B", "a C", "b B", "b C", "a A", "b A"]),
    ] {
        let (files, questions) = after(&["a.yaml", "b.yaml"], answers, None);
        assert_eq!(files, [first, second], "{answers:?}");
        let asked: Vec<String> = asked.iter().map(|asked| asked.replacen(' ', ".yaml ", 1)).collect();
        assert_eq!(questions, asked, "{answers:?}");
    }
}

#[test]
fn a_password_that_was_moved_is_shown_in_no_later_question() {
    let (files, questions) = after(&["a.yaml"], &[Answer::Yes; 4], Some(&mut Takes));
    assert_eq!(files, ["[--second]"]);
    assert_eq!(questions, ["a.yaml B", "a.yaml C", "a.yaml P", "a.yaml A"]);
}
