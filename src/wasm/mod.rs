//! Runs policies: the only user of wasmtime.
//!
//! A component is compiled once and kept in a cache; every review gets a fresh instance from a
//! pool, a deadline in milliseconds and a limit on its memory. What it may import is the contract.

mod bindings;
mod builtin;
mod convert;
mod deadline;
mod host;
mod inspect;
mod load;
mod loaded;
mod local;
mod module;
mod permits;
mod probe;
mod runtime;

pub use builtin::builtin_names;
pub use inspect::{Inspection, inspect};
pub use load::{LoadError, Loader, load_policies};
pub use loaded::LoadedCode;
pub use local::{LARGEST_COMPONENT, LocalCode};
pub use probe::{Probe, Probes, Sample};
pub use runtime::{Runtime, RuntimeError};
