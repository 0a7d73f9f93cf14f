//! What came of cases as JUnit's XML, which most systems that run tests show.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::report::{CaseReport, Outcome, TestReport};

/// Writes the report: the policy is the suite.
///
/// # Errors
/// What the writer says.
pub fn write(report: &TestReport, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Report::new("tidegate");
    let mut suite = TestSuite::new(report.policy.as_str());
    suite.add_test_cases(report.cases.iter().map(|case| test_case(case, &report.policy)));
    for problem in &report.problems {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(problem.as_str());
        let mut case = TestCase::new("the policy itself", status);
        case.set_classname(report.policy.as_str());
        suite.add_test_case(case);
    }
    junit.add_test_suite(suite);
    junit.serialize(out).map_err(io::Error::other)
}

fn test_case(report: &CaseReport, policy: &str) -> TestCase {
    let status = match &report.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Written => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("what came out was written into the case");
            status
        }
        Outcome::Unusable { problem } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(problem.as_str());
            status
        }
        Outcome::Failed(failure) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(report.about.as_str());
            status.set_description(failure.text());
            status
        }
    };
    let mut case = TestCase::new(report.name.as_str(), status);
    case.set_classname(policy);
    case.set_time(report.took);
    // Not of the first JUnit, but what reads these shows it.
    case.extra.insert("file".into(), report.file.as_str().into());
    case
}
