//! What becomes of a volume's content when its pod ends.

use tidegate_policy::{Mount, Workload};

/// Who keeps the content of a kind of volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Nobody: it ends with the pod, or is only there to be read.
    Nobody,
    /// The node on which the pod happens to run.
    Node,
    /// The driver decides.
    Driver,
    /// Storage of its own. Kinds that nobody here knows count as this, for nothing is known against
    /// them.
    Storage,
}

impl Keeping {
    /// That of a kind, in Kubernetes' words.
    pub(crate) fn of(kind: &str) -> Self {
        match kind {
            // The claim of a generic ephemeral volume is deleted with its pod.
            "emptyDir" | "ephemeral" | "configMap" | "secret" | "downwardAPI" | "projected" | "gitRepo" | "image" => {
                Self::Nobody
            }
            "hostPath" => Self::Node,
            "csi" => Self::Driver,
            _ => Self::Storage,
        }
    }
}

/// The first of a container's mounts that may keep data.
pub(crate) fn first_keeping<'a>(workload: &Workload, mounts: &'a [Mount]) -> Option<&'a Mount> {
    mounts.iter().find(|mount| {
        !mount.read_only
            && (workload.claim(&mount.volume).is_some()
                || workload.volume(&mount.volume).is_some_and(|volume| Keeping::of(&volume.kind) != Keeping::Nobody))
    })
}

/// Whether all pods that name such a volume get the same storage: what is written names it.
pub(crate) fn is_one_for_all(kind: &str) -> bool {
    matches!(
        kind,
        "persistentVolumeClaim"
            | "awsElasticBlockStore"
            | "azureDisk"
            | "azureFile"
            | "cephfs"
            | "cinder"
            | "fc"
            | "gcePersistentDisk"
            | "glusterfs"
            | "iscsi"
            | "nfs"
            | "portworxVolume"
            | "quobyte"
            | "rbd"
            | "vsphereVolume"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_volumes() {
        for (kind, expected) in [
            ("emptyDir", Keeping::Nobody),
            ("ephemeral", Keeping::Nobody),
            ("configMap", Keeping::Nobody),
            ("hostPath", Keeping::Node),
            ("csi", Keeping::Driver),
            ("persistentVolumeClaim", Keeping::Storage),
            ("nfs", Keeping::Storage),
            ("somethingNew", Keeping::Storage),
        ] {
            assert_eq!(Keeping::of(kind), expected, "{kind}");
        }
    }

    #[test]
    fn what_names_storage_also_keeps() {
        for kind in ["persistentVolumeClaim", "nfs", "cinder"] {
            assert!(is_one_for_all(kind) && Keeping::of(kind) == Keeping::Storage, "{kind}");
        }
        for kind in ["emptyDir", "ephemeral", "csi", "hostPath", "somethingNew"] {
            assert!(!is_one_for_all(kind), "{kind}");
        }
    }
}
