//! What a workload says about how long its password has to be kept: the data that outlive its pods.

use serde_json::Value;

use crate::request::{Operation, Request};
use crate::workload::{Container, Location, Role, Workload, withheld};

use super::effect::{Data, Owner};

/// Volumes that go with the pod.
///
/// Source: <https://kubernetes.io/docs/concepts/storage/volumes/> and, for `ephemeral`,
/// <https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/>.
const PASSING: &[&str] = &["configMap", "downwardAPI", "emptyDir", "ephemeral", "image", "projected", "secret"];

/// What a stored object says of its workload; none if it is not understood.
pub fn stored_owner(object: &Value) -> Option<Owner> {
    let request = Request { operation: Operation::Update, ..Request::audit(object.clone()) };
    let workload = Workload::read(object, &withheld(object), true, &|_| None).ok().flatten()?;
    Some(owner(&request, &workload))
}

/// What is to be known of the object's workload.
pub(super) fn owner(request: &Request, workload: &Workload) -> Owner {
    let is_new = request.operation == Operation::Create;
    Owner {
        is_new,
        is_fixed: !is_new && Location::of(&request.object).is_some_and(|location| location.immutable),
        data: workload.containers.iter().map(|container| data(container, workload)).max().unwrap_or_default(),
        claims: claims(request, workload),
    }
}

/// Where a server's data are. Where it is not sure that a container is no server, or which of its volumes
/// has the data, any counts: a password that is kept in vain harms nobody.
fn data(container: &Container, workload: &Workload) -> Data {
    let may_serve = matches!(container.role, Role::Server(_) | Role::Other(_));
    let mounts = container.mounts.iter().filter(|mount| may_serve && !mount.read_only);
    mounts.map(|mount| where_volume_is(&mount.volume, workload)).max().unwrap_or_default()
}

fn where_volume_is(name: &str, workload: &Workload) -> Data {
    if workload.claims.iter().any(|claim| claim.name == name) {
        return Data::InClaims;
    }
    match workload.volumes.iter().find(|volume| volume.name == name).map(|volume| volume.kind.as_str()) {
        None => Data::Passing,
        Some("persistentVolumeClaim") => Data::InClaims,
        Some(kind) if PASSING.contains(&kind) => Data::Passing,
        Some(_) => Data::Elsewhere,
    }
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
