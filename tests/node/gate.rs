//! The gate as a user gets it: its image, put in by `tidegate install`, asked through its Service; before it the example's
//! database, on a real server. The cluster is this test's own.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::ending::ending_in;
use crate::images::MYSQL;
use crate::load::Load;
use crate::manifests::ask;
use crate::node::Node;
use crate::program::{gate_image, tidegate};
use crate::volumes;
use crate::wait;

/// What the example names; the server is the one that Debian has.
const NAMED: &str = "docker.io/library/mysql:5.7";
const IMAGES: [&str; 2] = ["docker.io/library/tidegate:first", "docker.io/library/tidegate:second"];
/// A busy machine gets many times what it takes on two idle cores.
const PATIENCE: Duration = Duration::from_mins(4);
const WORDS: &str = "안녕하세요 세계 🐬";

#[test]
fn the_gate_in_a_cluster_with_a_database_before_and_behind_it() {
    let Some(cluster) = Node::start_several(2) else { return };
    for node in ["node1", "node2"] {
        IMAGES.iter().for_each(|name| cluster.import(node, gate_image(), name));
        // The scheduler takes either.
        [MYSQL, NAMED].iter().for_each(|name| cluster.import(node, &Node::own_image("mysql"), name));
    }
    volumes::provide_class(&cluster);

    // A database that was there before the gate, with its password in plain text.
    let before = cluster.create_namespace("before");
    apply(
        &cluster,
        &before,
        &example().replace("persistentVolumeClaim:\n          claimName: mysql-pv-claim", "emptyDir: {}"),
    );
    rolled_out(&cluster, &before);
    let untouched = pod_of(&cluster, &before);

    let installed = tidegate(&cluster, &["install", "--image", IMAGES[0], "--timeout", "240"]);
    assert!(installed.contains("tried: the API server asks the gate"), "{installed}");
    let status = tidegate(&cluster, &["status"]);
    for part in ["2 of 2 replicas answer", "both are registered", "days"] {
        assert!(status.contains(part), "no {part:?} in {status}");
    }
    let nodes = gates(&cluster).iter().map(|pod| pod["spec"]["nodeName"].to_string()).collect::<Vec<_>>();
    assert!(nodes.len() == 2 && nodes[0] != nodes[1], "{nodes:?}");

    let behind = cluster.create_namespace("behind");
    the_example_is_repaired_and_its_data_stay(&cluster, &behind);
    nobody_is_refused_and_nothing_slips_by(&cluster);

    let database = pod_of(&cluster, &behind);
    let gone = tidegate(&cluster, &["uninstall", "--with-namespace"]);
    assert!(gone.contains("The gate is gone"), "{gone}");
    let free =
        cluster.kubectl_with_input(&["apply", "-n", &before, "--dry-run=server", "-o", "json", "-f", "-"], &example());
    assert!(free.expect_success().contains("\"value\": \"password\""));
    assert_eq!((pod_of(&cluster, &before), pod_of(&cluster, &behind)), (untouched, database));
}

fn the_example_is_repaired_and_its_data_stay(cluster: &Node, namespace: &str) {
    volumes::provide_volume(cluster, namespace, "mysql-pv-claim");
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "mysql-pv-claim" },
        "spec": {
            "storageClassName": "mysql-gp2", "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "20Gi" } },
        },
    });
    apply(cluster, namespace, &claim.to_string());
    apply(cluster, namespace, &example());
    let stored = cluster.json(&["get", "deployment/mysql", "-n", namespace]);
    let container = &stored["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["env"][0]["valueFrom"]["secretKeyRef"]["name"], "mysql-credentials", "{container}");
    assert!(container["readinessProbe"].is_object() && !stored.to_string().contains("\"password\":"), "{container}");
    rolled_out(cluster, namespace);

    // A client elsewhere in the cluster, with the password from the Secret, by the Service's name.
    let client = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "client" },
        "spec": {
            "terminationGracePeriodSeconds": 1, "nodeName": "node1",
            "containers": [{
                "name": "client", "image": MYSQL, "command": ["sleep", "infinity"],
                "env": [{ "name": "MYSQL_PWD", "valueFrom": { "secretKeyRef": {
                    "name": "mysql-credentials", "key": "MYSQL_ROOT_PASSWORD",
                } } }],
            }],
        },
    });
    apply(cluster, namespace, &client.to_string());
    cluster.kubectl(&["wait", "-n", namespace, "pod/client", "--for=condition=Ready", "--timeout=3m"]).expect_success();
    let host = format!("-hmysql.{namespace}.svc.cluster.local");
    let mysql = ["mysql", "--default-character-set=utf8mb4", &host, "-uroot", "--batch", "--skip-column-names"];
    let query = |statements: &str| {
        wait::eventually("the server's answer", PATIENCE, || {
            let answer = ask(cluster, namespace, "client", &mysql, statements);
            answer.is_success().then_some(answer.stdout)
        })
    };
    query(&format!(
        "CREATE DATABASE shop; CREATE TABLE shop.words (word VARCHAR(100)); INSERT INTO shop.words VALUES ('{WORDS}');"
    ));
    assert_eq!(query("SELECT word FROM shop.words;").trim(), WORDS);
    assert_eq!(query("SELECT @@character_set_server;").trim(), "utf8mb4");
    let version =
        cluster.kubectl(&["exec", "-n", namespace, "client", "--", "cat", "/etc/server-version"]).expect_success();
    eprintln!("the example's mysql:5.7 is MySQL {} here", version.trim());

    cluster.kubectl(&["delete", "-n", namespace, "deployment/mysql"]).expect_success();
    apply(cluster, namespace, &example());
    rolled_out(cluster, namespace);
    assert_eq!(query("SELECT word FROM shop.words;").trim(), WORDS);
}

