//! MY028: the claim asks for a volume that several nodes may write to.

use serde::Deserialize;
use tidegate_policy::{Finding, Known, Request, ResourceType, Server, Workload, cluster, pointer};

use crate::MANY_NODES;

pub(crate) const CLAIM: ResourceType = ResourceType::new("v1", "PersistentVolumeClaim");

const READ_WRITE_MANY: &str = "ReadWriteMany";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claim {
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    access_modes: Option<Vec<String>>,
}

/// The finding on the claim of a server's data.
pub(crate) fn judge(request: &Request, workload: &Workload, server: &Server) -> Option<Finding> {
    let mount = server.data_volume.as_ref().filter(|mount| !mount.read_only)?;
    let (at, claim) = match workload.claim(&mount.volume) {
        // It cannot be changed any more.
        Some(_) if request.is_update() => return None,
        Some(claim) if claim.access_modes.iter().any(|mode| mode == READ_WRITE_MANY) => {
            (pointer::join(&claim.at, ["spec", "accessModes"]), format!("the claim template {}", claim.name))
        }
        Some(_) => return None,
        None => {
            let volume = workload.volume(&mount.volume).filter(|volume| volume.kind == "persistentVolumeClaim")?;
            let name = volume.source.as_deref()?;
            let Known::Yes(claim) = cluster::get::<Claim>(&CLAIM, name) else { return None };
            claim.spec.access_modes?.iter().find(|mode| *mode == READ_WRITE_MANY)?;
            (volume.at.clone(), format!("the claim {name}"))
        }
    };
    Some(
        Finding::new(
            &MANY_NODES,
            at,
            format!(
                "{claim} asks for ReadWriteMany: several nodes may mount the data directory at once, and only the \
                 server's file locks keep a second one out"
            ),
        )
        .help(
            "Ask for ReadWriteOncePod or ReadWriteOnce, on storage for one node. The access modes of a claim that is \
             there cannot be changed: make another and move the data",
        ),
    )
}
