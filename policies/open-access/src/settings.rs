//! What can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is not looked at.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}
