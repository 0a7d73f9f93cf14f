//! From a core module, as compilers make it, to a component.

use std::fmt::Display;

use wit_component::ComponentEncoder;

use crate::check::{Refusal, check};

/// Makes a component of a core module that carries its world, as wit-bindgen leaves it there.
///
/// # Errors
/// [`Refusal`] if it lacks what the contract exports, or imports what the contract does not offer: WASI above all.
pub fn encode(module: &[u8]) -> Result<Vec<u8>, Refusal> {
    // Without an adapter for WASI, a module that calls it is refused here already.
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(module).map_err(|error| unfit(&error))?;
    let component = encoder.encode().map_err(|error| unfit(&error))?;
    check(&component)?;
    Ok(component)
}

fn unfit(error: &dyn Display) -> Refusal {
    Refusal::NoComponent(format!("{error:#}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::contract::Contract;
    use wit_component::{StringEncoding, embed_component_metadata};

    #[test]
    fn a_module_that_calls_wasi_is_refused() {
        let contract = Contract::current().unwrap();
        let mut module =
            wat::parse_str(r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#).unwrap();
        embed_component_metadata(&mut module, &contract.resolve, contract.world, StringEncoding::UTF8, false).unwrap();
        let problem = encode(&module).unwrap_err().to_string();
        assert!(problem.contains("wasi_snapshot_preview1"), "{problem}");
    }
}
