//! Policies as they are installed: documents, what they apply to, and the ordered set in force.

mod code;
mod current;
mod document;
mod exception;
mod limit;
mod matching;
mod module;
mod parse;
mod revision;
mod rollout;
#[cfg(test)]
pub(crate) mod scripted;
mod set;
mod spec;
mod stored;
mod written;

pub use code::{BUILTIN, Code, CodeSource, FILE, digest_of};
pub use current::CurrentPolicies;
pub use document::{DocumentError, Metadata, PolicyDocument};
pub use exception::{ExceptionDocument, ExceptionMatch, ExceptionSpec, PolicyException};
pub use limit::ExceptionLimit;
pub use matching::{MatchError, Matcher, RequestNamespace};
pub use module::{Concern, Description, JudgedKind, Module, ReviewContext, ReviewError, UnknownRule};
pub use parse::{Documents, parse_documents};
pub use rollout::Presence;
pub use set::{InstalledException, InstalledPolicy, PolicySet};
pub use spec::{
    Action, Elsewhere, Exclude, FailurePolicy, LabelOperator, LabelRequirement, LabelSelector, MatchSpec, OnError,
    PolicySpec, PullSecret, Rollout,
};
pub use stored::{CLUSTER, exception_of_object, pinned, policy_of_object, resolved_digest};
