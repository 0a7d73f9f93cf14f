//! One policy's component, ready for reviews.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use wasmtime::Store;
use wasmtime::component::Component;

use super::bindings::tidegate::policy::types as contract;
use super::bindings::{Policy, PolicyPre};
use super::convert;
use super::description;
use super::host::{DeadlineExceeded, HostState};
use super::memory::{MEMORY_LIMIT, MemoryExceeded};
use super::priority;
use super::runtime::{Runtime, RuntimeError, root_cause};
use super::share::Share;
use crate::finding::Finding;
use crate::lookup::ResourceType;
use crate::policy::{Concern, Description, Module, ReviewContext, ReviewError};

/// How long `describe` and `check-settings` may take: they run once, perhaps on a busy machine.
const LOADING_TIMEOUT: Duration = Duration::from_secs(1);
/// What a policy may return at once, in bytes, as the host holds it: a thousand findings with long texts are 4 MiB, and
/// no object that they could repair has more than 3 MiB. To copy so much takes a few milliseconds, which nothing
/// interrupts.
const LARGEST_ANSWER: usize = 16 << 20;

/// A component, linked: what remains for a review is to take an instance from the pool.
pub(super) struct WasmModule {
    runtime: Arc<Runtime>,
    pre: PolicyPre<HostState>,
    description: Description,
    reads: Arc<[ResourceType]>,
    share: Share,
}

impl WasmModule {
    /// Compiles, links and asks the component what it is.
    pub(super) fn load(runtime: Arc<Runtime>, bytes: &[u8]) -> Result<Self, RuntimeError> {
        let component = runtime.compile(bytes)?;
        Self::link(runtime, &component)
    }

    /// Links a component and asks it what it is.
    pub(super) fn link(runtime: Arc<Runtime>, component: &Component) -> Result<Self, RuntimeError> {
        let contract = |error: wasmtime::Error| RuntimeError::Contract(convert::one_line(&format!("{error:#}")));
        let linked = runtime.linker.instantiate_pre(component).map_err(contract)?;
        let pre = PolicyPre::new(linked).map_err(contract)?;
        let mut module = Self {
            share: Share::of(&runtime.places),
            runtime,
            pre,
            description: Description {
                name: String::new(),
                title: String::new(),
                rules: Vec::new(),
                settings_schema: Value::Null,
                reads: Vec::new(),
                kinds: Vec::new(),
                concern: Concern::default(),
            },
            reads: Arc::from([]),
        };
        let described = module
            .call(module.no_object(), |policy, store| policy.call_describe(store))
            .map_err(|error| RuntimeError::Description(error.to_string()))?;
        module.description = description::checked(described).map_err(RuntimeError::Description)?;
        module.reads = Arc::from(module.description.reads.as_slice());
        Ok(module)
    }

    /// What it imports and what it exports, by the names of the component model.
    pub(super) fn names(&self) -> (Vec<String>, Vec<String>) {
        let kind = self.pre.instance_pre().component().component_type();
        let engine = &self.runtime.engine;
        let imports = kind.imports(engine).map(|(name, _)| name.to_owned()).collect();
        (imports, kind.exports(engine).map(|(name, _)| name.to_owned()).collect())
    }

    /// The state for a call that concerns no object.
    fn no_object(&self) -> HostState {
        HostState::without_object(LOADING_TIMEOUT, &self.runtime.memory)
    }

    /// Calls a fresh instance, within its bounds and its policy's share.
    fn call<T: Send>(
        &self,
        state: HostState,
        call: impl FnOnce(&Policy, &mut Store<HostState>) -> wasmtime::Result<T> + Send,
    ) -> Result<T, ReviewError> {
        let place = self.share.take().map_err(|crowded| ReviewError::Crowded(crowded.waiting))?;
        let answer = if place.on_probation {
            after_the_others(|| self.call_here(state, call))
        } else {
            self.call_here(state, call)
        };
        self.share.ended(!matches!(answer, Err(ReviewError::Deadline(_) | ReviewError::Memory(_))));
        answer
    }

