//! What authors of policies need: from a folder to a component, what is wrong with one, what it says of itself.

pub mod build;
mod check;
mod docs;
mod inspect;
mod opened;
mod settings;

pub use check::{Verdict, check};
pub use docs::{DocsError, Readme, reference};
pub use inspect::{Inspection, kilobytes, policy_document, rights, write_text};
pub use opened::{OpenError, Opened, component_in, open};
