//! What can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Container, EnvVar};

/// Which variables hold passwords, beyond those that tidegate knows, and what is not looked at.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Names of further variables that hold a password, for instance `SHOP_DB_PASSWORD`.
    pub variables: Vec<String>,
    /// Names of variables that hold no password, whatever they look like.
    pub ignore_variables: Vec<String>,
    /// Names of containers that are not looked at.
    pub ignore_containers: Vec<String>,
    /// Names of ConfigMaps that are not looked at.
    pub ignore_config_maps: Vec<String>,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.variables.iter().find(|name| self.ignore_variables.contains(name)) {
            Some(name) => Err(format!("{name} is in variables and in ignoreVariables; take it out of one of them")),
            None => Ok(()),
        }
    }

    pub(crate) fn looks_at(&self, container: &Container) -> bool {
        !self.ignore_containers.contains(&container.name)
    }

    pub(crate) fn is_password(&self, variable: &EnvVar) -> bool {
        (variable.credential || self.variables.contains(&variable.name))
            && !self.ignore_variables.contains(&variable.name)
    }
}
