//! What shows that the servers of a workload replicate, and how: statements in scripts, variables,
//! options.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Known, ResourceType, Value, Workload, cluster, raw};

pub(crate) const CONFIG_MAP: ResourceType = ResourceType::new("v1", "ConfigMap");

/// Statements that make a server a replica, old names and new ones (MySQL 8.0.23 and 8.0.22).
const STATEMENTS: &[&str] = &["change master to", "change replication source to", "start slave", "start replica"];
/// Galera: each server takes writes.
const GALERA: &[&str] = &["wsrep", "galera", "gcomm://", "xtradb-cluster", "xtradb_cluster"];
/// Group Replication: the group decides which server takes writes.
const GROUP: &[&str] = &["group_replication", "group-replication", "createcluster("];
/// The port by which the members of a group speak in MySQL's manual.
const GROUP_PORT: u32 = 33061;
/// An entry that is larger is no script.
const LARGEST_ENTRY: usize = 256 << 10;

/// What is known of how the servers of a workload stand to one another.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    /// Commands, scripts, variables and images, in lower case.
    pub(crate) scripts: Vec<String>,
    /// Option files of ConfigMaps, in lower case.
    files: Vec<String>,
    /// True if something could not be seen that may hold scripts or option files.
    pub(crate) unseen: bool,
    /// Texts by which the first server is called: `mysql-0`, `-0.mysql`.
    first: Vec<String>,
    has_group_port: bool,
}

#[derive(Deserialize)]
struct ConfigMap {
    data: Option<BTreeMap<String, String>>,
}

impl Signs {
    /// The signs in the object under review.
    pub(crate) fn of_object(workload: &Workload, name: Option<&str>) -> Self {
        let mut signs = Self::of(workload, name);
        for container in &workload.containers {
            let lifecycle: Option<Value> = raw::at(&container.path(["lifecycle"]));
            signs.scripts.extend(lifecycle.map(|hooks| hooks.to_string().to_lowercase()));
        }
        signs
    }

    /// The signs in a workload.
    pub(crate) fn of(workload: &Workload, name: Option<&str>) -> Self {
        let mut signs = Self::default();
        signs.first.extend(name.map(|name| format!("{name}-0").to_lowercase()));
        signs.first.extend(workload.service_name.as_deref().map(|service| format!("-0.{service}").to_lowercase()));
        for container in &workload.containers {
            signs.has_group_port |= container.ports.iter().any(|port| port.container_port == GROUP_PORT);
            signs.scripts.push(container.image.to_lowercase());
            signs.scripts.extend(container.command.iter().chain(&container.args).map(|word| word.to_lowercase()));
            signs.scripts.extend(
                container.env.iter().map(|variable| {
                    format!("{}={}", variable.name, variable.plain().unwrap_or_default()).to_lowercase()
                }),
            );
        }
        for volume in &workload.volumes {
            match volume.kind.as_str() {
                "configMap" => volume.source.iter().for_each(|name| signs.read(name)),
                // Made empty, for the data, or for passwords.
                "downwardAPI" | "emptyDir" | "ephemeral" | "persistentVolumeClaim" | "secret" => {}
                _ => signs.unseen = true,
            }
        }
        signs
    }

    fn read(&mut self, config_map: &str) {
        // What is not there yet may hold anything once it is.
        let Known::Yes(map) = cluster::get::<ConfigMap>(&CONFIG_MAP, config_map) else {
            self.unseen = true;
            return;
        };
        for text in map.data.unwrap_or_default().into_values().filter(|text| text.len() <= LARGEST_ENTRY) {
            let list = if is_option_file(&text) { &mut self.files } else { &mut self.scripts };
            list.push(text.to_lowercase());
        }
    }

    /// Whether a script or an option file names one of these, which are in lower case.
    pub(crate) fn name(&self, words: &[&str]) -> bool {
        names(&self.scripts, words) || names(&self.files, words)
    }

    /// Whether a script, a command or a variable names one of these, which are in lower case.
    pub(crate) fn scripts_name(&self, words: &[&str]) -> bool {
        names(&self.scripts, words)
    }

    /// Whether a script makes a server a replica of another.
    pub(crate) fn has_statements(&self) -> bool {
        self.scripts.iter().any(|script| has_statement(script))
    }

    /// Whether a script makes a server a replica, and the first server of this very StatefulSet is
    /// named somewhere: then that is the primary, and the others are its replicas.
    pub(crate) fn follow_first(&self) -> bool {
        self.has_statements()
            && self.scripts.iter().any(|script| self.has_first(script))
            && !self.is_galera()
            && !self.is_group()
    }

    /// The same, where one and the same script has both.
    pub(crate) fn surely_follow_first(&self) -> bool {
        self.follow_first() && self.scripts.iter().any(|script| has_statement(script) && self.has_first(script))
    }

    fn has_first(&self, script: &str) -> bool {
        self.first.iter().any(|first| script.contains(first.as_str()))
    }

    /// Whether the servers are a Galera cluster.
    pub(crate) fn is_galera(&self) -> bool {
        self.name(GALERA)
    }

    /// Whether the servers are a replication group.
    pub(crate) fn is_group(&self) -> bool {
        self.has_group_port || self.name(GROUP)
    }
}

fn has_statement(script: &str) -> bool {
    STATEMENTS.iter().any(|statement| script.contains(statement))
}

fn names(texts: &[String], words: &[&str]) -> bool {
    texts.iter().any(|text| words.iter().any(|word| text.contains(word)))
}

/// Whether a text begins with a group, `[mysqld]`: a script may have `[[ … ]]` somewhere, but not so.
fn is_option_file(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(['#', ';', '!']))
        .is_some_and(|line| line.starts_with('[') && !line.starts_with("[["))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(scripts: &[&str]) -> Signs {
        Signs {
            scripts: scripts.iter().map(|script| script.to_lowercase()).collect(),
            first: vec!["db-0".to_owned()],
            ..Signs::default()
        }
    }

    #[test]
    fn replicas_of_the_first_server() {
        assert!(signs(&["CHANGE MASTER TO MASTER_HOST='db-0.db'"]).follow_first());
        assert!(signs(&["CHANGE MASTER TO MASTER_HOST='db-0.db'"]).surely_follow_first());
        let apart = signs(&["primary=db-0.db", "CHANGE REPLICATION SOURCE TO SOURCE_HOST='$primary'"]);
        assert!(apart.follow_first() && !apart.surely_follow_first());
        let elsewhere = signs(&["CHANGE MASTER TO MASTER_HOST='legacy.corp'"]);
        assert!(elsewhere.has_statements() && !elsewhere.follow_first());
        assert!(!signs(&["ping db-0.db"]).follow_first());
        assert!(!signs(&["CHANGE MASTER TO MASTER_HOST='db-0.db'", "wsrep_on=ON"]).follow_first());
    }

    #[test]
    fn option_files_begin_with_a_group() {
        for text in ["[mysqld]\nlog-bin", "# comment\n\n[mysqld]", "!includedir /etc/x\n[client]"] {
            assert!(is_option_file(text), "{text}");
        }
        for text in ["#!/bin/bash\n[[ -d /data ]] && exit 0", "[[ -d /data ]]", "SELECT 1", ""] {
            assert!(!is_option_file(text), "{text}");
        }
    }
}
