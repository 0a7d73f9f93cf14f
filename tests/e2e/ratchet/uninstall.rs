//! The gate goes: what it made stays, and nobody is held up any more.

use crate::manifests::{deployment, replace};
use crate::stage::{CONTROLLERS, Stage};
use crate::stored::{from_secret, generation, secret_value, variable};
use crate::support::wait::eventually;
use crate::workloads::client;

const NAME: &str = "deployment/mysql";

#[test]
fn databases_and_secrets_stay_and_can_be_changed() {
    let Some(stage) = Stage::open("uninstall") else { return };
    let cluster = stage.cluster;
    stage.apply(&deployment()).expect_success();
    stage.apply_server_side(&client("StatefulSet", "tool", &[("MYSQL_PWD", "of-a-tool")]).to_string()).expect_success();
    eventually("the Pods", CONTROLLERS, || (stage.list("pods").len() == 2).then_some(()));
    let (database, secrets) = (stage.get(NAME), stage.list("secrets"));
    let namespace = stage.namespace.clone();

    // Deletes the webhook configurations, as webhook-deploy/README.md says, and then the gate.
    drop(stage);
    let kubectl = |arguments: &[&str]| cluster.kubectl(&[arguments, &["-n", &namespace]].concat());
    let get = |object: &str| cluster.json(&["get", object, "-n", &namespace, "--show-managed-fields"]);
    let after = get(NAME);
    assert_eq!((generation(&after), &after["spec"]), (generation(&database), &database["spec"]));
    assert_eq!(get("secrets")["items"].as_array().unwrap(), &secrets);

    let writes: [&[&str]; 4] = [
        &["set", "image", NAME, "mysql=mysql:5.7.44"],
        &["rollout", "restart", NAME],
        &["scale", NAME, "--replicas=2"],
        &["set", "image", "statefulset/tool", "client=mysql:8.4.3"],
    ];
    for write in writes {
        kubectl(write).expect_success();
    }
    // The changed pods still take the password from the Secret.
    let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
    assert_eq!(*variable(&get(NAME), "mysql", "MYSQL_ROOT_PASSWORD"), reference);
    assert_eq!(secret_value(&get("secret/mysql-credentials"), "MYSQL_ROOT_PASSWORD"), "password");

    // The old files can be applied as ever; nobody moves their passwords any more.
    let apply = |flags: &[&str], manifest: &str| {
        cluster.kubectl_with_input(&[&["apply", "-n", &namespace, "-f", "-"], flags].concat(), manifest)
    };
    apply(&[], &replace(&deployment(), "mysql:5.7", "mysql:5.7.43")).expect_success();
    assert_eq!(variable(&get(NAME), "mysql", "MYSQL_ROOT_PASSWORD")["value"], "password");
    // By server-side apply that is an error of the API server's, and the database goes on: the gate's
    // reference is nobody's to take away. With the reference in the file it can be applied.
    let tool = client("StatefulSet", "tool", &[("MYSQL_PWD", "of-a-tool")]).to_string();
    let refused = apply(&["--server-side", "--force-conflicts"], &tool).expect_failure();
    assert!(
        refused.contains("valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"),
        "{refused}"
    );
    let reference = r#""valueFrom":{"secretKeyRef":{"name":"tool-credentials","key":"MYSQL_PWD"}}"#;
    let mended = replace(&tool, r#""value":"of-a-tool""#, reference);
    apply(&["--server-side", "--force-conflicts"], &mended).expect_success();
    let reference = from_secret("MYSQL_PWD", "tool-credentials", "MYSQL_PWD");
    assert_eq!(*variable(&get("statefulset/tool"), "client", "MYSQL_PWD"), reference);
}
