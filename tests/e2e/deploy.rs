//! `tidegate deploy` before an API server on which no pod runs: what is in the way is told, passwords are made once, what
//! is there stays, and data go only when that was said twice. With servers: `tests/node/deploy.rs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::stage::CONTROLLERS;
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Kubectl;
use crate::support::wait::eventually;

/// Runs the program; its exit code, and all that it said.
fn tidegate(kubeconfig: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.arg("deploy").args(arguments);
    command.env_clear().env("KUBECONFIG", kubeconfig).env("HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

/// That a command ends so, and says this.
#[track_caller]
fn ends(kubeconfig: &Path, code: i32, arguments: &[&str], parts: &[&str]) -> String {
    let (ended, said) = tidegate(kubeconfig, arguments);
    assert_eq!(ended, Some(code), "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn apply(admin: &Kubectl, object: &Value) {
    admin.run_with_input(&["apply", "-f", "-"], &object.to_string()).expect_success();
}

/// A class whose volumes nobody makes.
fn class(name: &str, is_default: &str, binding: &str) -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": { "name": name, "annotations": { "storageclass.kubernetes.io/is-default-class": is_default } },
        "provisioner": "example.com/nobody", "volumeBindingMode": binding,
    })
}

/// The passwords in the Secret.
fn passwords(admin: &Kubectl, namespace: &str) -> BTreeMap<String, String> {
    let secret = admin.json(&["get", "secret/mysql-passwords", "-n", namespace]);
    let decode = |value: &Value| String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
    secret["data"].as_object().unwrap().iter().map(|(key, value)| (key.clone(), decode(value))).collect()
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_applied() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    ends(config, 1, &["status"], &["there is no MySQL of tidegate deploy"]);

    // Classes of volumes.
    ends(config, 2, &["single"], &["name another one with --storage-class; the cluster has none"]);
    apply(&admin, &class("standard", "true", "WaitForFirstConsumer"));
    ends(config, 2, &["replicated"], &["Amazon's EBS CSI driver", "there are: standard (the default)"]);
    ends(
        config,
        2,
        &["single", "--storage-class", "fast"],
        &["there is no StorageClass fast; there are: standard (the default)"],
    );
    for namespace in ["mysql", "mysql-single"] {
        assert!(!admin.run(&["get", "namespace", namespace]).is_success(), "it looked before it applied");
    }

    // Somebody else's database.
    let labels = json!({ "app": "mysql" });
    admin.run(&["create", "namespace", "shop"]).expect_success();
    let own = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "mysql", "namespace": "shop" },
        "spec": { "selector": { "matchLabels": labels }, "template": {
            "metadata": { "labels": labels },
            "spec": { "containers": [{ "name": "mysql", "image": "registry.example/mine" }] },
        } },
    });
    apply(&admin, &own);
    let foreign = ["there is a Deployment shop/mysql that was not made for this", "--namespace"];
    ends(config, 2, &["single", "--namespace", "shop", "--storage-class", "standard"], &foreign);
    ends(config, 2, &["remove", "single", "--namespace", "shop"], &foreign);
    let stored = admin.json(&["get", "deployment/mysql", "-n", "shop"]);
    assert_eq!(stored["spec"]["template"]["spec"]["containers"][0]["image"], "registry.example/mine");
    assert!(!admin.run(&["get", "secret/mysql-passwords", "-n", "shop"]).is_success());

    // A namespace on its way out.
    let held = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": "leaving" }, "spec": { "finalizers": ["example.com/held"] },
    });
    apply(&admin, &held);
    admin.run(&["delete", "namespace/leaving", "--wait=false"]).expect_success();
    let leaving = ["single", "--namespace", "leaving", "--storage-class", "standard"];
    ends(config, 2, &leaving, &["namespace leaving is being deleted: wait"]);

    // Rights, as rules to ask for.
    let reader = cluster.as_service_account("default", "default");
    let rights = [
        "it lacks:",
        "- { apiGroups: [\"\"], resources: [pods/exec], verbs: [create] } in namespace mysql",
        "- { apiGroups: [\"\"], resources: [secrets], verbs: [create] } in namespace mysql",
        "- { apiGroups: [\"apps\"], resources: [statefulsets], verbs: [patch] } in namespace mysql",
    ];
    ends(reader.kubeconfig(), 2, &["replicated", "--storage-class", "standard"], &rights);
    ends(reader.kubeconfig(), 2, &["remove", "replicated"], &["verbs: [delete] }"]);

    for (arguments, told) in [
        (&["single", "--namespace", "Shop"][..], "--namespace: a name is of lower-case letters"),
        (&["single", "--size", "20GB"], "a size is a number with Mi, Gi or Ti, such as 20Gi"),
        (&["replicated", "--replicas", "11"], "1..=10"),
        (&["single", "--context", "nowhere"], "the context cannot be used"),
        (&["remove", "single"], "there is no MySQL of tidegate deploy single in namespace mysql-single"),
    ] {
        ends(config, 2, arguments, &[told]);
    }
}

