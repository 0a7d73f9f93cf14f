//! tidegate: an admission gate for MySQL on Kubernetes.
//!
//! A [`request`] holds one object, and what is being done with it. [`workload`] reads from the
//! object, once, what it runs: the typed model, with every credential withheld. Each [`policy`] in
//! force turns that into findings, which may carry their repair; [`wasm`] runs its code, and
//! [`modules`] fetches what of it is elsewhere. The [`engine`] leads the object through the policies
//! and comes to one evaluation: a decision, the findings, one patch, and the Secrets that have to be
//! there. What happens with the evaluation is the caller's: a gate answers the API server, an audit
//! prints a report.

pub mod audit;
pub mod authoring;
pub mod certificates;
pub mod cli;
pub mod closest;
pub mod cluster;
pub mod controller;
pub mod demo;
pub mod deploy;
pub mod engine;
pub mod events;
pub mod explain;
pub mod files;
pub mod finding;
pub mod fix;
pub mod install;
pub mod leadership;
pub mod line_diff;
pub mod lookup;
pub mod metrics;
pub mod modules;
pub mod objects;
pub mod own_rules;
pub mod policy;
pub mod prepared;
pub mod reports;
pub mod request;
pub mod resources;
pub mod secrets;
pub mod server;
pub mod traces;
pub mod wasm;
pub mod webhooks;
pub mod workload;
pub mod yaml;