    fn call_here<T>(
        &self,
        state: HostState,
        call: impl FnOnce(&Policy, &mut Store<HostState>) -> wasmtime::Result<T>,
    ) -> Result<T, ReviewError> {
        self.within_bounds(state, |mut store| {
            self.pre.instantiate(&mut store).and_then(|policy| call(&policy, &mut store))
        })
    }

    /// Does something in a store of its own, within its bounds.
    pub(super) fn within_bounds<T>(
        &self,
        state: HostState,
        work: impl FnOnce(Store<HostState>) -> wasmtime::Result<T>,
    ) -> Result<T, ReviewError> {
        let _ticking = self.runtime.clock.run();
        let mut store = Store::new(&self.runtime.engine, state);
        store.limiter(|state| state);
        store.set_hostcall_fuel(LARGEST_ANSWER);
        store.set_epoch_deadline(store.data().first_look());
        store.data_mut().begin();
        store.epoch_deadline_callback(|mut context| context.data_mut().look());
        if self.runtime.counts {
            // It counts down, and would stop the code at zero.
            store.set_fuel(u64::MAX).map_err(|error| failure(&error))?;
        }
        work(store).map_err(|error| failure(&error))
    }

    /// What becomes an instance.
    pub(super) fn pre(&self) -> &PolicyPre<HostState> {
        &self.pre
    }

    /// The state of an instance for a review.
    pub(super) fn state(&self, context: &ReviewContext<'_>, timeout: Duration) -> HostState {
        HostState::new(
            Arc::clone(context.object),
            context.old_object.cloned(),
            context.request.namespace.clone(),
            Arc::clone(&self.reads),
            Arc::clone(context.lookup),
            timeout,
            &self.runtime.memory,
        )
    }
}

/// Reviews on a thread of its own, which the others do not wait for.
fn after_the_others<T: Send>(review: impl FnOnce() -> Result<T, ReviewError> + Send) -> Result<T, ReviewError> {
    thread::scope(|scope| {
        let reviewing = thread::Builder::new().name("policy-on-probation".to_owned()).spawn_scoped(scope, || {
            priority::lower();
            review()
        });
        match reviewing.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(ReviewError::Crashed(format!("there was no thread for it: {error}"))),
        }
    })
}

impl Module for WasmModule {
    fn description(&self) -> &Description {
        &self.description
    }

    fn check_settings(&self, settings: &Value) -> Result<(), ReviewError> {
        let settings = settings.to_string();
        self.call(self.no_object(), |policy, store| policy.call_check_settings(store, &settings))?
            .map_err(|words| ReviewError::Reported(convert::one_line(&words)))
    }

    fn review(
        &self,
        context: &ReviewContext<'_>,
        settings: &str,
        timeout: Duration,
    ) -> Result<Vec<Finding>, ReviewError> {
        let request = prepared(context)?;
        let settings = settings.to_owned();
        let found = self
            .call(self.state(context, timeout), |policy, store| policy.call_review(store, request, &settings))?
            .map_err(|words| ReviewError::Reported(convert::one_line(&words)))?;
        convert::findings(found, &self.description)
    }
}

/// What the policies that judge an object are handed; made by the first of them.
pub(super) fn prepared<'a>(context: &ReviewContext<'a>) -> Result<&'a contract::Request, ReviewError> {
    let another = || ReviewError::Crashed("another runner of policies prepared the request".to_owned());
    context.prepared.get_or_make(|| convert::request(context)).ok_or_else(another)
}

/// What a failed call was, without a stack trace.
fn failure(error: &wasmtime::Error) -> ReviewError {
    if let Some(DeadlineExceeded(timeout)) = error.downcast_ref::<DeadlineExceeded>() {
        return ReviewError::Deadline(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
    }
    if error.downcast_ref::<MemoryExceeded>().is_some() {
        return ReviewError::Memory((MEMORY_LIMIT >> 20) as u64);
    }
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(trap) => ReviewError::Crashed(convert::one_line(&trap.to_string())),
        None => match root_cause(error) {
            // wasmtime keeps the type of this error to itself; a test holds the text.
            cause if cause.contains("fuel allocated for hostcalls") => {
                ReviewError::BadAnswer(format!("it has more than {} MiB", LARGEST_ANSWER >> 20))
            }
            cause => ReviewError::Crashed(cause),
        },
    }
}
