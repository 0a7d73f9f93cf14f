//! MY003: the server asks nobody for a password, or takes one from a file that many can read.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Container, Finding, Known, Rule, Server, Severity, Workload, cluster, raw};

use crate::environment::CONFIG_MAP;

pub(crate) const UNGUARDED: Rule =
    Rule::new("MY003", "the server lets everybody in, or sets a password that many can read", Severity::Critical);

const SWITCH: &str = "skip-grant-tables";
const WITHHELD: &str = "<withheld>";

/// MY003.
pub(crate) fn unguarded(workload: &Workload, container: &Container, server: &Server) -> Vec<Finding> {
    no_grants(container, server).into_iter().chain(init_file(workload, container, server)).collect()
}

/// Without grant tables everybody is let in, with every right. Since MySQL 8.0 such a server has no network
/// (WL#4321), so that only those in the pod come in; MariaDB's has.
fn no_grants(container: &Container, server: &Server) -> Option<Finding> {
    let name = &container.name;
    let help = format!(
        "Take {SWITCH} out. If root's password is lost, start the server once with --init-file and ALTER USER in a file \
         of a Secret, and take that out again"
    );
    if server.switch(SWITCH) == Some(true) {
        let at = server.option(SWITCH).map_or(container.at.as_str(), |option| option.at.as_str());
        let local =
            (server.is_mysql() && server.at_least(8, 0).is_yes()) || server.switch("skip-networking") == Some(true);
        let (who, severity) = if local {
            (
                "every container of the pod gets in with every right and without a password, and nobody else gets in",
                Severity::High,
            )
        } else {
            ("whoever reaches the server gets in with every right and without a password", Severity::Critical)
        };
        let message = format!("container {name} runs its server with {SWITCH}: {who}");
        return Some(Finding::new(&UNGUARDED, at, message).severity(severity).help(help));
    }
    let possible = server.possible_options();
    let option = possible.iter().find(|option| option.name == SWITCH && !is_off(option.value.as_deref()))?;
    let message = format!(
        "{} of ConfigMap {} sets {SWITCH}; if it reaches the server of container {name}, that lets everybody in with every \
         right and without a password",
        option.key, option.config_map
    );
    Some(Finding::new(&UNGUARDED, &container.at, message).severity(Severity::Medium).help(help))
}

fn is_off(value: Option<&str>) -> bool {
    value.is_some_and(|value| ["0", "off", "false"].iter().any(|off| value.eq_ignore_ascii_case(off)))
}

/// The file of `--init-file` is read at each start. If it comes from a ConfigMap and sets a password, all
/// who may read ConfigMaps have it.
fn init_file(workload: &Workload, container: &Container, server: &Server) -> Option<Finding> {
    let option = server.option("init-file")?;
    let file = File::at(workload, container, option.value.as_deref()?)?;
    let Known::Yes(map) = cluster::get::<ConfigMap>(&CONFIG_MAP, &file.config_map) else { return None };
    let text = map.data.get(&file.key)?;
    // A text that is withheld as a whole is so for its key, and nobody knows what it holds.
    if !text.contains(WITHHELD) || text == WITHHELD {
        return None;
    }
    let message = format!(
        "the server of container {} runs {} of ConfigMap {} at each start, and that sets a password: whoever can read \
         ConfigMaps gets in",
        container.name, file.key, file.config_map
    );
    let help = format!(
        "Move the file into a Secret (kubectl create secret generic NAME --from-file={}) and mount that instead; then \
         change the password",
        file.key
    );
    Some(Finding::new(&UNGUARDED, &option.at, message).help(help))
}

/// A file that a ConfigMap brings.
struct File {
    config_map: String,
    key: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigMap {
    data: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Item {
    key: String,
    path: String,
}

impl File {
    /// The file at a path of the container, if a ConfigMap is mounted there or above.
    fn at(workload: &Workload, container: &Container, path: &str) -> Option<Self> {
        let (mount, rest) = container
            .mounts
            .iter()
            .filter_map(|mount| {
                let rest = path.strip_prefix(mount.path.trim_end_matches('/'))?;
                (rest.is_empty() || rest.starts_with('/')).then_some((mount, rest.trim_start_matches('/')))
            })
            .max_by_key(|(mount, _)| mount.path.len())?;
        let volume = workload.mounted(mount).filter(|volume| volume.kind == "configMap")?;
        let inside = match (mount.sub_path.as_deref().map(|path| path.trim_matches('/')), rest) {
            (None, rest) => rest.to_owned(),
            (Some(path), "") => path.to_owned(),
            (Some(path), rest) => format!("{path}/{rest}"),
        };
        let items = raw::at::<Vec<Item>>(&format!("{}/configMap/items", volume.at)).unwrap_or_default();
        let key = match items.iter().find(|item| item.path == inside) {
            Some(item) => item.key.clone(),
            None if items.is_empty() => inside,
            None => return None,
        };
        Some(Self { config_map: volume.source.clone()?, key })
    }
}
