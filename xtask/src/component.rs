//! From a core module to a component that holds the contract, and nothing beyond it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::{Resolve, WorldId};

/// The world that every policy is a component of.
pub(crate) struct Contract {
    resolve: Resolve,
    world: WorldId,
}

impl Contract {
    /// Reads the folder that the contract is in.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(folder)?;
        let world = resolve.select_world(&[package], Some("policy"))?;
        Ok(Self { resolve, world })
    }
}

/// Makes a component. It is refused if it lacks what the contract exports, or imports what the
/// contract does not offer: WASI above all.
pub(crate) fn make(module: &[u8], contract: &Contract) -> Result<Vec<u8>> {
    // Without an adapter for WASI, a module that calls it is refused here already.
    let component = ComponentEncoder::default().validate(true).module(module)?.encode()?;
    check(&component, contract)?;
    Ok(component)
}

/// Whether a component fits the contract.
fn check(component: &[u8], contract: &Contract) -> Result<()> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("it is an interface, not a component");
    };
    // By name first: the validator below would only say that types do not match.
    let offered = imports(&contract.resolve, contract.world);
    if let Some(foreign) = imports(&resolve, world).into_iter().find(|import| !offered.contains(import)) {
        bail!("it imports {foreign}; a policy may import {} and nothing else", offered.join(", "));
    }
    wit_component::targets(&contract.resolve, contract.world, component, false)
        .context("it does not fit the contract in policies/wit")
}

fn imports(resolve: &Resolve, world: WorldId) -> Vec<String> {
    resolve.worlds[world].imports.keys().map(|import| resolve.name_world_key(import)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::ManglingAndAbi;

    fn contract() -> Contract {
        Contract::read(&Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("policies").join("wit")).unwrap()
    }

    /// A component of a world that does nothing.
    fn component(resolve: &Resolve, world: WorldId) -> Vec<u8> {
        let mut module = dummy_module(resolve, world, ManglingAndAbi::Standard32);
        embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false).unwrap();
        ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
    }

    /// What is wrong with a component of a world of this text.
    fn problem(wit: &str) -> String {
        let mut contract = contract();
        let package = contract.resolve.push_str("test.wit", wit).unwrap();
        let world = contract.resolve.select_world(&[package], None).unwrap();
        let component = component(&contract.resolve, world);
        format!("{:#}", check(&component, &self::contract()).unwrap_err())
    }

    #[test]
    fn accepts_a_component_of_the_contract() {
        let contract = contract();
        check(&component(&contract.resolve, contract.world), &contract).unwrap();
    }

    #[test]
    fn rejects_an_import_beyond_the_contract() {
        let wit = "package a:b; interface clock { now: func() -> u32; } \
                   world w { include tidegate:policy/policy@1.0.0; import clock; }";
        let problem = problem(wit);
        assert!(problem.starts_with("it imports a:b/clock; a policy may import tidegate:policy/"), "{problem}");
    }

    #[test]
    fn rejects_what_exports_too_little() {
        let problem = problem("package a:b; world w { export describe: func() -> string; }");
        assert!(problem.starts_with("it does not fit the contract"), "{problem}");
    }

    #[test]
    fn rejects_a_module_that_calls_wasi() {
        let contract = contract();
        let mut module =
            wat::parse_str(r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#).unwrap();
        embed_component_metadata(&mut module, &contract.resolve, contract.world, StringEncoding::UTF8, false).unwrap();
        let problem = format!("{:#}", make(&module, &contract).unwrap_err());
        assert!(problem.contains("wasi_snapshot_preview1"), "{problem}");
    }
}
