//! Write admission policies for tidegate, the admission gate for MySQL on Kubernetes.
//!
//! A policy is a pure function from a [`Request`] to [`Finding`]s, and a finding may carry its fix.
//! What the object means, tidegate has found out already: which container runs a server, which
//! version it is and where its data lies. A policy's `lib.rs` is only its judgement:
//!
//! ```
//! use tidegate_policy::{Edit, Finding, NoSettings, Policy, Request, Rule, Severity};
//!
//! /// Databases get a minute to end.
//! struct GracePeriod;
//!
//! const SHORT: Rule = Rule::new("MY017", "the server has too little time to end", Severity::Medium);
//!
//! impl Policy for GracePeriod {
//!     type Settings = NoSettings;
//!     const NAME: &str = "grace-period";
//!     const TITLE: &str = "Databases get a minute to end";
//!     const RULES: &[Rule] = &[SHORT];
//!
//!     fn review(request: &Request, _: &NoSettings) -> Vec<Finding> {
//!         let Some(workload) = request.workload() else { return vec![] };
//!         if workload.servers().next().is_none() || workload.termination_grace_period.unwrap_or(30) >= 60 {
//!             return vec![];
//!         }
//!         let at = workload.pod_spec_path(["terminationGracePeriodSeconds"]);
//!         vec![
//!             Finding::new(&SHORT, &workload.pod_spec, "the server is killed while it still writes its pages out")
//!                 .help("Give it 60 seconds or more in terminationGracePeriodSeconds")
//!                 .fix([Edit::set(at, 60)]),
//!         ]
//!     }
//! }
//!
//! tidegate_policy::export!(GracePeriod);
//! # fn main() {}
//! ```
//!
//! Three things to know:
//!
//! * **Unknown is an answer.** A version that the image's tag does not tell, or a cluster that
//!   cannot be asked, is [`Known::Unknown`]; no rule should fire then.
//! * **Credentials are withheld.** A policy sees that a variable holds one, never which.
//! * **Everything is fresh.** Each review runs in an instance of its own, nothing is remembered.

#[cfg(target_family = "wasm")]
mod allocator;
#[doc(hidden)]
pub mod bindings;
pub mod cluster;
mod container;
mod edit;
mod extra;
mod failure;
mod finding;
mod guest;
mod known;
pub mod pointer;
mod policy;
pub mod quantity;
pub mod raw;
pub mod script;
mod selector;
mod server;
mod variable;
mod version;
mod workload;

pub use bindings::tidegate::policy::types;
pub use extra::PossibleOption;
pub use guest::Guest;
pub use known::Known;
pub use policy::{NoSettings, Policy, ResourceType, Rule, WORKLOADS};
pub use selector::{Selector, selects};
pub use serde_json::{Value, json};
pub use types::{
    Claim, Container, Edit, EnvSource, EnvValue, EnvVar, FileOption, Finding, ImageReference, Mount, ObjectId,
    OptionFile, Port, Probe, Request, Role, SeenWorkload, Server, ServerOption, Severity, User, Version, Volume,
    WithheldValue, Workload,
};

/// Makes a [`Policy`] the one that this component holds. Once in a crate, at the top level.
#[macro_export]
macro_rules! export {
    ($policy:ty) => {
        const _: () = {
            type Component = $crate::Guest<$policy>;
            $crate::bindings::export_component! { Component with_types_in $crate::bindings }
        };
    };
}
