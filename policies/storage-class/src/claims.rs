//! Judges a claim that is about to be made, if it is to hold a database's data; and says of the claim
//! that a workload mounts what is wrong with it.

use tidegate_policy::{Finding, Known, Request, ResourceType, SeenWorkload, Severity, Value, Workload, cluster, raw};

use crate::class;
use crate::problem::{Place, Problem};
use crate::view::{CLAIM, Object, Serves, View};
use crate::{RULE, Settings, existing, named};

pub(crate) const DEPLOYMENT: ResourceType = ResourceType::new("apps/v1", "Deployment");
pub(crate) const STATEFUL_SET: ResourceType = ResourceType::new("apps/v1", "StatefulSet");

/// Words in the names of claims that belong to a database, but do not hold its data.
const OTHER_USES: &[&str] = &[
    "adminer",
    "archive",
    "archives",
    "backup",
    "backups",
    "bak",
    "binlog",
    "binlogs",
    "cache",
    "conf",
    "config",
    "dump",
    "dumps",
    "export",
    "exporter",
    "exports",
    "import",
    "imports",
    "init",
    "initdb",
    "log",
    "logs",
    "phpmyadmin",
    "pmm",
    "scripts",
    "temp",
    "tmp",
    "upload",
    "uploads",
];

/// A claim that is there already, or perhaps is made later: that is another rule's matter.
pub(crate) fn of_workload(workload: &Workload, volume: &str, settings: &Settings, view: &View) -> Option<Finding> {
    let volume = workload.volume(volume).filter(|volume| volume.kind == "persistentVolumeClaim")?;
    let name = volume.source.as_deref().filter(|name| !settings.ignores(name))?;
    let Known::Yes(claim) = cluster::get::<Object>(&CLAIM, name) else { return None };
    let class = claim.class()?;
    let message = if !settings.allows(class) {
        format!("the claim {name} has {}, which is not allowed for databases", named(class))
    } else if !class.is_empty() && !claim.is_bound() && view.serves(class) == Serves::No {
        format!(
            "the claim {name} waits for StorageClass {class}, which does not exist; {}",
            existing(view).unwrap_or_default()
        )
    } else {
        return None;
    };
    Some(Finding::new(&RULE, &volume.at, message).severity(Severity::Medium).help(if claim.is_bound() {
        COPY
    } else {
        "A claim's class cannot be changed: delete the claim, which holds no data yet, and make it anew"
    }))
}

const COPY: &str = "A claim's class cannot be changed: make a new claim of an allowed class, copy the data while the \
                    server is stopped, and mount the new one";

/// The finding on a claim that comes.
pub(crate) fn judge(request: &Request, settings: &Settings, view: &View) -> Option<Finding> {
    let name = request.object.name.as_deref().filter(|name| !settings.ignores(name))?;
    // A claim's class cannot be changed any more: what was wrong before may stay.
    if request.is_update() || is_made_by_controller(request) || !holds_data(name) {
        return None;
    }
    let claim: Object = raw::at("")?;
    let place = Place {
        what: format!("the claim {name}"),
        name,
        field: "/spec/storageClassName".to_owned(),
        annotation: claim.class_annotation().map(str::to_owned),
        class: claim.class_field().map(str::to_owned),
        // The class of a chosen volume, or of the volume that is copied, is no free choice.
        may_be_replaced: ["selector", "dataSource", "dataSourceRef"]
            .iter()
            .all(|field| raw::at::<Value>(&format!("/spec/{field}")).is_none_or(|value| value.is_null())),
    };
    let at = if place.class.is_some() { place.field.as_str() } else { "/spec" };
    if claim.is_bound() {
        // Someone has chosen its volume, or it has got one: only what is not allowed is wrong with it.
        let class = claim.class().filter(|class| !settings.allows(class))?;
        let message = format!("the claim {name} has {}, which is not allowed for databases", named(class));
        return Some(Finding::new(&RULE, at, message).severity(Severity::Medium).help(COPY));
    }
    let Some(problem) = Problem::of(&place, settings, view) else {
        return class::of_claim(&place, at, settings, view);
    };
    let finding = Finding::new(&RULE, at, problem.message.clone()).severity(problem.severity);
    Some(problem.resolve(finding, &place, settings, view))
}

/// A StatefulSet's controller makes claims of its templates, which are judged in the StatefulSet: its
/// author would not hear of a refusal here.
fn is_made_by_controller(request: &Request) -> bool {
    let user = &request.user.name;
    user == "system:kube-controller-manager"
        || user.starts_with("system:serviceaccount:kube-system:") && user.ends_with("-controller")
}

/// Whether a claim is to hold the data of a database: a server that can be seen keeps them on it, or
/// nobody mounts it yet and its name says so.
fn holds_data(name: &str) -> bool {
    let mut workloads = cluster::workloads(&STATEFUL_SET);
    if workloads.iter().any(|set| is_of_template(name, set)) {
        return false;
    }
    workloads.extend(cluster::workloads(&DEPLOYMENT));
    let mut is_mounted = false;
    for workload in workloads.iter().map(|seen| &seen.workload) {
        let volumes = workload.volumes.iter().filter(|volume| {
            volume.kind == "persistentVolumeClaim"
                && volume.source.as_deref() == Some(name)
                && workload.claim(&volume.name).is_none()
        });
        for volume in volumes {
            let mut data = workload.servers().filter_map(|(_, server)| server.data_volume.as_ref());
            if data.any(|mount| mount.volume == volume.name) {
                return true;
            }
            is_mounted = true;
        }
    }
    !is_mounted && is_called_like_data(name)
}

/// Whether it is `data-mysql-0` of the template `data` of the StatefulSet `mysql`.
fn is_of_template(name: &str, set: &SeenWorkload) -> bool {
    let Some(set_name) = &set.object.name else { return false };
    set.workload.claims.iter().any(|claim| {
        let ordinal = name.strip_prefix(&format!("{}-{set_name}-", claim.name));
        ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|digit| digit.is_ascii_digit()))
    })
}

/// Whether a name says that something belongs to a database, and not that it holds something else.
pub(crate) fn is_called_like_data(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["mysql", "maria", "percona", "galera"].iter().any(|database| name.contains(database))
        && !name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| OTHER_USES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_claim_holds() {
        for name in ["mysql-pv-claim", "wordpress-mysql-data", "data-mariadb-0", "Percona", "mysql-catalog"] {
            assert!(is_called_like_data(name), "{name}");
        }
        for name in ["mysql-backup", "mysql-dump-pvc", "phpmyadmin-mysql", "mysql.logs", "postgres-data", "data"] {
            assert!(!is_called_like_data(name), "{name}");
        }
    }
}
