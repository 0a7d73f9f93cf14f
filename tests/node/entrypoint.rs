//! The images keep what the official ones document, in ways that `manifests/` does not use.

use serde_json::{Value, json};

use crate::images::{self, MARIADB, MYSQL};
use crate::manifests::ask;
use crate::node::Node;

/// Files of /docker-entrypoint-initdb.d, one of each kind.
const SCRIPT: &str = "docker_process_sql <<<\"CREATE TABLE t (word VARCHAR(20)); INSERT INTO t VALUES ('sh');\"\n";
const STATEMENTS: &str = "INSERT INTO t VALUES ('sql');\n";
/// `INSERT INTO t VALUES ('gz');`, by gzip.
const PACKED: &str = "H4sIAAAAAAACA/P0C3YNClHw9AvxVyhRCHP0CXUNVtBQT69S17TmAgA7XTONHQAAAA==";

#[test]
fn mysql_as_root_without_a_password() {
    let Some(node) = Node::shared() else { return };
    images::provide_mysql(node);
    let environment = json!([
        { "name": "MYSQL_ALLOW_EMPTY_PASSWORD", "value": "yes" },
        { "name": "MYSQL_DATABASE", "value": "shop" },
    ]);
    let namespace = run(node, MYSQL, json!(["--max-connections=77"]), environment);
    assert_eq!(query(node, &namespace, &["mysql", "-h127.0.0.1", "-uroot"]), "gz\nsh\nsql\n77\n");
}

#[test]
fn mariadb_with_passwords_from_files() {
    let Some(node) = Node::shared() else { return };
    images::provide_mariadb(node);
    let environment = json!([
        { "name": "MARIADB_ROOT_PASSWORD_FILE", "value": "/files/password" },
        { "name": "MYSQL_DATABASE", "value": "shop" },
        { "name": "MYSQL_USER", "value": "app" },
        { "name": "MYSQL_PASSWORD_FILE", "value": "/files/password" },
    ]);
    let namespace = run(node, MARIADB, json!(["--max-connections=77"]), environment);
    let as_app = ["mariadb", "-h127.0.0.1", "-uapp", "-pgeheim"];
    assert_eq!(query(node, &namespace, &as_app), "gz\nsh\nsql\n77\n");
    let without = ask(node, &namespace, "db", &["mariadb", "-h127.0.0.1", "-uroot"], "SELECT 1;").expect_failure();
    assert!(without.contains("Access denied"), "{without}");
}

#[test]
fn without_any_password_it_says_what_is_missing() {
    let Some(node) = Node::shared() else { return };
    images::provide_mysql(node);
    let namespace = node.create_namespace("entrypoint");
    let run = ["run", "-n", &namespace, "--image", MYSQL, "--restart=Never", "db"];
    node.kubectl(&run).expect_success();
    node.kubectl(&["wait", "-n", &namespace, "pod/db", "--for=jsonpath={.status.phase}=Failed", "--timeout=3m"])
        .expect_success();
    let log = node.kubectl(&["logs", "-n", &namespace, "db"]).expect_success();
    assert!(log.contains("password option is not specified"), "{log}");
}

/// Runs a server in a new namespace until it is ready.
#[track_caller]
fn run(node: &Node, image: &str, arguments: Value, environment: Value) -> String {
    let namespace = node.create_namespace("entrypoint");
    let objects = json!({ "apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": { "name": "files" },
            "data": { "1.sh": SCRIPT, "2.sql": STATEMENTS, "password": "geheim" },
            "binaryData": { "3.sql.gz": PACKED },
        },
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": { "name": "db" },
            "spec": {
                "terminationGracePeriodSeconds": 1,
                "containers": [{
                    "name": "db",
                    "image": image,
                    "args": arguments,
                    "env": environment,
                    "readinessProbe": { "tcpSocket": { "port": 3306 }, "periodSeconds": 1 },
                    "volumeMounts": [
                        { "name": "files", "mountPath": "/docker-entrypoint-initdb.d" },
                        { "name": "files", "mountPath": "/files" },
                    ],
                }],
                "volumes": [{ "name": "files", "configMap": { "name": "files" } }],
            },
        },
    ]});
    node.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &objects.to_string()).expect_success();
    let wait = ["wait", "-n", &namespace, "pod/db", "--for=condition=Ready", "--timeout=4m"];
    if !node.kubectl(&wait).is_success() {
        let log = node.kubectl(&["logs", "-n", &namespace, "db"]);
        panic!("{image} is not ready: {}{}", log.stdout, log.stderr);
    }
    namespace
}

#[track_caller]
fn query(node: &Node, namespace: &str, client: &[&str]) -> String {
    let statements = "SELECT word FROM t ORDER BY word; SELECT @@max_connections;";
    let client = [client, &["--batch", "--skip-column-names", "shop"]].concat();
    ask(node, namespace, "db", &client, statements).expect_success()
}
