//! The wasmtime engine: how policies are compiled, kept, pooled and bounded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
};

use super::bindings::Policy;
use super::bounds::{self, Unfit};
use super::convert::one_line;
use super::deadline::Clock;
use super::host::HostState;
use super::memory::{MEMORY_LIMIT, MemorySteps, TABLE_LIMIT};
use super::permits::Permits;
use crate::files::private_directory;

/// How many reviews run at once, at most: more would share the same processors, and each may have memory.
const MOST_PLACES: u32 = 32;
/// Components of more bytes are compiled one after the other: for those of Python and SpiderMonkey a compiler needs
/// 320 MiB, for those of QuickJS, which have 1.7 MB, 62 MiB.
const LARGE: usize = 4 << 20;
/// How much compiled code is kept, in bytes; it is looked after now and then, so that it may be more for a while.
/// `webhook-deploy/` gives the cache 1 GiB, with what `modules` keeps.
const MOST_COMPILED: u64 = 512 << 20;
/// What a pool slot keeps mapped between reviews, where the kernel can tell cheaply which pages
/// were written (`PAGEMAP_SCAN`, Linux 6.7). Without that, keeping pages costs more than it saves.
const KEPT_MEMORY: usize = 1 << 20;
const KEPT_TABLE: usize = 64 << 10;
/// What the largest kind of component needs of each for one instance: 38 core instances (Python),
/// three memories and three tables (QuickJS).
const CORE_INSTANCES_PER_REVIEW: u32 = 38;
const MEMORIES_PER_REVIEW: u32 = 3;

/// Why the runtime cannot start, or a component cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The cache's directory cannot be used.
    #[error("the policy cache {directory} cannot be used: {problem}; name another with --cache-dir")]
    Cache {
        /// The directory.
        directory: String,
        /// What is wrong with it.
        problem: String,
    },
    /// wasmtime does not start.
    #[error("the WebAssembly runtime does not start: {0}")]
    Start(String),
    /// The bytes are no component.
    #[error("it is not a WebAssembly component: {0}")]
    NotAComponent(String),
    /// They are more than can be compiled here.
    #[error("{0}")]
    TooLarge(String),
    /// They are a component that is not valid, or that this runtime cannot run.
    #[error("it cannot be compiled: {0}")]
    NotCompiled(String),
    /// It imports what the contract does not have, or exports less.
    #[error("it does not keep the contract tidegate:policy@1: {0}")]
    Contract(String),
    /// What it says of itself cannot be meant, or it says nothing.
    #[error("it does not describe itself: {0}")]
    Description(String),
}

impl From<Unfit> for RuntimeError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::TooLarge { .. } => Self::TooLarge(unfit.to_string()),
            Unfit::Malformed(problem) => Self::NotAComponent(problem),
        }
    }
}

/// Compiles components and bounds what their instances may take.
pub struct Runtime {
    pub(super) engine: Engine,
    pub(super) linker: Linker<HostState>,
    pub(super) clock: Clock,
    pub(super) places: Permits,
    pub(super) memory: MemorySteps,
    compiling: Permits,
    compiling_large: Permits,
    /// Whether code counts its instructions.
    pub(super) counts: bool,
}

impl Runtime {
    /// Starts the runtime. With a cache directory, a component that was compiled before is not
    /// compiled again; only this user may be able to write to it.
    ///
    /// # Errors
    /// [`RuntimeError::Cache`], [`RuntimeError::Start`].
    pub fn new(cache_directory: Option<&Path>) -> Result<Self, RuntimeError> {
        Self::start(cache_directory, false)
    }

    /// A runtime whose code counts its instructions, which makes it slower.
    pub(super) fn counting() -> Result<Self, RuntimeError> {
        Self::start(None, true)
    }

    fn start(cache_directory: Option<&Path>, counts: bool) -> Result<Self, RuntimeError> {
        let processors =
            std::thread::available_parallelism().map_or(2, |number| u32::try_from(number.get()).unwrap_or(2));
        let places = processors.saturating_mul(4).clamp(8, MOST_PLACES);
        let mut config = Config::new();
        config
            .wasm_component_model(true)
            .epoch_interruption(true)
            .consume_fuel(counts)
            .cranelift_opt_level(OptLevel::Speed)
            // Each component on the thread that loads it, which works after those that review.
            .parallel_compilation(false)
            // A trap's backtrace would name the policy's functions; nobody is shown it.
            .wasm_backtrace_max_frames(None)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(places)));
        if let Some(directory) = cache_directory {
            config.cache(Some(cache(directory)?));
        }
        let start = |error: wasmtime::Error| RuntimeError::Start(error.to_string());
        let engine = Engine::new(&config).map_err(start)?;
        let mut linker = Linker::new(&engine);
        Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut HostState| state).map_err(start)?;
        let clock = Clock::start(&engine).map_err(|error| RuntimeError::Start(error.to_string()))?;
        Ok(Self {
            engine,
            linker,
            clock,
            places: Permits::new(places),
            memory: MemorySteps::new(),
            compiling: Permits::new(processors),
            compiling_large: Permits::new(1),
            counts,
        })
    }

    /// Compiles a component, or takes it from the cache.
    pub(super) fn compile(&self, bytes: &[u8]) -> Result<Component, RuntimeError> {
        if bytes.starts_with(b"\0asm") && bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
            return Err(RuntimeError::NotAComponent(
                "it is a core module; make it a component with `wasm-tools component new`".to_owned(),
            ));
        }
        bounds::check(bytes)?;
        let _large = if bytes.len() > LARGE { Some(self.compiling_large.take()) } else { None };
        let _one_of_some = self.compiling.take();
        // A compiler that stumbles over a component takes nothing else down with it: what it shares with other
        // compilations is a cache of files, which are written whole.
        let compiled = catch_unwind(AssertUnwindSafe(|| Component::from_binary(&self.engine, bytes)));
        let stumbled = |_| RuntimeError::NotCompiled("the compiler stumbled over it, a fault of wasmtime".to_owned());
        compiled.map_err(stumbled)?.map_err(|error| RuntimeError::NotCompiled(root_cause(&error)))
    }
}

/// The innermost message: what is wrong, without what was tried.
pub(super) fn root_cause(error: &wasmtime::Error) -> String {
    one_line(error.root_cause().to_string().lines().next().unwrap_or_default())
}

fn pool(places: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(places)
        .total_core_instances(places * CORE_INSTANCES_PER_REVIEW)
        .total_memories(places * MEMORIES_PER_REVIEW)
        .total_tables(places * MEMORIES_PER_REVIEW)
        .max_core_instances_per_component(CORE_INSTANCES_PER_REVIEW)
        .max_memories_per_component(MEMORIES_PER_REVIEW)
        .max_tables_per_component(MEMORIES_PER_REVIEW)
        .max_memory_size(MEMORY_LIMIT)
        .table_elements(TABLE_LIMIT)
        .pagemap_scan(Enabled::Auto);
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.linear_memory_keep_resident(KEPT_MEMORY).table_keep_resident(KEPT_TABLE);
    }
    pool
}

fn cache(directory: &Path) -> Result<Cache, RuntimeError> {
    let unusable = |problem: String| RuntimeError::Cache { directory: directory.display().to_string(), problem };
    // Compiled code is run as it is found.
    let private = private_directory(directory, "compiled").map_err(|error| unusable(error.to_string()))?;
    let mut config = CacheConfig::new();
    config.with_directory(private);
    config.with_files_total_size_soft_limit(MOST_COMPILED);
    Cache::new(config).map_err(|error| unusable(error.to_string()))
}
