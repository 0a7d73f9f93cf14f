//! The MySQL domain: what an object runs, read once and natively, and handed to every policy.
//!
//! [`Location`] finds the pod, [`withheld`] hides the credentials, [`Workload::read`] makes the
//! typed model: image references, flavours, versions, roles, the options that reach a server.

mod command;
mod concern;
mod config_map;
mod container;
mod credential;
mod expansion;
mod flavor;
mod image;
mod json;
mod location;
mod model;
mod mounted;
mod operator;
mod option;
mod option_file;
mod read;
mod role;
mod script;
mod server;
mod version;
mod withhold;

pub use concern::{RELATED_KINDS, judged_part, may_concern_mysql, names_mysql};
pub use config_map::{ConfigMapFile, option_files};
pub use credential::{is_credential, is_known_credential, names_another_database};
pub use expansion::{expand_escapes, has_references, is_placeholder};
pub use flavor::{Flavor, Product};
pub use image::ImageReference;
pub use json::Misfit;
pub use location::{KINDS, Location};
pub use model::{
    Claim, Container, EnvFrom, EnvSource, EnvValue, EnvVar, Mount, Placement, Port, PossibleOption, Probe, Role,
    Server, Volume, Workload,
};
pub use operator::{is_controlled, is_operator_managed};
pub use option::ServerOption;
pub use option_file::FileOption;
pub use read::ConfigMaps;
pub use version::Version;
pub use withhold::{WITHHELD, withheld, withhold_text};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
