//! What a component is, found out as the gate does, without putting it in force.

use std::sync::Arc;

use super::module::WasmModule;
use super::runtime::{Runtime, RuntimeError};
use crate::policy::{Description, Module};

/// What a component is.
pub struct Inspection {
    /// What it says of itself.
    pub description: Description,
    /// What it imports, by the names of the component model.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
}

/// Compiles a component and asks it what it is.
///
/// # Errors
/// [`RuntimeError`]: what the gate would say of it.
pub fn inspect(runtime: &Arc<Runtime>, component: &[u8]) -> Result<Inspection, RuntimeError> {
    let module = WasmModule::load(Arc::clone(runtime), component)?;
    let (imports, exports) = module.names();
    Ok(Inspection { description: module.description().clone(), imports, exports })
}
