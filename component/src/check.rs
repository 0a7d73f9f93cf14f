//! Whether a component holds the contract, and nothing beyond it.

use std::fmt::Display;

use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::contract::Contract;
use crate::difference::difference;

/// What the names of the contract's interfaces begin with.
const PACKAGE: &str = "tidegate:policy/";

/// Why a component is refused. It ends the sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The bytes are not WebAssembly.
    #[error("it is not a WebAssembly component")]
    NotWasm,
    /// It is what compilers make, before it becomes a component.
    #[error("it is a core module, not a component; make it one with `tidegate policy build` in the policy's folder")]
    CoreModule,
    /// It cannot be read, or made.
    #[error("it is not a component that can be used: {0}")]
    NoComponent(String),
    /// It imports what no policy may.
    #[error("it imports {}; a policy may import {} and nothing else", foreign.join(", "), offered.join(", "))]
    Foreign {
        /// The imports that a policy may not have.
        foreign: Vec<String>,
        /// Those that it may.
        offered: Vec<String>,
    },
    /// It has nothing of the contract.
    #[error("it is no policy: it does not export {}", .0.join(", "))]
    NoPolicy(Vec<String>),
    /// It was made for a contract of another major number.
    #[error(
        "it was made for version {found} of the contract, and this tidegate has {own}; build it again with its wit/"
    )]
    Version {
        /// Its version.
        found: String,
        /// That of this program.
        own: String,
    },
    /// Its functions are not those of the contract.
    #[error("it does not fit the contract tidegate:policy@{version}: {problem}")]
    Misfit {
        /// The version that it was made for.
        version: String,
        /// What differs.
        problem: String,
    },
    /// The contract itself cannot be read.
    #[error(transparent)]
    Contract(#[from] crate::ContractError),
}

/// What a component shows to its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// The version of the contract that it was made for.
    pub version: String,
    /// The interfaces and functions that it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
}

/// Whether a component holds the contract, in the version that it was made for: one that was built for an earlier
/// version of the same major number holds it too.
///
/// # Errors
/// [`Refusal`].
pub fn check(component: &[u8]) -> Result<Surface, Refusal> {
    // A header's fifth to eighth byte: a version and a layer, which is 0 for modules and 1 for components.
    match component.get(..8) {
        Some([b'\0', b'a', b's', b'm', _, _, 0, 0]) => return Err(Refusal::CoreModule),
        Some([b'\0', b'a', b's', b'm', ..]) => {}
        _ => return Err(Refusal::NotWasm),
    }
    let (resolve, world) = match wit_component::decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => (resolve, world),
        Ok(DecodedWasm::WitPackage(..)) => {
            return Err(Refusal::NoComponent("it holds interfaces, and no code".to_owned()));
        }
        Err(error) => return Err(Refusal::NoComponent(words(&error))),
    };
    let own = Contract::current()?;
    let imports = names(&resolve, &resolve.worlds[world].imports);
    let exports = names(&resolve, &resolve.worlds[world].exports);
    // By name first: the validator below would only say that types do not match.
    let offered = names(&own.resolve, &own.resolve.worlds[own.world].imports);
    let is_offered = |import: &&String| offered.iter().any(|name| interface(name) == interface(import));
    let foreign: Vec<_> = imports.iter().filter(|import| !is_offered(import)).cloned().collect();
    if !foreign.is_empty() {
        return Err(Refusal::Foreign { foreign, offered });
    }
    let wanted = names(&own.resolve, &own.resolve.worlds[own.world].exports);
    let missing: Vec<_> = wanted.iter().filter(|name| !exports.contains(name)).cloned().collect();
    if !missing.is_empty() {
        return Err(Refusal::NoPolicy(missing));
    }
    let found = imports.iter().find_map(|import| import.strip_prefix(PACKAGE)?.split_once('@'));
    let version = found.map_or(own.version(), |(_, version)| version).to_owned();
    if major(&version) != major(own.version()) {
        return Err(Refusal::Version { found: version, own: own.version().to_owned() });
    }
    let contract = Contract::called(&version)?;
    if let Err(error) = wit_component::targets(&contract.resolve, contract.world, component, false) {
        let problem = difference((&contract.resolve, contract.world), (&resolve, world));
        return Err(Refusal::Misfit { version, problem: problem.unwrap_or_else(|| words(&error)) });
    }
    Ok(Surface { version, imports, exports })
}

