//! Reads what the contract keeps in `extra`: names that it documents, with a JSON value each.

use serde::de::DeserializeOwned;

use crate::{Request, Server, Workload};

fn entry<T: DeserializeOwned>(extra: &[(String, String)], name: &str) -> Option<T> {
    let (_, json) = extra.iter().find(|(own, _)| own == name)?;
    serde_json::from_str(json).ok()
}

/// An option that may reach a server: an init container may copy its file to where the server reads.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PossibleOption {
    /// The group, for instance `mysqld`.
    pub group: String,
    /// The name with dashes.
    pub name: String,
    /// The value; none for a bare name.
    pub value: Option<String>,
    /// The ConfigMap that holds the file.
    pub config_map: String,
    /// The file's key in it.
    pub key: String,
}

/// A rule that the object's author wants an exception from, and that there is not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct UnknownRule {
    /// What stands there.
    pub rule: String,
    /// The rule that may be meant.
    pub meant: Option<String>,
}

impl Request {
    /// Rules that the object's author wants an exception from, and that there are not.
    pub fn unknown_rules(&self) -> Vec<UnknownRule> {
        entry(&self.extra, "unknown-rules").unwrap_or_default()
    }
}

impl Server {
    /// The command that the image ships to ask its server. None if there is none, or it is not known.
    pub fn healthcheck(&self) -> Option<Vec<String>> {
        entry(&self.extra, "healthcheck")
    }

    /// The client program that the image is sure to have: `mysql` or `mariadb`.
    pub fn client(&self) -> Option<String> {
        entry(&self.extra, "client")
    }

    /// The administration program that the image is sure to have: `mysqladmin` or `mariadb-admin`.
    pub fn admin(&self) -> Option<String> {
        entry(&self.extra, "admin")
    }

    /// True if a shell script starts the server, so that options may be passed that are not seen.
    pub fn is_started_by_script(&self) -> bool {
        entry(&self.extra, "script").unwrap_or(false)
    }

    /// Options of ConfigMaps that an init container may copy to where the server reads them.
    pub fn possible_options(&self) -> Vec<PossibleOption> {
        entry(&self.extra, "possible-options").unwrap_or_default()
    }
}

impl Workload {
    /// The name of the Secret that tidegate makes for this workload's passwords; it may not be there
    /// yet.
    pub fn secret_name(&self) -> Option<String> {
        entry(&self.extra, "secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_something_else_is_none() {
        let extra = vec![("admin".to_owned(), r#""mysqladmin""#.to_owned())];
        assert_eq!(entry::<String>(&extra, "admin").as_deref(), Some("mysqladmin"));
        assert_eq!(entry::<bool>(&extra, "admin"), None);
        assert_eq!(entry::<String>(&extra, "client"), None);
    }
}
