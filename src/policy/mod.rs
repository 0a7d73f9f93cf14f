//! Policies as they are installed: documents, what they apply to, and the ordered set in force.

mod document;
mod limit;
mod matching;
mod module;
mod set;

pub use document::{Action, DocumentError, MatchSpec, OnError, PolicyDocument, PolicySpec, parse_documents};
pub use limit::ExceptionLimit;
pub use matching::{MatchError, Matcher};
pub use module::{Description, Module, ReviewContext, ReviewError, UnknownRule};
pub use set::{InstalledPolicy, PolicySet};