/// The names of a world's imports or exports.
fn names<'a>(resolve: &Resolve, items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>) -> Vec<String> {
    let interfaces_and_functions = items.into_iter().filter(|(_, item)| !matches!(item, WorldItem::Type { .. }));
    interfaces_and_functions.map(|(key, _)| resolve.name_world_key(key)).collect()
}

/// An interface's name without its version.
fn interface(name: &str) -> &str {
    name.split_once('@').map_or(name, |(interface, _)| interface)
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// The innermost of an error's messages, without the place in the file that it names.
fn words(error: &dyn Display) -> String {
    let all = format!("{error:#}");
    let last = all.rsplit(": ").next().unwrap_or(&all);
    last.split(" (at offset").next().unwrap_or(last).trim().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::ManglingAndAbi;

    /// A component that does nothing, of the first world of a text, with the contract in some version beside it.
    fn component(contract: &str, wit: &str) -> Vec<u8> {
        let mut resolve = Resolve::default();
        resolve.push_str("policy.wit", contract).unwrap();
        let package = resolve.push_str("test.wit", wit).unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
        let mut encoder = ComponentEncoder::default();
        encoder.validate(true).module(&module).unwrap();
        encoder.encode().unwrap()
    }

    /// A policy of a contract that was changed.
    fn policy(changes: &[(&str, &str)]) -> Vec<u8> {
        let mut contract = crate::TEXT.to_owned();
        for (from, to) in changes {
            assert!(contract.contains(from), "{from}");
            contract = contract.replace(from, to);
        }
        let version = crate::version_of(&contract).unwrap();
        component(&contract, &format!("package a:b; world w {{ include tidegate:policy/policy@{version}; }}"))
    }

    #[test]
    fn a_policy_of_any_version_of_the_contract_that_holds_it_is_taken() {
        for version in ["1.0.0", "1.0.1", "1.4.0"] {
            let surface = check(&policy(&[("policy@1.0.0", &format!("policy@{version}"))])).unwrap();
            assert_eq!(surface.version, version);
            assert!(surface.imports.contains(&format!("tidegate:policy/types@{version}")), "{:?}", surface.imports);
            assert_eq!(surface.exports, ["describe", "check-settings", "review"]);
        }
        // What a contract of today's number lacks that later has more.
        check(&policy(&[("    option-files: func() -> list<option-file>;\n", "")])).unwrap();
    }

    #[test]
    fn what_does_not_hold_it_is_refused_in_words() {
        let export = |world: &str| component(crate::TEXT, &format!("package a:b; {world}"));
        let core = b"\0asm\x01\0\0\0".to_vec();
        for (bytes, words) in [
            (b"no wasm".to_vec(), "it is not a WebAssembly component"),
            (core, "it is a core module, not a component; make it one with `tidegate policy build`"),
            (
                export("world w { export describe: func() -> string; }"),
                "it is no policy: it does not export check-settings, review",
            ),
            (
                export(
                    "interface clock { now: func() -> u32; } world w { include tidegate:policy/policy@1.0.0; import clock; }",
                ),
                "it imports a:b/clock; a policy may import tidegate:policy/",
            ),
            (
                policy(&[("policy@1.0.0", "policy@2.0.0")]),
                "it was made for version 2.0.0 of the contract, and this tidegate has 1.0.0",
            ),
            (
                policy(&[("help: option<string>", "help: string")]),
                "it does not fit the contract tidegate:policy@1.0.0: types.finding is record { rule: string, severity: \
                 severity, at: string, message: string, help: option<string>, fix: list<edit> } in the contract, and \
                 record {",
            ),
            (
                policy(&[("    object: func() -> json;", "    object: func() -> json;\n    tail: func() -> json;")]),
                "it does not fit the contract tidegate:policy@1.0.0: the contract has no raw.tail",
            ),
            (
                policy(&[("export check-settings: func(settings: json)", "export check-settings: func()")]),
                "check-settings is func(settings: string) -> result<_, string> in the contract, and func() -> \
                 result<_, string> in the component",
            ),
        ] {
            let refusal = check(&bytes).unwrap_err().to_string();
            assert!(refusal.contains(words), "{refusal}");
        }
    }
}
