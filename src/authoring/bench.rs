//! What a policy costs, beside the built-in ones, on the objects of its cases.
//!
//! All are measured in turns, object by object, so that whatever else the machine does meanwhile falls on each of
//! them alike.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::case::{CaseError, CaseFile, case_files};
use super::{Place, Subject, SubjectError};
use crate::engine::evaluate;
use crate::policy::{CodeSource, InstalledPolicy, Module, PolicySet};
use crate::wasm::{LoadError, LocalCode, Probe, Probes, Runtime, RuntimeError, Sample, builtin_names, one_line};

/// From how many on the hundredth part is more than a single review.
const ENOUGH_FOR_P99: usize = 100;

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The policy cannot be used.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// A policy's code cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The code cannot be measured.
    #[error("{policy}: {source}")]
    Probe {
        /// The policy.
        policy: String,
        /// What is wrong.
        source: RuntimeError,
    },
    /// wasmtime does not start.
    #[error(transparent)]
    Runtime(RuntimeError),
    /// The cases cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The policy judges none of the objects.
    #[error(
        "{policy} judges none of the objects in {cases}, so that there is nothing to measure; name others by --cases"
    )]
    NothingJudged {
        /// The policy.
        policy: String,
        /// The folder of the cases.
        cases: String,
    },
}

/// What one policy costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Its name.
    pub policy: String,
    /// The component's size, in bytes.
    pub size: usize,
    /// How long it took to compile it, and to keep it.
    pub compile: Duration,
    /// How long it took to load it as it was kept.
    pub load: Duration,
    /// How many reviews were measured.
    pub reviews: usize,
    /// A review with a fresh instance, as at the gate.
    pub cold: Option<Percentiles>,
    /// A review in an instance that has judged the object before.
    pub warm: Option<Percentiles>,
    /// Instructions of a review, the median.
    pub instructions: Option<u64>,
    /// The linear memory of an instance after a review, in bytes, the most.
    pub memory: Option<usize>,
    /// What it failed at, each once.
    pub failures: BTreeSet<String>,
}

/// What half of the reviews needed at most, and what 99 of a hundred did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentiles {
    /// The median.
    pub p50: Duration,
    /// None if there are too few reviews to say.
    pub p99: Option<Duration>,
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { p50: at(50)?, p99: at(99).filter(|_| times.len() >= ENOUGH_FOR_P99) })
    }
}

/// A policy that is measured.
struct Measured {
    cost: Cost,
    probe: Arc<Probe>,
    samples: Vec<Sample>,
}

/// Measures a policy, and beside it the built-in ones unless it is to be alone, for about so long. The first cost is
/// the policy's own.
///
/// # Errors
/// [`BenchError`].
pub fn bench(place: &Place, runtime: &Arc<Runtime>, time: Duration, alone: bool) -> Result<Vec<Cost>, BenchError> {
    let subject = Subject::load(place, runtime)?;
    let cases = readable_cases(&place.cases)?;
    let probes = Probes::new().map_err(BenchError::Runtime)?;
    let mut all = vec![Measured::of(&subject, &probes)?];
    let names = builtin_names().filter(|name| !alone && *name != subject.name);
    let others: Vec<Subject> =
        names.map(|name| Subject::load(&Place::builtin(name), runtime)).collect::<Result<_, _>>()?;
    for other in &others {
        all.push(Measured::of(other, &probes)?);
    }
    let plain: Vec<InstalledPolicy> = others.iter().map(Subject::plain).collect::<Result<_, _>>()?;
    let begun = Instant::now();
    let mut rounds = 0;
    // The first round fills caches, and does not count.
    while rounds < 2 || begun.elapsed() < time {
        for file in &cases {
            // The policy judges by the case's settings, the others by their own. Settings that are refused are no
            // review.
            let Ok(own) = subject.installed(&file.case) else { continue };
            for (measured, installed) in all.iter_mut().zip(std::iter::once(&own).chain(&plain)) {
                measured.judge(file, installed);
            }
        }
        if rounds == 0 {
            all.iter_mut().for_each(|measured| measured.samples.clear());
        }
        rounds += 1;
    }
    let all: Vec<Cost> = all.into_iter().map(Measured::finish).collect();
    match all.first() {
        Some(own) if own.reviews > 0 || !own.failures.is_empty() => Ok(all),
        _ => Err(BenchError::NothingJudged { policy: subject.name, cases: place.cases.display().to_string() }),
    }
}

/// The cases of a folder. What cannot be read is for `policy test` to tell, unless nothing can.
fn readable_cases(folder: &Path) -> Result<Vec<CaseFile>, CaseError> {
    let read: Vec<_> = case_files(folder)?.iter().map(|file| CaseFile::read(file)).collect();
    if read.iter().any(Result::is_ok) { Ok(read.into_iter().flatten().collect()) } else { read.into_iter().collect() }
}

impl Measured {
    fn of(subject: &Subject, probes: &Probes) -> Result<Self, BenchError> {
        let (file, document) = subject.document();
        let policy = subject.name.clone();
        let code = LocalCode.code(file, document).map_err(|problem| LoadError::Module {
            file: file.to_owned(),
            policy: policy.clone(),
            problem,
        })?;
        let probe =
            probes.probe(&code.component).map_err(|source| BenchError::Probe { policy: policy.clone(), source })?;
        let cost = Cost {
            policy,
            size: code.component.len(),
            compile: probe.compile_time(),
            load: probe.load_time(),
            reviews: 0,
            cold: None,
            warm: None,
            instructions: None,
            memory: None,
            failures: BTreeSet::new(),
        };
        Ok(Self { cost, probe: Arc::new(probe), samples: Vec::new() })
    }

    fn judge(&mut self, file: &CaseFile, installed: &InstalledPolicy) {
        let module = Arc::clone(&self.probe) as Arc<dyn Module>;
        let policies = PolicySet::new(vec![InstalledPolicy { module, ..installed.clone() }]);
        let (request, lookup) = (super::case::request(&file.case), super::case::lookup(&file.case));
        match evaluate(&request, &policies, &lookup) {
            Ok(evaluation) => {
                let failures = evaluation.failures.iter();
                let told = failures.map(|failure| one_line(&format!("{}: {}", file.name, failure.error)));
                self.cost.failures.extend(told);
            }
            Err(misfit) => _ = self.cost.failures.insert(one_line(&format!("{}: {misfit}", file.name))),
        }
        self.samples.extend(self.probe.take_samples());
    }

    fn finish(self) -> Cost {
        let Self { cost, samples, .. } = self;
        let mut instructions: Vec<u64> = samples.iter().map(|sample| sample.instructions).collect();
        instructions.sort_unstable();
        Cost {
            reviews: samples.len(),
            cold: Percentiles::of(samples.iter().map(|sample| sample.cold).collect()),
            warm: Percentiles::of(samples.iter().filter_map(|sample| sample.warm).collect()),
            instructions: instructions.get(instructions.len() / 2).copied(),
            memory: samples.iter().map(|sample| sample.memory).max(),
            ..cost
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured_and_the_hundredth_part_needs_a_hundred() {
        let times = |count: u64| (1..=count).rev().map(Duration::from_micros).collect();
        let found = |count| {
            let percentiles = Percentiles::of(times(count))?;
            Some((percentiles.p50.as_micros(), percentiles.p99.map(|time| time.as_micros())))
        };
        assert_eq!(found(0), None);
        assert_eq!(found(1), Some((1, None)));
        assert_eq!(found(99), Some((50, None)));
        assert_eq!(found(100), Some((50, Some(99))));
        assert_eq!(found(1_000), Some((500, Some(990))));
    }
}
