//! What authors of policies need: their policies tried on cases, and measured.

pub mod bench;
pub mod case;
mod costs;
mod stale;
mod subject;

pub use costs::write as write_costs;
pub use stale::newer_source;
pub use subject::{Given, Place, PlaceError, Subject, SubjectError};
