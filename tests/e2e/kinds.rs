//! The kinds that carry pods and that people seldom write: they are repaired like the others, which
//! `arrivals` has.

use crate::stage::Stage;
use crate::stored::{from_secret, secret_value, variable};
use crate::workloads::client;

const KINDS: [&str; 3] = ["PodTemplate", "ReplicationController", "ReplicaSet"];

#[test]
fn seldom_kinds_are_repaired_as_well() {
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
    assert_eq!(judged, 0);
}
