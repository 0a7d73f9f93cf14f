//! Every kind that carries pods is repaired.

use crate::stage::Stage;
use crate::stored::{from_secret, secret_value, variable};
use crate::workloads::client;

const KINDS: [&str; 9] = [
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
];

#[test]
fn every_kind_that_carries_pods_is_repaired() {
    let Some(stage) = Stage::open("kinds") else { return };
    for kind in KINDS {
        let name = kind.to_lowercase();
        stage.apply(&client(kind, &name, &[("MYSQL_PWD", "every-kind")]).to_string()).expect_success();
        let stored = stage.get(&format!("{name}/{name}"));
        let secret = format!("{name}-credentials");
        assert_eq!(*variable(&stored, "client", "MYSQL_PWD"), from_secret("MYSQL_PWD", &secret, "MYSQL_PWD"), "{kind}");
        let secret = stage.get(&format!("secret/{secret}"));
        assert_eq!(secret_value(&secret, "MYSQL_PWD"), "every-kind", "{kind}");
        assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-kind"], kind);
        assert!(!stored.to_string().contains("every-kind"), "{kind}: {stored}");
    }
    // Their pods are made of what was repaired, and were not judged again.
    let judged = stage.reviews().iter().filter(|line| line["kind"] == "Pod").count();
    assert_eq!(judged, 2, "the Pod itself, in two phases");
}
