//! Whether a volume is a disk, with a file system that the kubelet makes: a new one belongs to root.
//!
//! On file shares nobody knows: a new folder may be open to all, and a change of its group may be
//! refused, so that the pod no longer starts (kubernetes-csi/csi-driver-nfs#894,
//! kubernetes/kubernetes#90123).

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Known, Mount, ResourceType, Workload, cluster};

pub(crate) const STORAGE_CLASS: ResourceType = ResourceType::new("storage.k8s.io/v1", "StorageClass");
pub(crate) const CLAIM: ResourceType = ResourceType::new("v1", "PersistentVolumeClaim");

const IS_DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// Provisioners of disks: the drivers of the clouds, their predecessors in Kubernetes itself, and
/// what people run themselves.
const DISKS: &[&str] = &[
    "ebs.csi.aws.com",
    "ebs.csi.eks.amazonaws.com",
    "kubernetes.io/aws-ebs",
    "pd.csi.storage.gke.io",
    "kubernetes.io/gce-pd",
    "disk.csi.azure.com",
    "kubernetes.io/azure-disk",
    "cinder.csi.openstack.org",
    "kubernetes.io/cinder",
    "csi.vsphere.vmware.com",
    "kubernetes.io/vsphere-volume",
    "dobs.csi.digitalocean.com",
    "csi.hetzner.cloud",
    "linodebs.csi.linode.com",
    "diskplugin.csi.alibabacloud.com",
    "blockvolume.csi.oraclecloud.com",
    "rbd.csi.ceph.com",
    "driver.longhorn.io",
    "topolvm.io",
    "local.csi.openebs.io",
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StorageClass {
    metadata: Metadata,
    provisioner: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claim {
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    access_modes: Option<Vec<String>>,
    storage_class_name: Option<String>,
}

/// Whether a mount's volume is a disk; `No` if it is a share, or no claim's volume at all.
pub(crate) fn is_disk(workload: &Workload, mount: &Mount) -> Known {
    let spec = match workload.claim(&mount.volume) {
        Some(claim) => {
            Spec { access_modes: Some(claim.access_modes.clone()), storage_class_name: claim.storage_class.clone() }
        }
        None => {
            let Some(volume) = workload.volume(&mount.volume) else { return Known::Unknown };
            if volume.kind != "persistentVolumeClaim" {
                return Known::No;
            }
            match cluster::get::<Claim>(&CLAIM, volume.source.as_deref().unwrap_or_default()) {
                Known::Yes(claim) => claim.spec,
                // It may come yet.
                Known::No | Known::Unknown => return Known::Unknown,
            }
        }
    };
    if spec.access_modes.iter().flatten().any(|mode| mode.ends_with("Many")) {
        return Known::No;
    }
    match spec.storage_class_name.as_deref() {
        // Somebody made the volume by hand.
        Some("") => Known::Unknown,
        Some(name) => match cluster::get::<StorageClass>(&STORAGE_CLASS, name) {
            Known::Yes(class) if class.makes_disks() => Known::Yes(()),
            _ => Known::Unknown,
        },
        None => by_default(),
    }
}

/// The cluster's default class. There may be several: the youngest counts.
fn by_default() -> Known {
    let Known::Yes(classes) = cluster::find::<StorageClass>(&STORAGE_CLASS) else { return Known::Unknown };
    let mut defaults = classes.iter().filter(|class| class.is_default()).peekable();
    if defaults.peek().is_some() && defaults.all(StorageClass::makes_disks) { Known::Yes(()) } else { Known::Unknown }
}

impl StorageClass {
    fn makes_disks(&self) -> bool {
        // Rook puts its namespace before the name of Ceph's driver.
        DISKS.contains(&self.provisioner.as_str()) || self.provisioner.ends_with(".rbd.csi.ceph.com")
    }

    fn is_default(&self) -> bool {
        self.metadata.annotations.iter().flatten().any(|(name, value)| name == IS_DEFAULT && value == "true")
    }
}
