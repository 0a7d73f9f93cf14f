//! What each rule is about, told to a person: what is wrong, what happens otherwise, what to do.
//!
//! The words are those of `policies/NAME/rules/MY0nn.md`, which are part of this program. Severity
//! and action are the policy's own, and what becomes of the example is tried on the real engine,
//! so that no text can say otherwise.

mod embedded;
mod example;
mod explanation;
mod help;
mod list;
mod markdown;
mod own;
mod page;
mod terminal;
mod text;
mod words;

pub use embedded::{Embedded, embedded};
pub use example::{Example, ExampleError, Outcome};
pub use explanation::{ExplainError, Explanation, explain};
pub use help::help_texts;
pub use list::write_list;
pub use own::own_explanations;
pub use page::{Page, pages};
pub use terminal::{Look, write};
pub use text::{RuleText, TextError};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
