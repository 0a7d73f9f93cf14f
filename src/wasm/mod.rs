//! Runs policies: the only user of wasmtime.
//!
//! A component is compiled once and kept in a cache; every review gets a fresh instance from a
//! pool, a deadline in milliseconds and a limit on its memory. What it may import is the contract.

mod bindings;
mod bounds;
mod builtin;
mod convert;
mod deadline;
mod description;
mod host;
mod inspect;
mod load;
mod loaded;
mod local;
mod memory;
mod module;
mod permits;
mod priority;
mod probe;
mod runtime;
mod schema;
mod share;
mod unfit_setting;

pub(crate) use convert::one_line;

pub use builtin::builtin_names;
pub use inspect::{Inspection, inspect};
pub use load::{LoadError, Loader, load_policies};
pub use loaded::LoadedCode;
pub use local::{LARGEST_COMPONENT, LocalCode};
pub use probe::{Probe, Probes, Sample};
pub use runtime::{Runtime, RuntimeError};
