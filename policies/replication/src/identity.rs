//! MY021: a server id that is written down once is the same in every pod of a StatefulSet.
//!
//! A replica refuses a source that has its own id (`get_master_version_and_clock` in MySQL's and
//! MariaDB's replication code), and of two replicas with one id MariaDB drops the first when the
//! second connects; MySQL has told them apart by their UUID since 5.6 (bugs 72581 and 77195).

use tidegate_policy::{Container, Finding, Server, ServerOption, Value, pointer, raw};

use crate::signs::Signs;
use crate::{SAME_ID, Scene};

/// Options that only servers which replicate are given.
const OPTIONS: &[&str] = &["log-slave-updates", "log-replica-updates", "read-only", "report-host", "super-read-only"];
/// The beginnings of further ones.
const PREFIXES: &[&str] = &["relay-log", "replica-", "replicate-", "rpl-semi-sync", "slave-"];
/// Variables that make an image's server a part of replication: Bitnami's, and MariaDB's own.
const VARIABLES: &[&str] = &["MARIADB_MASTER_HOST", "MARIADB_REPLICATION_MODE", "MYSQL_REPLICATION_MODE"];

pub(crate) fn judge(scene: &Scene<'_>, container: &Container, server: &Server) -> Option<Finding> {
    let replicas = scene.replicas?;
    let option = server.option("server-id")?;
    // 0 is none: such a server takes no part in replication. Of a variable nobody knows the value.
    let id = option.value.as_deref().and_then(|value| value.trim().parse::<u32>().ok()).filter(|id| *id > 0)?;
    // A script may start each server with other options.
    if server.is_started_by_script() || server.switch("replicate-same-server-id") == Some(true) {
        return None;
    }
    if is_from_file(scene, option) && (server.may_have_more_options() || has_folder_of_its_own(scene, container)) {
        return None;
    }
    let signs = (scene.signs)();
    // MariaDB's Galera wants one id for all (wsrep_gtid_mode; it warns of a node with another, MDEV-26223).
    if signs.is_galera() || may_be_set_elsewhere(scene, option, signs) {
        return None;
    }
    let follows = signs.surely_follow_first();
    if !follows && !replicate(container, server, signs) {
        return None;
    }
    let message = if follows {
        format!(
            "all {replicas} servers have server-id {id}: a replica refuses a source with its own id, so nothing is \
             replicated"
        )
    } else {
        format!(
            "all {replicas} servers have server-id {id}: servers that replicate need one each, or a replica refuses \
             its source, or two replicas disturb each other"
        )
    };
    let finding = Finding::new(&SAME_ID, &option.at, message);
    let finding = if !follows {
        finding.at_most_medium("nothing surely says that they replicate from one another")
    } else if signs.unseen {
        finding.at_most_medium("something that tidegate does not see may give them others")
    } else if scene.request.is_update() {
        // What runs already may stay.
        finding.at_most_medium("the object is there already")
    } else {
        finding.at_most_medium_if_unknown(server)
    };
    Some(finding.help(
        "Make it of the pod's name: let an init container write server-id=$((100 + ${HOSTNAME##*-})) under [mysqld] \
         into a folder that both mount, and take the fixed one away",
    ))
}

/// Whether a mount brings the option, and not the command or a variable.
fn is_from_file(scene: &Scene<'_>, option: &ServerOption) -> bool {
    let mounts = scene.workload.containers.iter().flat_map(|container| &container.mounts);
    mounts.map(|mount| &mount.at).any(|at| *at == option.at)
}

/// Whether something may write further option files for the server: a folder that is empty at first.
fn has_folder_of_its_own(scene: &Scene<'_>, container: &Container) -> bool {
    container.mounts.iter().any(|mount| {
        (mount.path.starts_with("/etc/") || mount.path == "/etc" || mount.path.contains("conf"))
            && scene.workload.mounted(mount).is_some_and(|volume| volume.kind == "emptyDir")
    })
}

/// Whether something else in the pod deals with the id: a script that writes it or sets it while the
/// server runs, or a variable.
fn may_be_set_elsewhere(scene: &Scene<'_>, option: &ServerOption, signs: &Signs) -> bool {
    let here: Option<String> = raw::at::<Value>(&option.at).and_then(|value| value.as_str().map(str::to_lowercase));
    // `--server-id`, `1` are two words, and the variable's text stands behind its name.
    let variable: Option<Value> = raw::at(&pointer::join(&option.at, ["value"]));
    let variable = variable.and_then(|value| value.as_str().map(str::to_lowercase));
    signs.scripts.iter().filter(|text| text.contains("server-id") || text.contains("server_id")).any(|text| {
        let is_here = here.as_deref() == Some(text.as_str())
            || variable.as_deref().is_some_and(|value| text.ends_with(&format!("={value}")));
        !is_here
    })
    // MYSQL_SERVER_ID and the like are in `scripts` with their names.
    || scene.workload.containers.iter().any(|container| {
        container.env.iter().any(|variable| variable.name.contains("SERVER_ID"))
    })
}

/// Whether the servers replicate, by whatever sign.
fn replicate(container: &Container, server: &Server, signs: &Signs) -> bool {
    let names = || server.options.iter().map(|option| option.name.as_str());
    signs.has_statements()
        || signs.is_group()
        || names().any(|name| OPTIONS.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
        || VARIABLES.iter().any(|name| container.variable(name).is_some())
}
