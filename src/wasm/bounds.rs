//! What a component may be made of. What is larger is refused before it is compiled: a compiler that has begun can be
//! stopped by nobody, and what it takes grows with what it is given.
//!
//! The figures beside the bounds are those of the largest real components: SpiderMonkey (JavaScript) and CPython.

mod function;
mod instances;

use wasmparser::{Parser, Payload};

use function::Module;
use instances::Instances;

use super::convert::one_line;
use super::local::LARGEST_COMPONENT;
use super::memory::{MEMORY_LIMIT, TABLE_LIMIT};

/// All functions together; SpiderMonkey has 19,851 in its largest form.
const MOST_FUNCTIONS: u64 = 100_000;
/// The code of all functions, in bytes; SpiderMonkey's is 10.2 MiB.
const MOST_CODE: u64 = 32 << 20;
/// Core modules and components, all together; Python's have 40.
const MOST_PARTS: u64 = 500;
/// How deep they may stand in one another; QuickJS' stand in three.
const DEEPEST: u64 = 10;

/// Why a component is not compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// It has more of something than can be compiled or run.
    #[error("it has {what}; at most {most} fit here")]
    TooLarge {
        /// How much of what.
        what: String,
        /// How much it may be.
        most: u64,
    },
    /// It is no WebAssembly.
    #[error("{0}")]
    Malformed(String),
}

/// Measures a component. Whether it is valid, the compiler says.
pub(super) fn check(component: &[u8]) -> Result<(), Unfit> {
    within(mib(component.len() as u64), LARGEST_COMPONENT >> 20, "MiB")?;
    let (mut functions, mut code, mut parts, mut depth) = (0, 0, 0, 0_usize);
    let (mut module, mut instances) = (Module::default(), Instances::default());
    let malformed = |error: wasmparser::BinaryReaderError| Unfit::Malformed(one_line(error.message()));
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(malformed)?;
        instances.take(&payload)?;
        match payload {
            Payload::TypeSection(types) => module.take_types(types),
            Payload::FunctionSection(types) => module.take_functions(types),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                // A module holds no other, so that one at a time is enough.
                module = Module::default();
                (parts, depth) = (parts + 1, depth + 1);
                within(parts, MOST_PARTS, "modules and components")?;
                within(depth as u64, DEEPEST, "components in one another")?;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CodeSectionStart { count, size, .. } => {
                (functions, code) = (functions + u64::from(count), code + u64::from(size));
                within(functions, MOST_FUNCTIONS, "functions")?;
                within(mib(code), MOST_CODE >> 20, "MiB of code")?;
            }
            Payload::CodeSectionEntry(body) => module.check_next(&body)?,
            Payload::MemorySection(memories) => {
                within(memories.count().into(), 1, "memories in one module")?;
                for memory in memories {
                    let pages = memory.map_err(malformed)?.initial;
                    within(pages >> 4, (MEMORY_LIMIT >> 20) as u64, "MiB of memory to begin with")?;
                }
            }
            Payload::TableSection(tables) => {
                within(tables.count().into(), 1, "tables in one module")?;
                for table in tables {
                    within(table.map_err(malformed)?.ty.initial, TABLE_LIMIT as u64, "elements in a table")?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Bytes in MiB, rounded up.
fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn within(found: u64, most: u64, unit: &str) -> Result<(), Unfit> {
    if found <= most {
        return Ok(());
    }
    Err(Unfit::TooLarge { what: format!("{found} {unit}"), most })
}
