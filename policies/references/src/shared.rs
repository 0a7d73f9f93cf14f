//! MY033: a Service by which clients reach a database selects the pods of something else too.

use tidegate_policy::{Finding, Request, ResourceType, SeenWorkload, Workload, cluster, pointer, raw};

use crate::same::is_one_database;
use crate::service::{SERVICE, Service};
use crate::{SHARED, Settings};

pub(crate) const STATEFUL_SET: ResourceType = ResourceType::new("apps/v1", "StatefulSet");
pub(crate) const DEPLOYMENT: ResourceType = ResourceType::new("apps/v1", "Deployment");
pub(crate) const DAEMON_SET: ResourceType = ResourceType::new("apps/v1", "DaemonSet");
pub(crate) const CONTROLLER: ResourceType = ResourceType::new("v1", "ReplicationController");
pub(crate) const CRON_JOB: ResourceType = ResourceType::new("batch/v1", "CronJob");

/// What makes pods that last, or come again. A Job or a Pod that has ended still carries its labels,
/// and would be reported for nothing; each is judged when it comes itself.
const WORKLOADS: &[&ResourceType] = &[&STATEFUL_SET, &DEPLOYMENT, &DAEMON_SET, &CONTROLLER, &CRON_JOB];

/// A workload and what it is called.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) workload: &'a Workload,
}

impl<'a> Named<'a> {
    fn seen(seen: &'a SeenWorkload) -> Self {
        Self {
            kind: &seen.object.kind,
            name: seen.object.name.as_deref().unwrap_or_default(),
            workload: &seen.workload,
        }
    }

    fn title(self) -> String {
        format!("{} {}", self.kind, self.name)
    }

    fn serves(self) -> bool {
        self.workload.servers().next().is_some()
    }
}

/// The finding on a Service that comes.
pub(crate) fn of_service(request: &Request, settings: &Settings) -> Option<Finding> {
    let mut service = Service { spec: raw::at("/spec")?, ..Service::default() };
    service.metadata.name = request.object.name.clone()?;
    if settings.ignore_services.contains(&service.metadata.name) || service.spec.selector.is_none() {
        return None;
    }
    let seen = all_seen();
    let selected: Vec<Named<'_>> =
        seen.iter().map(Named::seen).filter(|named| service.selects(named.workload)).collect();
    let serving = selected.iter().find(|named| service.serves(named.workload))?;
    let others: Vec<String> =
        selected.iter().filter(|other| is_mixed(&service, *serving, **other)).map(|other| other.title()).collect();
    if others.is_empty() {
        return None;
    }
    let message = format!(
        "its selector takes in the pods of {} and of {}: a client may reach either",
        serving.title(),
        others.join(" and of ")
    );
    Some(Finding::new(&SHARED, "/spec/selector", message).help(
        "Give the pods that are meant a label of their own (app.kubernetes.io/instance, for instance), and add it to \
         this selector",
    ))
}

/// The findings on a workload that comes.
pub(crate) fn of_workload(request: &Request, workload: &Workload, settings: &Settings) -> Vec<Finding> {
    if workload.pod_labels.is_empty() {
        return vec![];
    }
    let services: Vec<Service> = cluster::seen::<Service>(&SERVICE)
        .into_iter()
        .filter(|service| service.selects(workload) && !settings.ignore_services.contains(&service.metadata.name))
        .collect();
    if services.is_empty() {
        return vec![];
    }
    let own = Named { kind: request.kind(), name: request.object.name.as_deref().unwrap_or_default(), workload };
    let seen = all_seen();
    let others: Vec<Named<'_>> =
        seen.iter().map(Named::seen).filter(|other| (other.kind, other.name) != (own.kind, own.name)).collect();
    let at = pointer::join(&workload.template, ["metadata", "labels"]);
    others
        .iter()
        .filter_map(|other| {
            let mixing = services.iter().filter(|service| is_mixed(service, own, *other));
            let mut names: Vec<&str> = mixing.map(|service| service.metadata.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            (!names.is_empty()).then(|| finding(own, *other, &names, &at))
        })
        .collect()
}

/// One finding for each workload with which these pods are mixed, whatever the number of Services.
fn finding(own: Named<'_>, other: Named<'_>, services: &[&str], at: &str) -> Finding {
    let title = other.title();
    let (services, takes) = match services.split_last() {
        Some((last, others)) if !others.is_empty() => (format!("Services {} and {last}", others.join(", ")), "take"),
        _ => (format!("Service {}", services.concat()), "takes"),
    };
    let (message, help) = if own.serves() && other.serves() {
        let message =
            format!("{services} {takes} in these pods and those of {title}: a client may reach either database");
        (message, APART)
    } else if own.serves() {
        let message =
            format!("{services}, by which clients reach these servers, {takes} in the pods of {title}, which are none");
        (message, APART)
    } else {
        let message =
            format!("{services}, by which clients reach {title}, {takes} in these pods, which are no server of it");
        (message, "Give these pods other labels, or the server's pods one of their own that the Service selects")
    };
    Finding::new(&SHARED, at, message).help(help)
}

const APART: &str =
    "Give these pods a label of their own (app.kubernetes.io/instance, for instance), and add it to the selectors";

/// Whether a Service leads the clients of a database to something that is not that database.
fn is_mixed(service: &Service, one: Named<'_>, other: Named<'_>) -> bool {
    if (one.kind, one.name) == (other.kind, other.name) {
        return false;
    }
    let mixes = service.mixes(one.workload, other.workload) || service.mixes(other.workload, one.workload);
    mixes && !(one.serves() && other.serves() && is_one_database(one, other))
}

fn all_seen() -> Vec<SeenWorkload> {
    WORKLOADS.iter().flat_map(|kind| cluster::workloads(kind)).collect()
}
