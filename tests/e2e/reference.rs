//! What the project tells people to apply: the API server takes all of it, and a second time
//! changes nothing. That the gate finds nothing in it is shown by tests/manifests.rs.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::support::control_plane::ControlPlane;
use crate::support::wait::eventually;

/// The service account of a new namespace, which its Pods need, is made by a controller.
const ACCOUNTS: Duration = Duration::from_secs(30);

#[test]
fn the_api_server_takes_the_manifests_and_the_gates_own() {
    // Of its own: StorageClass and namespaces have the names that users get.
    let Some(cluster) = ControlPlane::start() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["manifests/single", "manifests/replicated", "manifests/client", "webhook-deploy"] {
        let folder = root.join(folder).display().to_string();
        let apply = || cluster.kubectl(&["apply", "-f", &folder]);
        eventually(&folder, ACCOUNTS, || apply().is_success().then_some(()));
        // kubectl says "configured" of a StatefulSet whenever it has claim templates; what is stored tells.
        let generations = || -> Vec<Value> {
            let list = cluster.json(&["get", "-f", &folder]);
            list["items"].as_array().unwrap().iter().map(|object| object["metadata"]["generation"].clone()).collect()
        };
        let before = generations();
        apply().expect_success();
        assert_eq!(generations(), before, "{folder}");
    }
}
