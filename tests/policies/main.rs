//! Every case of every policy, on the real engine: one test a file under `policies/*/cases/`, by what `tidegate policy
//! test` runs. And one a policy: each of its rules has a case in which it fires, and one in which it does not.
//!
//! A policy's component is read from where it was built, so that one can be tried without building the gate anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use tidegate::authoring::case::{CaseFile, Coverage, Outcome, case_files, judge, run};
use tidegate::authoring::{Given, Place, Subject};
use tidegate::wasm::Runtime;

static RUNTIME: LazyLock<Arc<Runtime>> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    Arc::new(Runtime::new(Some(&cache)).unwrap())
});

/// A policy that is compiled when its first case is run.
struct Policy {
    place: Place,
    subject: OnceLock<Result<Subject, String>>,
}

fn main() {
    let arguments = Arguments::from_args();
    let trials = policies().into_iter().flat_map(trials).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn policies() -> Vec<(String, Policy)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/policies"));
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("cases").is_dir());
    folders.sort();
    assert!(!folders.is_empty(), "no policies with cases below {}", folder.display());
    let policy = |folder: PathBuf| {
        let place = Place::find(folder.to_str().unwrap(), Given::default()).unwrap();
        (place.name.clone(), Policy { place, subject: OnceLock::new() })
    };
    folders.into_iter().map(policy).collect()
}

fn trials((name, policy): (String, Policy)) -> Vec<Trial> {
    let policy = Arc::new(policy);
    let files = case_files(&policy.place.cases).unwrap();
    let covered = {
        let (policy, files) = (Arc::clone(&policy), files.clone());
        Trial::test(format!("{name}: every rule has its cases"), move || policy.check_coverage(&files))
    };
    let one = |file: PathBuf| {
        let policy = Arc::clone(&policy);
        let case = file.file_name().unwrap().to_string_lossy().into_owned();
        Trial::test(format!("{name}: {case}"), move || policy.check(&file))
    };
    std::iter::once(covered).chain(files.into_iter().map(one)).collect()
}

impl Policy {
    fn subject(&self) -> Result<&Subject, Failed> {
        let load = || Subject::load(&self.place, &RUNTIME).map_err(|error| error.to_string());
        self.subject.get_or_init(load).as_ref().map_err(Failed::from)
    }

    fn check(&self, file: &Path) -> Result<(), Failed> {
        let case = CaseFile::read(file).map_err(|error| error.to_string())?;
        let report = run(&case, self.subject()?);
        match &report.outcome {
            Outcome::Passed => Ok(()),
            Outcome::Failed(failure) => Err(format!("{}\n{}", report.about, failure.text()).into()),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn check_coverage(&self, files: &[PathBuf]) -> Result<(), Failed> {
        let subject = self.subject()?;
        let mut coverage = Coverage::of(subject.code().description());
        for file in files {
            let case = CaseFile::read(file).map_err(|error| error.to_string())?;
            judge(&case.case, subject).iter().for_each(|judgement| coverage.add(judgement));
        }
        let gaps = coverage.gaps();
        if gaps.is_empty() { Ok(()) } else { Err(gaps.join("\n").into()) }
    }
}
