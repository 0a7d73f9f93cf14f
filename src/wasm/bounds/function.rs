//! What one function may be made of: what a compiler needs for it grows with its values times its blocks.

use wasmparser::{BlockType, CompositeInnerType, FunctionBody, FunctionSectionReader, Operator, TypeSectionReader};

use super::{Unfit, within};

/// One function, in bytes; CPython's interpreter has 417 KiB.
const LARGEST_FUNCTION: u64 = 1 << 20;
/// The variables of one function; SpiderMonkey's have at most 483.
const MOST_VARIABLES: u64 = 5_000;
/// The results of a function or block: more come only from whoever wants a compiler to suffer.
const MOST_RESULTS: u64 = 16;
/// Variables times blocks of one function: at each block, the compiler may have to join each variable. SpiderMonkey's
/// interpreter has 194,228.
const MOST_JOINS: u64 = 2_000_000;
/// What a block takes or gives by itself is joined in any case: a thousand blocks with a thousand values each take
/// gigabytes.
const JOINED_BY_TYPE: u64 = 10;

/// What is known of a core module: of each type how much it takes and gives, and of which type each function is.
#[derive(Default)]
pub(super) struct Module {
    types: Vec<(u64, u64)>,
    functions: Vec<u32>,
    next: usize,
}

impl Module {
    pub(super) fn take_types(&mut self, types: TypeSectionReader<'_>) {
        for group in types.into_iter().map_while(Result::ok) {
            self.types.extend(group.types().map(|one| match &one.composite_type.inner {
                CompositeInnerType::Func(function) => (function.params().len() as u64, function.results().len() as u64),
                _ => (0, 0),
            }));
        }
    }

    pub(super) fn take_functions(&mut self, types: FunctionSectionReader<'_>) {
        self.functions.extend(types.into_iter().map_while(Result::ok));
    }

    /// Measures the next function's body.
    pub(super) fn check_next(&mut self, body: &FunctionBody<'_>) -> Result<(), Unfit> {
        let size = body.range().len() as u64;
        within(size >> 10, LARGEST_FUNCTION >> 10, "KiB in one function")?;
        let (parameters, results) = self.functions.get(self.next).map_or((0, 0), |own| self.of_type(*own));
        self.next += 1;
        within(results, MOST_RESULTS, "results of one function")?;
        let Ok(locals) = body.get_locals_reader() else { return Ok(()) };
        let locals: u64 = locals.into_iter().map_while(Result::ok).map(|(count, _)| u64::from(count)).sum();
        let variables = locals + parameters;
        within(variables, MOST_VARIABLES, "variables in one function")?;
        self.check_blocks(body, variables)
    }

    /// Measures the blocks of a body, as far as it can be read.
    fn check_blocks(&self, body: &FunctionBody<'_>, variables: u64) -> Result<(), Unfit> {
        let Ok(operators) = body.get_operators_reader() else { return Ok(()) };
        let mut joins = 0_u64;
        for operator in operators.into_iter().map_while(Result::ok) {
            let (Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty }) = operator else {
                continue;
            };
            let (takes, gives) = if let BlockType::FuncType(own) = blockty { self.of_type(own) } else { (0, 0) };
            within(gives, MOST_RESULTS, "results of one block")?;
            joins = joins.saturating_add(variables).saturating_add((takes + gives).saturating_mul(JOINED_BY_TYPE));
        }
        within(joins, MOST_JOINS, "variables times blocks in one function")
    }

    fn of_type(&self, index: u32) -> (u64, u64) {
        usize::try_from(index).ok().and_then(|index| self.types.get(index)).copied().unwrap_or_default()
    }
}
