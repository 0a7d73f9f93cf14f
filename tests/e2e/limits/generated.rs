//! Objects that the API server names (`generateName`), or nobody.

use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stored::{from_secret, secret_value, variable};
use crate::support::kubectl::Output;
use crate::workloads::client;

/// A Job that the API server gives a name with this beginning.
fn job(prefix: &str, password: &str) -> String {
    let mut job = client("Job", "", &[("MYSQL_PWD", password)]);
    job["metadata"] = json!({"generateName": prefix});
    job.to_string()
}

fn create(stage: &Stage, manifest: &str) -> Output {
    stage.send("create", &["-o", "json"], manifest)
}

#[test]
fn a_beginning_is_shared() {
    let Some(stage) = Stage::open("generated") else { return };
    for _ in 0..2 {
        let made: Value =
            serde_json::from_str(&create(&stage, &job("dump-", "of-all-dumps")).expect_success()).unwrap();
        assert_eq!(*variable(&made, "client", "MYSQL_PWD"), from_secret("MYSQL_PWD", "dump-credentials", "MYSQL_PWD"));
    }
    assert_eq!(stage.list("jobs").len(), 2);
    let secrets = stage.list("secrets");
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0]["metadata"]["annotations"]["tidegate.dev/workload-name"], "dump-");

    // Those that run may still need the old one.
    let made: Value = serde_json::from_str(&create(&stage, &job("dump-", "of-the-later")).expect_success()).unwrap();
    assert_eq!(*variable(&made, "client", "MYSQL_PWD"), from_secret("MYSQL_PWD", "dump-credentials", "MYSQL_PWD.2"));
    let secret = stage.get("secret/dump-credentials");
    assert_eq!(secret_value(&secret, "MYSQL_PWD"), "of-all-dumps");
    assert_eq!(secret_value(&secret, "MYSQL_PWD.2"), "of-the-later");
    create(&stage, &job("next-dump-", "of-the-next-dump")).expect_success();

    // What has the name itself is another workload.
    let refused = create(&stage, &client("Job", "dump", &[("MYSQL_PWD", "of-all-dumps")]).to_string()).expect_failure();
    assert!(refused.contains("belongs to Job \"dump-\", so Job \"dump\" cannot have it too"), "{refused}");
}

#[test]
fn a_long_beginning() {
    let Some(stage) = Stage::open("generated-long") else { return };
    let prefix = format!("{}-", "g".repeat(200));
    let pod = |prefix: &str| {
        let mut pod = client("Pod", "", &[("MYSQL_PWD", "of-a-long-prefix")]);
        pod["metadata"] = json!({"generateName": prefix});
        pod.to_string()
    };
    create(&stage, &pod(&prefix)).expect_success();
    create(&stage, &pod(&format!("{}-", "g".repeat(252)))).expect_success();
    assert_eq!(stage.list("secrets").len(), 2);
}

#[test]
fn no_name_at_all() {
    let Some(stage) = Stage::open("nameless") else { return };
    let mut job = client("Job", "", &[("MYSQL_PWD", "of-nobody")]);
    job["metadata"] = json!({});
    let path = format!("/apis/batch/v1/namespaces/{}/jobs", stage.namespace);
    let raw = ["create", "--raw", &path, "-f", "-"];
    let refused = stage.cluster.kubectl_with_input(&raw, &job.to_string()).expect_failure();
    assert!(
        refused.contains("neither a name nor a generateName") || refused.contains("name or generateName"),
        "{refused}"
    );
    assert!(!refused.contains("of-nobody"), "{refused}");
    assert!(stage.list("secrets").is_empty());
}
