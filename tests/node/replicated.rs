//! `manifests/replicated`: a primary, and a replica that copied it and follows it.

use std::time::Duration;

use crate::kubectl::Output;
use crate::manifests;
use crate::node::Node;
use crate::wait;

const NAMESPACE: &str = "mysql";

#[test]
fn a_write_reaches_the_replica_which_takes_none_itself() {
    let Some(node) = Node::shared() else { return };
    let accounts = ["root", "app", "replication", "clone", "keeper"];
    manifests::install(node, "manifests/replicated", NAMESPACE, &accounts, &["data-mysql-0", "data-mysql-1"]);
    manifests::await_rollout(node, NAMESPACE, "statefulset/mysql");

    ask(node, "mysql-write", "CREATE TABLE orders (id INT PRIMARY KEY); INSERT INTO orders VALUES (42);")
        .expect_success();
    wait::eventually("the row on the replica", Duration::from_mins(1), || {
        let found = ask(node, "mysql-1.mysql", "SELECT id FROM orders;");
        (found.is_success() && found.stdout == "42\n").then_some(())
    });

    let refused = ask(node, "mysql-1.mysql", "INSERT INTO orders VALUES (43);").expect_failure();
    assert!(refused.contains("ERROR 1290"), "{refused}");
    assert_eq!(ask(node, "mysql-write", "SELECT COUNT(*) FROM orders;").expect_success(), "1\n");
}

/// Asks one of the servers as the application would, from a pod that has its password.
fn ask(node: &Node, host: &str, statements: &str) -> Output {
    let script = "MYSQL_PWD=$(cat /run/secrets/mysql/app) exec mysql -h\"$0\" -uapp --batch --skip-column-names app";
    manifests::ask(node, NAMESPACE, "mysql-0", &["bash", "-c", script, host], statements)
}
