//! One policy's component, ready for reviews.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use wasmtime::Store;
use wasmtime::component::Component;

use super::bindings::tidegate::policy::types as contract;
use super::bindings::{Policy, PolicyPre};
use super::convert;
use super::host::{DeadlineExceeded, HostState, MemoryExceeded};
use super::runtime::{MEMORY_LIMIT, Runtime, RuntimeError, root_cause};
use crate::finding::Finding;
use crate::lookup::ResourceType;
use crate::policy::{Concern, Description, Module, ReviewContext, ReviewError};

/// How long `describe` and `check-settings` may take: they run once, perhaps on a busy machine.
const LOADING_TIMEOUT: Duration = Duration::from_secs(1);

/// A component, linked: what remains for a review is to take an instance from the pool.
pub(super) struct WasmModule {
    runtime: Arc<Runtime>,
    pre: PolicyPre<HostState>,
    description: Description,
    reads: Arc<[ResourceType]>,
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
            .call(HostState::without_object(LOADING_TIMEOUT), |policy, store| policy.call_describe(store))
            .map_err(|error| RuntimeError::Contract(format!("describe: {error}")))?;
        module.description = convert::description(described)
            .map_err(|problem| RuntimeError::Contract(format!("describe: {problem}")))?;
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

    /// Calls a fresh instance, within its bounds.
    fn call<T>(
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
        let _permit = self.runtime.permits.take();
        let _ticking = self.runtime.clock.run();
        let mut store = Store::new(&self.runtime.engine, state);
        store.limiter(|state| state);
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
        )
    }
}

impl Module for WasmModule {
    fn description(&self) -> &Description {
        &self.description
    }

    fn check_settings(&self, settings: &Value) -> Result<(), ReviewError> {
        let settings = settings.to_string();
        self.call(HostState::without_object(LOADING_TIMEOUT), |policy, store| {
            policy.call_check_settings(store, &settings)
        })?
        .map_err(ReviewError::Reported)
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
        None => ReviewError::Crashed(convert::one_line(&root_cause(error))),
    }
}
