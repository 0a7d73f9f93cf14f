//! JUnit: read back by a library that did not write it.

use junit_parser::{TestCase, TestStatus, TestSuites};

use super::{rich, text};
use crate::audit::formats::Format;
use crate::audit::report::AuditReport;

fn read(report: &AuditReport) -> TestSuites {
    junit_parser::from_reader(text(report, Format::Junit).as_bytes()).unwrap()
}

#[test]
fn a_suite_for_each_object_and_a_case_for_each_finding() {
    let report = rich::report();
    let suites = read(&report).suites;
    assert_eq!(suites.len(), report.objects.len() + 1);
    for (suite, object) in suites.iter().zip(&report.objects) {
        let expected = (object.findings.len() + object.failures.len()).max(1);
        assert_eq!(suite.cases.len(), expected, "{}", suite.name);
        assert_eq!(suite.tests as usize, expected);
        assert_eq!(suite.failures as usize, object.findings().count());
        assert_eq!(suite.errors as usize, object.failures.len());
        let left_alone = usize::from(object.left_alone.is_some());
        assert_eq!(suite.skipped as usize, object.findings.len() - object.findings().count() + left_alone);
    }
    let of = |suite: usize, case: usize| -> &TestCase { &suites[suite].cases[case] };
    assert!(matches!(of(2, 0).status, TestStatus::Success), "an object without findings is a passed case");
    let TestStatus::Failure(failure) = &of(0, 0).status else { panic!("a finding is a failed case") };
    assert_eq!(
        (failure.failure_type.as_str(), failure.message.as_str()),
        ("critical", "MYSQL_ROOT_PASSWORD of container mysql is a password in plain text",)
    );
    assert!(failure.text.contains("Refer to a Secret"), "{}", failure.text);
    assert_eq!(suites.last().unwrap().errors as usize, report.problems.len());
}

#[test]
fn names_come_back_as_they_were_but_for_what_is_not_seen() {
    let suites = read(&rich::report()).suites;
    assert!(
        suites[1].name.contains(r#"<img src=x onerror=alert(1)> | @octocat #1 `a` **b** \u{1b}[31m"#),
        "{}",
        suites[1].name
    );
}

#[test]
fn nothing_is_an_empty_report() {
    assert_eq!(read(&AuditReport::default()).suites.len(), 0);
}
