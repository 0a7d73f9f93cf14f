//! Looking around in a workload.

use crate::{Claim, Container, Mount, Request, Role, Server, Volume, Workload, pointer};

impl Request {
    /// The pods that the object runs. None if it runs none.
    pub fn workload(&self) -> Option<&Workload> {
        self.workload.as_ref()
    }

    /// The object's kind, for instance `StatefulSet`.
    pub fn kind(&self) -> &str {
        &self.object.kind
    }

    /// True if the object is stored already and this changes it.
    pub fn is_update(&self) -> bool {
        self.operation == "UPDATE"
    }
}

impl Workload {
    /// The containers that run a MySQL or MariaDB server, each with what is known of the server.
    pub fn servers(&self) -> impl Iterator<Item = (&Container, &Server)> {
        self.containers.iter().filter_map(|container| match &container.role {
            Role::Server(server) => Some((container, server)),
            _ => None,
        })
    }

    /// The containers that copy a server's data, for instance by `mysqldump` or xtrabackup.
    pub fn backups(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| container.role == Role::Backup)
    }

    /// The volume of a name.
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.name == name)
    }

    /// The claim template of a name. Its volume hides one of the pod's with the same name.
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.name == name)
    }

    /// The volume that a mount mounts. None if it is a claim template's.
    pub fn mounted(&self, mount: &Mount) -> Option<&Volume> {
        if self.claim(&mount.volume).is_some() { None } else { self.volume(&mount.volume) }
    }

    /// A place in the pod's spec: `pod_spec_path(["securityContext", "fsGroup"])`.
    pub fn pod_spec_path<'a>(&self, steps: impl IntoIterator<Item = &'a str>) -> String {
        pointer::join(&self.pod_spec, steps)
    }
}
