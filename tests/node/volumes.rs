//! Volumes on the shared node's disk: nothing here makes them on demand.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::node::Node;

/// Stands in for the class of `manifests/`, whose driver is Amazon's: of the same name, but volumes have to
/// be there.
const CLASS: &str = r#"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: mysql-gp2 }
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: Retain
"#;

/// Makes the class.
pub(crate) fn provide_class(node: &Node) {
    node.kubectl_with_input(&["apply", "-f", "-"], CLASS).expect_success();
}

/// Makes a volume for a claim of the class, and for no other.
pub(crate) fn provide_volume(node: &Node, namespace: &str, claim: &str) {
    provide_volume_on(node, "node1", namespace, claim);
}

/// The same on one of several nodes. The folder with what will be in it.
pub(crate) fn provide_volume_on(node: &Node, machine: &str, namespace: &str, claim: &str) -> PathBuf {
    let name = format!("{namespace}-{claim}");
    let path = format!("/volumes/{name}");
    let folder = node.disk(machine).join(&path[1..]);
    fs::create_dir(&folder).unwrap();
    let here = json!({ "key": "kubernetes.io/hostname", "operator": "In", "values": [machine] });
    let volume = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": { "name": name },
        "spec": {
            "storageClassName": "mysql-gp2",
            "accessModes": ["ReadWriteOnce"],
            "capacity": { "storage": "20Gi" },
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": { "namespace": namespace, "name": claim },
            "local": { "path": path },
            "nodeAffinity": { "required": { "nodeSelectorTerms": [{ "matchExpressions": [here] }] } },
        },
    });
    node.kubectl_with_input(&["apply", "-f", "-"], &volume.to_string()).expect_success();
    folder
}
