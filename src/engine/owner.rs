//! What a workload says about how long its password has to be kept: the data that outlive its pods.

use crate::request::{Operation, Request};
use crate::workload::{Container, Location, Role, Workload};

use super::effect::Owner;

/// Volumes that go with the pod.
///
/// Source: <https://kubernetes.io/docs/concepts/storage/volumes/> and, for `ephemeral`,
/// <https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/>.
const PASSING: &[&str] = &["configMap", "downwardAPI", "emptyDir", "ephemeral", "image", "projected", "secret"];

/// What is to be known of the object's workload.
pub(super) fn owner(request: &Request, workload: &Workload) -> Owner {
    let is_new = request.operation == Operation::Create;
    Owner {
        is_new,
        is_generated: request.name.is_none(),
        is_fixed: !is_new && Location::of(&request.object).is_some_and(|location| location.immutable),
        keeps_data: workload.containers.iter().any(|container| keeps_data(container, workload)),
        claims: claims(request, workload),
    }
}

/// Whether a server keeps its data. Where it is not sure that a container is no server, or where its
/// data are, any volume counts: a password that is kept in vain harms nobody.
fn keeps_data(container: &Container, workload: &Workload) -> bool {
    let may_serve = matches!(container.role, Role::Server(_) | Role::Other(_));
    may_serve && container.mounts.iter().any(|mount| !mount.read_only && outlives_pods(&mount.volume, workload))
}

fn outlives_pods(name: &str, workload: &Workload) -> bool {
    workload.claims.iter().any(|claim| claim.name == name)
        || workload.volumes.iter().any(|volume| volume.name == name && !PASSING.contains(&volume.kind.as_str()))
}

fn claims(request: &Request, workload: &Workload) -> Vec<String> {
    let named = workload
        .volumes
        .iter()
        .filter(|volume| volume.kind == "persistentVolumeClaim")
        .filter_map(|volume| volume.source.clone());
    let name = super::secret_name::owner_name(request).unwrap_or_default();
    let made = workload.claims.iter().map(|claim| format!("{}-{}-*", claim.name, name.trim_end_matches('-')));
    let mut claims: Vec<String> = named.chain(made).collect();
    claims.sort_unstable();
    claims.dedup();
    claims
}
