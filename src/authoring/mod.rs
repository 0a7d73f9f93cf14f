//! What authors of policies need: a folder for a new one, from a folder to a component, cases that try it, what it
//! costs, what is wrong with one, what it says of itself.

pub mod bench;
pub mod build;
pub mod case;
mod check;
mod costs;
mod docs;
mod embedded;
mod inspect;
mod language;
pub mod new;
mod opened;
mod settings;
mod stale;
mod subject;

pub use check::{Verdict, check};
pub use costs::write as write_costs;
pub use docs::{DocsError, Readme, reference};
pub use inspect::{Inspection, kilobytes, policy_document, rights, write_text};
pub use language::Language;
pub use opened::{OpenError, Opened, component_in, in_folder, open};
pub use stale::newer_source;
pub use subject::{Given, Place, PlaceError, Subject, SubjectError};
