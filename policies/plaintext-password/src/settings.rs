//! What can be set.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::script::{pipelines, script_in};
use tidegate_policy::{Container, EnvVar};

use crate::commands::given;
use crate::names::{is_application_password, is_evidence, is_password, names_another};

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
    /// Names of ConfigMaps that are not looked at, neither themselves nor where variables come from them.
    pub ignore_config_maps: Vec<String>,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.variables.iter().find(|name| self.ignore_variables.contains(name)) {
            Some(name) => Err(format!("{name} is in variables and in ignoreVariables; take it out of one of them")),
            None => Ok(()),
        }
    }

    pub(crate) fn ignores_config_map(&self, name: &str) -> bool {
        self.ignore_config_maps.iter().any(|ignored| ignored == name)
    }

    pub(crate) fn looks_at(&self, container: &Container) -> bool {
        !self.ignore_containers.contains(&container.name)
    }

    /// Which of a container's variables are passwords.
    pub(crate) fn passwords<'a>(&'a self, container: &'a Container) -> Passwords<'a> {
        Passwords { settings: self, container, talks_to_mysql: OnceCell::new(), given: OnceCell::new() }
    }

    /// Whether a variable of this name, which comes from a ConfigMap, is a password.
    pub(crate) fn is_called_password(&self, name: &str) -> bool {
        !self.ignore_variables.iter().any(|ignored| ignored == name)
            && (is_password(name) || self.variables.iter().any(|known| known == name))
    }
}

/// Which of a container's variables are passwords of MySQL's.
pub(crate) struct Passwords<'a> {
    settings: &'a Settings,
    container: &'a Container,
    talks_to_mysql: OnceCell<bool>,
    /// The variables that the container's command gives to one of MySQL's programs as a password.
    given: OnceCell<BTreeSet<String>>,
}

impl Passwords<'_> {
    pub(crate) fn has(&self, variable: &EnvVar) -> bool {
        let name = &variable.name;
        !self.settings.ignore_variables.contains(name)
            && (variable.credential
                || self.settings.variables.contains(name)
                || is_password(name)
                || (is_application_password(name) && self.talk_to_mysql())
                || self.given().contains(name))
    }

    fn given(&self) -> &BTreeSet<String> {
        self.given.get_or_init(|| {
            let words: Vec<&str> =
                self.container.command.iter().chain(&self.container.args).map(String::as_str).collect();
            let may_give =
                |word: &&str| word.contains('$') && ["-p", "--pass", "PWD="].iter().any(|sign| word.contains(sign));
            if !words.iter().any(may_give) {
                return BTreeSet::new();
            }
            let commands = match script_in(&words) {
                Some(script) => pipelines(words[script]).into_iter().flatten().collect(),
                None => vec![words.iter().map(|word| (*word).to_owned()).collect()],
            };
            commands.iter().flat_map(|command: &Vec<String>| given(command)).map(str::to_owned).collect()
        })
    }

    /// Whether the variables say that the database is MySQL, and none that it is another.
    fn talk_to_mysql(&self) -> bool {
        *self.talks_to_mysql.get_or_init(|| {
            let values = || self.container.env.iter().filter_map(EnvVar::plain);
            values().any(is_evidence) && !values().any(names_another)
        })
    }
}
