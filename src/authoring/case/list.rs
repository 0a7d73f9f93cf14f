//! Runs the cases of a policy, one after the other.

use std::path::Path;
use std::time::Duration;

use super::coverage::Coverage;
use super::format::Expectation;
use super::read::{CaseError, CaseFile, case_files};
use super::report::{CaseReport, Failure, Outcome, TestReport};
use super::run::{run, run_and_tell};
use super::update::updated;
use crate::authoring::Subject;
use crate::files;

/// Which cases are run, and what becomes of those that expect something else.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only those in whose name, or in what they say they show, this text is.
    pub filter: Option<String>,
    /// Writes what came out into the case, instead of telling the difference.
    pub update: bool,
}

/// Runs the cases of a folder. A file that cannot be read hides no other.
///
/// # Errors
/// [`CaseError::Folder`], [`CaseError::NoCase`].
pub fn run_all(subject: &Subject, folder: &Path, selection: &Selection) -> Result<TestReport, CaseError> {
    let mut coverage = Coverage::of(subject.code().description());
    let mut cases = Vec::new();
    for path in case_files(folder)? {
        let file = match CaseFile::read(&path) {
            Ok(file) if selection.wants(&file) => file,
            Ok(_) => continue,
            Err(error) => {
                cases.push(unusable(&path, &error));
                continue;
            }
        };
        let (mut report, actual, judgement) = run_and_tell(&file, subject);
        judgement.iter().for_each(|judgement| coverage.add(judgement));
        if selection.update && matches!(report.outcome, Outcome::Failed(_)) {
            report.outcome = update(&file, &actual, subject);
        }
        cases.push(report);
    }
    Ok(TestReport {
        policy: subject.name.clone(),
        problems: subject.ungranted.iter().cloned().collect(),
        cases,
        coverage: selection.filter.is_none().then_some(coverage),
    })
}

/// Writes what came out, and runs the case as it is then: what holds always is not a case's to change.
fn update(file: &CaseFile, actual: &Expectation, subject: &Subject) -> Outcome {
    let failed = |problem: String| Outcome::Failed(Failure { problems: vec![problem], ..Failure::default() });
    let text = match updated(file, actual) {
        Ok(Some(text)) => text,
        Ok(None) => return run(file, subject).outcome,
        Err(error) => return failed(error.to_string()),
    };
    if let Err(error) = files::put(&file.file, text.as_bytes()) {
        return failed(error.to_string());
    }
    match CaseFile::read(&file.file).map(|again| run(&again, subject).outcome) {
        Ok(Outcome::Passed) => Outcome::Written,
        Ok(other) => other,
        Err(error) => Outcome::Unusable { problem: error.to_string() },
    }
}

impl Selection {
    fn wants(&self, file: &CaseFile) -> bool {
        let holds = |filter: &String| file.name.contains(filter) || file.case.about.contains(filter);
        self.filter.as_ref().is_none_or(holds)
    }
}

fn unusable(path: &Path, error: &CaseError) -> CaseReport {
    CaseReport {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        file: path.display().to_string(),
        about: String::new(),
        outcome: Outcome::Unusable { problem: error.to_string() },
        took: Duration::ZERO,
    }
}
