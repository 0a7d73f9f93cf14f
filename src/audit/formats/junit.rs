//! The report as JUnit's XML, which most systems that run tests show: an object is a suite, a finding a failed case.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::origin::Place;
use super::text::{failure, help, one_line, place};
use crate::audit::report::{AuditReport, FindingReport, ObjectReport, Suppression};

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Report::new("tidegate");
    junit.add_test_suites(report.objects.iter().map(suite));
    if !report.problems.is_empty() {
        let mut input = TestSuite::new("what could not be judged");
        for problem in &report.problems {
            let place = Place::of_problem(problem);
            input.add_test_case(case(&place.to_string(), "input", place, error(&problem.message())));
        }
        junit.add_test_suite(input);
    }
    junit.serialize(out).map_err(io::Error::other)
}

fn suite(object: &ObjectReport) -> TestSuite {
    let place = Place::of_object(object);
    let mut suite = TestSuite::new(one_line(&object.title));
    let name = suite.name.clone();
    for finding in &object.findings {
        let words = format!("{} at {}", finding.rule, self::place(finding));
        suite.add_test_case(case(&words, name.as_str(), Place::of_finding(object, finding), status(object, finding)));
    }
    for failed in &object.failures {
        let words = format!("policy {}", failed.policy);
        suite.add_test_case(case(&words, name.as_str(), place, error(&failure(failed))));
    }
    if let Some(why) = object.left_alone {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("not judged: {}", why.reason()));
        suite.add_test_case(case("left alone", name.as_str(), place, status));
    }
    if suite.test_cases.is_empty() {
        suite.add_test_case(case("nothing found", name.as_str(), place, TestCaseStatus::success()));
    }
    suite
}

fn case(name: &str, class: &str, place: Place<'_>, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(one_line(name), status);
    case.set_classname(class);
    if let Place::File { file, line, .. } = place {
        // Not of the first JUnit, but what reads these shows the line.
        case.extra.insert("file".into(), one_line(file).into());
        line.iter().for_each(|line| _ = case.extra.insert("line".into(), line.to_string().into()));
    }
    case
}

fn status(object: &ObjectReport, finding: &FindingReport) -> TestCaseStatus {
    if let Some(suppression) = &finding.suppression {
        let mut status = TestCaseStatus::skipped();
        status.set_message(match suppression {
            Suppression::Exception { reason } => format!("excepted: {}", one_line(reason)),
            Suppression::Baseline => "known by the baseline".to_owned(),
            Suppression::Before => "there before".to_owned(),
        });
        return status;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(finding.severity.to_string());
    status.set_message(one_line(&finding.message));
    let at = format!("{}: {}", Place::of_finding(object, finding), place(finding));
    let fixable = finding.is_repaired().then(|| "The gate repairs it.".to_owned());
    let refused = finding.exception_refused.as_ref().map(|refused| format!("Not excepted: {refused}"));
    let since = finding.since.as_ref().map(|since| format!("There since {since}."));
    let lines = [Some(at), help(finding), fixable, refused, since].into_iter().flatten();
    status.set_description(lines.map(|line| one_line(&line).into_owned()).collect::<Vec<_>>().join("\n"));
    status
}

fn error(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(one_line(message));
    status
}