/// Everything that happens to a gate, while somebody applies all the time.
fn nobody_is_refused_and_nothing_slips_by(cluster: &Node) {
    let load = Load::start(cluster, &cluster.create_namespace("load"), example());
    load.goes_on("before anything happens");

    // A replica is killed, without a word.
    let pod = gates(cluster)[0]["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.kubectl(&["delete", "pod", &pod, "-n", "tidegate-system", "--grace-period=0", "--force"]).expect_success();
    rolled_out_gate(cluster);
    load.goes_on("after a replica was killed");

    // Another version, and back.
    for image in [IMAGES[1], IMAGES[0]] {
        tidegate(cluster, &["install", "--image", image, "--timeout", "240"]);
        assert!(gates(cluster).iter().all(|pod| pod["spec"]["containers"][0]["image"] == image));
        load.goes_on(&format!("after a change to {image}"));
    }

    // A node is drained.
    cluster
        .kubectl(&["drain", "node2", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=3m"])
        .expect_success();
    load.goes_on("after a drain");
    cluster.kubectl(&["uncordon", "node2"]).expect_success();

    // The certificate is about to end, and is renewed.
    let secret = || cluster.json(&["get", "secret/tidegate-tls", "-n", "tidegate-system"])["data"].clone();
    let text = |value: &Value| String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
    let (certificate, key) = ending_in(10, &text(&secret()["ca.crt"]), &text(&secret()["ca.key"]));
    let certificate = STANDARD.encode(certificate);
    let patch = json!({ "data": { "tls.crt": certificate, "tls.key": STANDARD.encode(key) } });
    let arguments = ["patch", "secret/tidegate-tls", "-n", "tidegate-system", "-p", &patch.to_string()];
    cluster.kubectl(&arguments).expect_success();
    wait::eventually("another certificate", PATIENCE, || (secret()["tls.crt"] != json!(certificate)).then_some(()));
    load.goes_on("after the certificate was renewed");

    // The API server ends, and begins again.
    cluster.supervise("control-plane", "restart", "kube-apiserver");
    wait::eventually("the API server", PATIENCE, || cluster.is_ready().then_some(()));
    load.goes_on("after a restart of the API server");
    load.end();
}

#[track_caller]
fn apply(cluster: &Node, namespace: &str, manifest: &str) {
    cluster.kubectl_with_input(&["apply", "-n", namespace, "-f", "-"], manifest).expect_success();
}

/// The example, as it is written.
fn example() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/mysql-deployment.yaml")).unwrap()
}

#[track_caller]
fn rolled_out(cluster: &Node, namespace: &str) {
    crate::manifests::await_rollout(cluster, namespace, "deployment/mysql");
}

#[track_caller]
fn rolled_out_gate(cluster: &Node) {
    crate::manifests::await_rollout(cluster, "tidegate-system", "deployment/tidegate");
}

/// The gate's pods.
fn gates(cluster: &Node) -> Vec<Value> {
    let pods = cluster.json(&["get", "pods", "-n", "tidegate-system", "-l", "app.kubernetes.io/component=gate"]);
    let is_leaving = |pod: &Value| pod["metadata"]["deletionTimestamp"].is_string();
    pods["items"].as_array().unwrap().iter().filter(|pod| !is_leaving(pod)).cloned().collect()
}

/// The database's pod, and how often it was started anew.
fn pod_of(cluster: &Node, namespace: &str) -> (String, String) {
    let pods = cluster.json(&["get", "pods", "-n", namespace, "-l", "app=mysql"]);
    let pod = &pods["items"][0];
    (pod["metadata"]["uid"].to_string(), pod["status"]["containerStatuses"][0]["restartCount"].to_string())
}
