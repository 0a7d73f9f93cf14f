//! Measures policies as the gate runs them. What is made here never serves the gate.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::module::{WasmModule, prepared};
use super::runtime::{Runtime, RuntimeError};
use crate::finding::Finding;
use crate::policy::{Description, Module, ReviewContext, ReviewError};

/// By how much code that counts its instructions may be slower; about twice is usual.
const SLOWER: u32 = 4;

/// Makes probes of components.
pub struct Probes {
    timing: Arc<Runtime>,
    counting: Arc<Runtime>,
    /// Empty at first, so that nothing in it was compiled before.
    _cache: TempDir,
}

impl Probes {
    /// Starts the runtimes: one as the gate's, and one that counts instructions.
    ///
    /// # Errors
    /// [`RuntimeError::Cache`], [`RuntimeError::Start`].
    pub fn new() -> Result<Self, RuntimeError> {
        let cache = TempDir::new().map_err(|error| RuntimeError::Start(format!("no temporary folder: {error}")))?;
        let timing = Arc::new(Runtime::new(Some(cache.path()))?);
        Ok(Self { timing, counting: Arc::new(Runtime::counting()?), _cache: cache })
    }

    /// Compiles a component, and loads it once more as it is kept.
    ///
    /// # Errors
    /// [`RuntimeError::NotAComponent`], [`RuntimeError::Contract`].
    pub fn probe(&self, component: &[u8]) -> Result<Probe, RuntimeError> {
        let begun = Instant::now();
        drop(self.timing.compile(component)?);
        let compile = begun.elapsed();
        let begun = Instant::now();
        let kept = self.timing.compile(component)?;
        let load = begun.elapsed();
        let counting = WasmModule::load(Arc::clone(&self.counting), component)?;
        Ok(Probe {
            timed: WasmModule::link(Arc::clone(&self.timing), &kept)?,
            counting,
            compile,
            load,
            samples: Mutex::default(),
        })
    }
}

/// What one review took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// As at the gate: with a fresh instance, and its end.
    pub cold: Duration,
    /// The same once more in an instance that has judged it already; none if it cannot be asked twice.
    pub warm: Option<Duration>,
    /// What wasmtime counts as fuel, about one for each instruction: with a fresh instance.
    pub instructions: u64,
    /// The linear memory that the instance had at the end, in bytes.
    pub memory: usize,
}

/// A policy's code that measures itself at each review.
pub struct Probe {
    timed: WasmModule,
    counting: WasmModule,
    compile: Duration,
    load: Duration,
    samples: Mutex<Vec<Sample>>,
}

impl Probe {
    /// How long it took to compile the component, and to keep it.
    pub fn compile_time(&self) -> Duration {
        self.compile
    }

    /// How long it took to load the component as it is kept.
    pub fn load_time(&self) -> Duration {
        self.load
    }

    /// What was measured since the last time that this was asked.
    pub fn take_samples(&self) -> Vec<Sample> {
        std::mem::take(&mut *self.samples())
    }

    fn samples(&self) -> MutexGuard<'_, Vec<Sample>> {
        // A list of samples is whole after each push.
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The second call in one instance, and the memory after the first.
    fn warm(
        &self,
        context: &ReviewContext<'_>,
        settings: &str,
        timeout: Duration,
    ) -> Result<(Option<Duration>, usize), ReviewError> {
        let (request, settings) = (prepared(context)?, &settings.to_owned());
        // Two calls in one instance have the time of two.
        self.timed.within_bounds(self.timed.state(context, timeout * 2), |mut store| {
            let policy = self.timed.pre().instantiate(&mut store)?;
            drop(policy.call_review(&mut store, request, settings)?);
            let memory = store.data().memory();
            let begun = Instant::now();
            let again = policy.call_review(&mut store, request, settings);
            let took = begun.elapsed();
            Ok((again.is_ok().then_some(took), memory))
        })
    }

    fn instructions(&self, context: &ReviewContext<'_>, settings: &str, timeout: Duration) -> Result<u64, ReviewError> {
        let (request, settings) = (prepared(context)?, &settings.to_owned());
        self.counting.within_bounds(self.counting.state(context, timeout * SLOWER), |mut store| {
            let policy = self.counting.pre().instantiate(&mut store)?;
            drop(policy.call_review(&mut store, request, settings)?);
            Ok(u64::MAX - store.get_fuel()?)
        })
    }
}

impl Module for Probe {
    fn description(&self) -> &Description {
        self.timed.description()
    }

    fn check_settings(&self, settings: &Value) -> Result<(), ReviewError> {
        self.timed.check_settings(settings)
    }

    fn review(
        &self,
        context: &ReviewContext<'_>,
        settings: &str,
        timeout: Duration,
    ) -> Result<Vec<Finding>, ReviewError> {
        // It is made once for all policies that judge the object: no policy's own cost.
        prepared(context)?;
        let begun = Instant::now();
        let found = self.timed.review(context, settings, timeout)?;
        let cold = begun.elapsed();
        let (warm, memory) = self.warm(context, settings, timeout)?;
        let instructions = self.instructions(context, settings, timeout)?;
        self.samples().push(Sample { cold, warm, instructions, memory });
        Ok(found)
    }
}
