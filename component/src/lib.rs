//! What building tidegate's policies and judging their components needs, for the project's own build
//! steps and for `tidegate policy`: the contract, from a core module to a component, what a component
//! is refused for, what it tells of itself, and the compiler that makes WebAssembly.

mod check;
mod contract;
mod difference;
mod encode;
mod origin;
pub mod toolchain;

pub use check::{Refusal, Surface, check};
pub use contract::{Contract, ContractError, TEXT, version_of};
pub use encode::encode;
pub use origin::{Language, language_of};
