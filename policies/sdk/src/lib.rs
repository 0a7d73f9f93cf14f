//! Write admission policies for tidegate, the admission gate for MySQL on Kubernetes.
//!
//! A policy is a pure function from a [`Request`] to [`Finding`]s, and a finding may carry its fix.
//! What the object means, tidegate has found out already: which container runs a server, which
//! version it is and where its data lies. A policy's `lib.rs` is only its judgement:
//!
//! ```
//! use tidegate_policy::{Edit, Finding, NoSettings, Policy, Request, Rule, Severity, raw};
//!
//! /// A rollout waits until each server has been ready for ten seconds.
//! struct MinReadySeconds;
//!
//! const HASTY: Rule = Rule::new("SHOP001", "a rollout does not wait for a server to be warm", Severity::Medium);
//!
//! impl Policy for MinReadySeconds {
//!     type Settings = NoSettings;
//!     const NAME: &str = "min-ready-seconds";
//!     const TITLE: &str = "A rollout waits until each server has been ready for a while";
//!     const RULES: &[Rule] = &[HASTY];
//!     const KINDS: &[&str] = &["StatefulSet"];
//!
//!     fn review(request: &Request, _: &NoSettings) -> Vec<Finding> {
//!         let Some(workload) = request.workload() else { return vec![] };
//!         let seconds: u32 = raw::at("/spec/minReadySeconds").unwrap_or(0);
//!         if workload.servers().next().is_none() || seconds >= 10 {
//!             return vec![];
//!         }
//!         vec![
//!             Finding::new(&HASTY, "/spec", "a rollout replaces the next server as soon as one is ready")
//!                 .help("Set minReadySeconds to 10 or more")
//!                 .fix([Edit::set("/spec/minReadySeconds", 10)]),
//!         ]
//!     }
//! }
//!
//! tidegate_policy::export!(MinReadySeconds);
//! # fn main() {}
//! ```
//!
//! Three things to know:
//!
//! * **Unknown is an answer.** A version that the image's tag does not tell, or a cluster that
//!   cannot be asked, is [`Known::Unknown`]; no rule should fire then.
//! * **Credentials are withheld.** A policy sees that a variable holds one, never which.
//! * **Everything is fresh.** Each review runs in an instance of its own, nothing is remembered.

// What `#[derive(Settings)]` writes names this crate, also where it is used in the crate itself.
extern crate self as tidegate_policy;

#[cfg(target_family = "wasm")]
mod allocator;
#[doc(hidden)]
pub mod bindings;
pub mod cluster;
mod container;
#[doc(hidden)]
pub mod derived;
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
pub use extra::{PossibleOption, UnknownRule};
pub use guest::Guest;
pub use known::Known;
pub use policy::{Concern, NoSettings, Policy, ResourceType, Rule, WORKLOADS};
pub use selector::{Selector, selects};
pub use serde_json::{Value, json};
pub use tidegate_policy_derive::Settings;
pub use types::{
    Claim, Container, Edit, EnvSource, EnvValue, EnvVar, FileOption, Finding, ImageReference, Mount, ObjectId,
    OptionFile, Port, Probe, Request, Role, SeenWorkload, Server, ServerOption, Severity, User, Version, Volume,
    WithheldValue, Workload,
};

/// The README's example, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

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
