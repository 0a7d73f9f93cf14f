//! Copies of the primary: several at once, more and fewer of them, and one that lost its volume.

use std::fs;

use crate::cluster::{Cluster, PATIENCE};
use crate::wait::eventually;

#[test]
fn two_copies_at_once_are_both_whole_in_the_end() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    // 16 MiB, so that a copy takes a while.
    cluster.query(
        "mysql-0",
        "CREATE TABLE app.big (id INT AUTO_INCREMENT PRIMARY KEY, what LONGTEXT); \
         INSERT INTO app.big (what) VALUES (REPEAT('x', 4194304)), (REPEAT('y', 4194304)), (REPEAT('z', 8388608))",
    );
    let names = ["mysql-2", "mysql-3"];
    for name in names {
        cluster.create(name);
        assert!(cluster.run(name, "configure").success);
    }
    for name in names {
        cluster.start(name, "clone", &[]);
    }
    for name in names {
        let well = eventually("the copy's end", PATIENCE, || cluster.pod(name).container("clone").ended());
        let there = cluster.volumes.claim(&format!("data-{name}")).join("mysql").exists();
        // The server gives to one at a time: the other is to fail, and not to end well with nothing.
        assert_eq!(well, there, "{}", cluster.pod(name).container("clone").log());
    }
    for name in names {
        // The kubelet tries again.
        cluster.start_containers(name);
        cluster.wait_ready(name);
        assert_eq!(cluster.query(name, "SELECT SUM(LENGTH(what)) FROM app.big"), "16777216");
    }
}

#[test]
fn five_then_two_then_three() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    for ordinal in 0..5 {
        cluster.bring_up(ordinal);
    }
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2)");
    for ordinal in 1..5 {
        has_rows(&mut cluster, ordinal, "2");
    }
    for ordinal in (2..5).rev() {
        cluster.delete(&format!("mysql-{ordinal}"));
    }
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (3)");
    has_rows(&mut cluster, 1, "3");

    // The one that comes back has its old volume, and catches up.
    cluster.bring_up(2);
    assert!(cluster.pod("mysql-2").container("clone").log().contains("there are data already"));
    has_rows(&mut cluster, 2, "3");

    // Another one has lost it.
    cluster.delete("mysql-1");
    fs::remove_dir_all(cluster.volumes.claim("data-mysql-1")).unwrap();
    cluster.bring_up(1);
    assert!(cluster.pod("mysql-1").container("clone").log().contains("copied from mysql-0.mysql"));
    has_rows(&mut cluster, 1, "3");
}

fn has_rows(cluster: &mut Cluster, ordinal: usize, rows: &str) {
    let name = format!("mysql-{ordinal}");
    eventually(&format!("{name} has {rows} rows"), PATIENCE, || {
        (cluster.query(&name, "SELECT COUNT(*) FROM app.t") == rows).then_some(())
    });
}
