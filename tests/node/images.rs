//! The project's own images, under the names that manifests have for others.

use std::sync::Once;

use crate::node::Node;

/// What `manifests/` names is MySQL's long-term series; Debian has a later one.
pub(crate) const MYSQL: &str = "docker.io/library/mysql:8.4";
pub(crate) const MARIADB: &str = "docker.io/library/mariadb:10.11";
/// Is on every node from the start.
pub(crate) const BUSYBOX: &str = "tidegate.test/busybox:1";

/// Gives the shared node MySQL.
pub(crate) fn provide_mysql(node: &Node) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| node.import("node1", &Node::own_image("mysql"), MYSQL));
}

/// Gives the shared node MariaDB.
pub(crate) fn provide_mariadb(node: &Node) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| node.import("node1", &Node::own_image("mariadb"), MARIADB));
}