#[test]
fn passwords_are_made_once_and_what_is_there_stays() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    apply(&admin, &class("standard", "false", "WaitForFirstConsumer"));
    let first = ["replicated", "--storage-class", "standard", "--size", "1Gi", "--timeout", "2"];
    let mut said = ends(
        config,
        2,
        &first,
        &[
            "no gate is asked in this cluster",
            "made the passwords, in the Secret mysql-passwords",
            "applied StatefulSet mysql/mysql",
            "not all servers are ready after 2 s",
        ],
    );
    let made = passwords(&admin, "mysql");
    assert_eq!(made.keys().collect::<Vec<_>>(), ["app", "backup", "clone", "keeper", "replication", "root"]);

    // Interrupted anywhere and run again, it goes on; what was chosen before, or by somebody else, stays.
    admin.run(&["scale", "statefulset/mysql", "-n", "mysql", "--replicas=3"]).expect_success();
    admin.run(&["delete", "service/mysql-read", "-n", "mysql"]).expect_success();
    said += &ends(config, 2, &["replicated", "--timeout", "1"], &["the passwords are there"]);
    assert_eq!(passwords(&admin, "mysql"), made);
    admin.run(&["get", "service/mysql-read", "-n", "mysql"]).expect_success();
    let stored = admin.json(&["get", "statefulset/mysql", "-n", "mysql"]);
    let claim = &stored["spec"]["volumeClaimTemplates"][0]["spec"];
    assert_eq!(
        (&stored["spec"]["replicas"], &claim["storageClassName"], &claim["resources"]["requests"]["storage"]),
        (&json!(3), &json!("standard"), &json!("1Gi"))
    );
    what_people_changed_stays(&admin, config, &mut said);

    apply(&admin, &class("other", "false", "WaitForFirstConsumer"));
    for (option, value, told) in [
        ("--storage-class", "other", "the storage class is standard, and what is wanted is other"),
        ("--size", "2Gi", "the size of each volume is 1Gi, and what is wanted is 2Gi"),
    ] {
        said += &ends(config, 2, &["replicated", option, value], &[told, &format!("Leave {option} out")]);
    }
    said += &ends(config, 1, &["status"], &["replicated in namespace mysql: 0 of 3 servers ready"]);
    said += &ends(config, 0, &["replicated", "--dry-run"], &["kind: StatefulSet", "name: mysql-gp2"]);

    // What has data goes on having them, and their passwords.
    eventually("the first server's claim", CONTROLLERS, || {
        admin.run(&["get", "pvc/data-mysql-0", "-n", "mysql"]).is_success().then_some(())
    });
    said += &ends(
        config,
        0,
        &["remove", "replicated"],
        &[
            "ConfigMap mysql/mysql-config, PersistentVolumeClaim mysql/data-mysql-0",
            "deploy replicated --replicas 3 --image",
        ],
    );
    assert!(!admin.run(&["get", "statefulset/mysql", "-n", "mysql"]).is_success());
    assert_eq!(passwords(&admin, "mysql"), made);
    assert!(made.values().all(|password| !said.contains(password.as_str())));
    assert!(made.values().all(|password| password.len() == 32));

    admin.run(&["delete", "secret/mysql-passwords", "-n", "mysql"]).expect_success();
    ends(
        config,
        2,
        &["replicated", "--timeout", "1"],
        &["the claim data-mysql-0 in namespace mysql may hold data, but the Secret mysql-passwords"],
    );
    let incomplete = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "mysql-passwords", "namespace": "mysql" },
        "stringData": { "root": "a", "app": "b", "clone": "c" },
    });
    apply(&admin, &incomplete);
    ends(
        config,
        2,
        &["replicated", "--timeout", "1"],
        &["has no fit replication, keeper, backup: add what is missing"],
    );

    // Data go when that is said twice.
    ends(config, 2, &["remove", "replicated", "--with-data"], &["say it twice, with --confirm mysql"]);
    let wrong = ["remove", "replicated", "--with-data", "--confirm", "sql"];
    ends(config, 2, &wrong, &["nothing was deleted: the namespace is mysql"]);
    admin.run(&["get", "pvc/data-mysql-0", "-n", "mysql"]).expect_success();
    ends(
        config,
        0,
        &["remove", "replicated", "--with-data", "--confirm", "mysql"],
        &[
            "deleted PersistentVolumeClaim mysql/data-mysql-0",
            "Kept: PersistentVolumeClaim mysql/mysql-backups, Secret mysql/mysql-passwords",
        ],
    );
    ends(config, 2, &["remove", "replicated"], &["there is no MySQL of tidegate deploy replicated in namespace mysql"]);
}

