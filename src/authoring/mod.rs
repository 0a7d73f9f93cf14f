//! What authors of policies need: a policy of their own, in the language of their choice.

mod embedded;
mod language;
pub mod new;

pub use language::Language;
