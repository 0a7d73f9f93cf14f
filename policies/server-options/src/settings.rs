//! What can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::Container;

/// What can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Names of options that are not looked at, for instance those that a build of your own knows.
    pub(crate) ignore_options: Vec<String>,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Settings {
    /// Whether a container is looked at: one that serves while the pod lives.
    pub(crate) fn covers(&self, container: &Container) -> bool {
        matches!(container.placement.as_str(), "container" | "sidecar")
            && !self.ignore_containers.contains(&container.name)
    }

    /// Whether an option is looked at; dashes and underscores are the same.
    pub(crate) fn looks_at(&self, option: &str) -> bool {
        !self.ignore_options.iter().any(|ignored| ignored.replace('_', "-") == option)
    }
}