/// Unless all of it is to be renewed.
fn what_people_changed_stays(admin: &Kubectl, config: &Path, said: &mut String) {
    let options = |text: &str| {
        let mut config = admin.json(&["get", "configmap/mysql-config", "-n", "mysql"]);
        if !text.is_empty() {
            config["data"]["common.cnf"] = text.into();
            admin.run_with_input(&["replace", "-f", "-"], &config.to_string()).expect_success();
        }
        config["data"]["common.cnf"].as_str().unwrap().to_owned()
    };
    let first = options("");
    options("[mysqld]\nmax_connections = 77\n");
    let memory = ["set", "resources", "statefulset/mysql", "-n", "mysql", "-c", "mysql", "--limits=memory=4Gi"];
    admin.run(&memory).expect_success();
    let label = "pod-security.kubernetes.io/enforce";
    admin.run(&["label", "namespace/mysql", &format!("{label}=baseline"), "--overwrite"]).expect_success();

    let image = "registry.example/mysql:9.7";
    let asked = ["replicated", "--timeout", "1", "--replicas", "4", "--image", image];
    *said += &ends(config, 2, &asked, &["applied StatefulSet mysql/mysql", "applied CronJob mysql/mysql-backup"]);
    assert!(options("").contains("max_connections = 77"));
    let server = || {
        let stored = admin.json(&["get", "statefulset/mysql", "-n", "mysql"]);
        let server = &stored["spec"]["template"]["spec"]["containers"][0];
        (stored["spec"]["replicas"].clone(), server["image"].clone(), server["resources"]["limits"]["memory"].clone())
    };
    assert_eq!(server(), (json!(4), json!(image), json!("4Gi")));

    *said += &ends(config, 2, &["replicated", "--timeout", "1", "--renew"], &["applied ConfigMap mysql/mysql-config"]);
    assert_eq!(options(""), first);
    assert_eq!(server(), (json!(4), json!(image), json!("2Gi")));
    let namespace = admin.json(&["get", "namespace/mysql"]);
    assert_eq!(namespace["metadata"]["labels"][label], "baseline");

    admin.run(&["scale", "statefulset/mysql", "-n", "mysql", "--replicas=0"]).expect_success();
    *said += &ends(config, 2, &["replicated"], &["StatefulSet mysql/mysql was scaled to 0, and stays so"]);
    admin.run(&["scale", "statefulset/mysql", "-n", "mysql", "--replicas=3"]).expect_success();
}

#[test]
fn a_single_server_is_asked_without_its_client() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    apply(&admin, &class("standard", "false", "WaitForFirstConsumer"));
    let deploy = ["single", "--namespace", "shop", "--storage-class", "standard", "--timeout"];
    ends(config, 2, &[&deploy[..], &["1"]].concat(), &["not all servers are ready after 1 s"]);
    let list = ["get", "pods", "-n", "shop", "-l", "app.kubernetes.io/component=server"];
    let pod = eventually("the server's pod", CONTROLLERS, || {
        admin.json(&list)["items"][0]["metadata"]["name"].as_str().map(str::to_owned)
    });
    let ready = r#"{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"#;
    admin.run(&["patch", "pod", &pod, "-n", "shop", "--subresource=status", "-p", ready]).expect_success();
    // The client's node is lost, and its Pod stays, not ready. The server has no node either, but it is asked.
    let held = r#"{"metadata":{"finalizers":["example.com/held"]}}"#;
    admin.run(&["patch", "pod/mysql-client", "-n", "shop", "--type=merge", "-p", held]).expect_success();
    admin.run(&["delete", "pod/mysql-client", "-n", "shop", "--wait=false"]).expect_success();
    let told = ["mysql-client: ends; it is for people, and not waited for", "but mysql does", &format!("shop/{pod}: ")];
    ends(config, 2, &[&deploy[..], &["30"]].concat(), &told);
    let status = ends(config, 1, &["status"], &["single in namespace shop: 1 of 1 servers ready", "cannot be asked"]);
    assert!(status.contains(&pod) && !status.contains("mysql-client"), "{status}");
}

#[test]
fn a_volume_that_does_not_come_says_why() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    apply(&admin, &class("nobody", "false", "Immediate"));
    let deploy = ["single", "--namespace", "shop", "--storage-class", "nobody", "--timeout", "25"];
    ends(config, 2, &deploy, &["mysql-pv-claim: ", "example.com/nobody", "not all servers are ready after 25 s"]);
    // Another tenant's, in a namespace of any name.
    let deployment = admin.json(&["get", "deployment/mysql", "-n", "shop"]);
    assert_eq!(deployment["metadata"]["labels"]["app.kubernetes.io/instance"], "single");
}
