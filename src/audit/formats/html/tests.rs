//! What the file holds, as bytes; `tests/browser/` clicks through it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;

use super::write;
use crate::audit::baseline::Known;
use crate::audit::problem::{InputError, InputProblem};
use crate::audit::report::{
    AuditReport, Consequence, FailureReport, FindingReport, ManifestReport, ObjectReport, Origin, SourceLine,
};
use crate::engine::Decision;
use crate::finding::Severity;

const HOSTILE: &str = "</script><!--<img src=x onerror=alert(1)>\"'&{{data}}\u{202e}";
/// Ten thousand findings in five thousand objects with manifests of fifty lines: what a mail still carries, packed.
const MOST_BYTES: usize = 8_000_000;

fn html(report: &AuditReport) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn data(html: &str) -> Value {
    let (_, after) = html.split_once("id=\"data\">").unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

fn object(text: &str, manifest: (&str, &str)) -> ObjectReport {
    ObjectReport {
        api_version: "apps/v1".to_owned(),
        kind: "StatefulSet".to_owned(),
        namespace: Some(text.to_owned()),
        name: Some(text.to_owned()),
        title: text.to_owned(),
        source: Origin::File(SourceLine { file: text.to_owned(), line: 1 }),
        rendered_by: None,
        asked: Vec::new(),
        left_alone: None,
        decision: Decision::Allow,
        findings: vec![finding(text), finding(text)],
        failures: vec![FailureReport { policy: text.to_owned(), message: text.to_owned(), denies: false }],
        patch: json_patch::Patch::default(),
        manifest: Some(ManifestReport { first_line: 1, before: manifest.0.to_owned(), after: manifest.1.to_owned() }),
    }
}

fn finding(text: &str) -> FindingReport {
    FindingReport {
        policy: text.to_owned(),
        rule: text.to_owned(),
        severity: Severity::High,
        at: "/spec".to_owned(),
        message: text.to_owned(),
        help: Some(text.to_owned()),
        consequence: Consequence::Warn,
        obstacle: Some(text.to_owned()),
        since: None,
        snippet: None,
        region: None,
        place: text.to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        fix: None,
        suppression: None,
        exception_refused: Some(text.to_owned()),
    }
}

fn report(objects: Vec<ObjectReport>) -> AuditReport {
    AuditReport { objects, ..AuditReport::default() }
}

#[test]
fn what_the_baseline_knows_and_is_gone_is_shown() {
    let known = Known {
        object: "Pod \"<b>\"".to_owned(),
        rule: "MY018".to_owned(),
        place: "spec".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        times: 2,
    };
    let html = html(&AuditReport { stale: vec![known], ..report(vec![]) });
    let (_, stale) = html.split_once("<details class=\"stale\">").unwrap();
    let stale: String = stale.split("</details>").next().unwrap().replace('\n', " ");
    assert!(stale.starts_with("<summary>2 findings of the baseline no longer found</summary>"), "{stale}");
    assert!(stale.contains("MY018</bdi> at <bdi>spec</bdi>") && stale.contains(", 2 times"), "{stale}");
    assert!(stale.contains("&lt;b") && !stale.contains("<b>"), "{stale}");
    assert!(!self::html(&report(vec![])).contains("<details class=\"stale\">"));
}

#[test]
fn texts_of_the_input_are_never_markup() {
    let mut hostile = report(vec![object(HOSTILE, (HOSTILE, HOSTILE))]);
    let (line, column, in_cluster) = (None, None, false);
    let error = InputError::Unreadable(HOSTILE.to_owned());
    hostile.problems.push(InputProblem { file: HOSTILE.to_owned(), line, column, in_cluster, error });
    let html = html(&hostile);
    for markup in ["<img", "<!--", "\u{202e}"] {
        assert!(!html.contains(markup), "{markup}");
    }
    // The name of a part, written by the input, is text too.
    assert_eq!(html.matches("id=\"data\"").count(), 1);
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script>").count(), 2);
    // What is written is what was meant, but for the sign that turns the direction.
    let shown = HOSTILE.replace('\u{202e}', "\u{fffd}");
    assert!(data(&html)["texts"].as_array().unwrap().contains(&Value::from(shown)));
}

#[test]
fn the_policy_of_the_page_names_its_own_style_and_script() {
    let html = html(&report(Vec::new()));
    assert!(html.contains("content=\"default-src 'none'; style-src 'sha256-"));
    assert!(!super::STYLE.contains("</") && !super::SCRIPT.contains("</script") && !super::SCRIPT.contains("<!--"));
    // A hash is of what stands between the tags, to the byte.
    assert!(html.contains(&format!("<style>{}</style>", super::STYLE)));
    assert!(html.contains(&format!("<script>{}</script>", super::SCRIPT)));
    for asks in ["http:", "https:", "@import", "url(", "eval(", "innerHTML"] {
        let own = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains(asks), "{asks}");
    }
}

#[test]
fn the_same_twice() {
    let one = report(vec![object("a", ("a: 1\n", "a: 2\n")), object("b", ("b: 1\n", "b: 1\n"))]);
    assert_eq!(html(&one), html(&one.clone()));
}

#[test]
fn changes_are_those_of_lines() {
    let before = "a: 1\nb: 2\nc: 3\n";
    for (after, changes) in [
        (before, "[]"),
        ("a: 1\nb: 9\nc: 3\n", r#"[{"at":1,"gone":1,"new":["b: 9"]}]"#),
        ("a: 1\nc: 3\n", r#"[{"at":1,"gone":1,"new":[]}]"#),
        ("a: 1\nb: 2\nc: 3\nd: 4\n", r#"[{"at":3,"gone":0,"new":["d: 4"]}]"#),
        ("", r#"[{"at":0,"gone":3,"new":[]}]"#),
    ] {
        let data = data(&html(&report(vec![object("a", (before, after))])));
        let mut found = data["objects"][0]["manifest"]["changes"].clone();
        for line in found.as_array_mut().unwrap().iter_mut().flat_map(|one| one["new"].as_array_mut().unwrap()) {
            *line = data["texts"][usize::try_from(line.as_u64().unwrap()).unwrap()].clone();
        }
        assert_eq!(found, serde_json::from_str::<Value>(changes).unwrap(), "{after}");
    }
}

#[test]
fn objects_without_findings_are_only_counted() {
    let mut clean = object("clean", ("a: 1\n", "a: 1\n"));
    clean.findings.clear();
    clean.failures.clear();
    let html = html(&report(vec![clean]));
    assert!(html.contains("Nothing found") && !html.contains("a: 1"), "{html}");
    assert_eq!(data(&html)["objects"], Value::Array(Vec::new()));
}

#[test]
fn ten_thousand_findings_are_a_file_of_some_megabytes() {
    let lines: String = (0..50).map(|number| format!("        field{number}: {{value: [{number}]}}\n")).collect();
    let help = "Set terminationGracePeriodSeconds to 120 or more";
    let objects = (0..5000).map(|number| {
        let before = format!("metadata:\n  name: mysql-{number}\n{lines}");
        let mut object = object(&format!("mysql-{number}"), (&before, &before));
        object.failures.clear();
        object.namespace = Some(format!("team-{}", number % 40));
        for finding in &mut object.findings {
            *finding = self::finding(help);
        }
        object
    });
    let html = html(&report(objects.collect()));
    assert!(html.len() < MOST_BYTES, "{} bytes", html.len());
    assert!(html.contains("10,000 findings in 5,000 objects"));
}
