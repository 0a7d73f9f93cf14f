//! What stops replication, and what starts it again; meanwhile the replica has no clients.

use std::fs;

use crate::cluster::{Cluster, PATIENCE};
use crate::wait::eventually;

#[test]
fn a_transaction_that_cannot_be_applied_stops_it_until_it_can() {
    let Some(mut cluster) = both() else { return };
    let without_log = "SET SESSION sql_log_bin = 0; SET GLOBAL super_read_only = OFF;";
    cluster.query("mysql-1", &format!("{without_log} INSERT INTO app.t VALUES (7); SET GLOBAL super_read_only = ON"));
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (7), (8)");
    not_ready(&mut cluster);
    says(&mut cluster, "replication has stopped (errors 0, 1062)");
    cluster.query("mysql-1", &format!("{without_log} DELETE FROM app.t WHERE id = 7; SET GLOBAL super_read_only = ON"));
    cluster.wait_ready("mysql-1");
    let rows = || (cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t") == "3").then_some(());
    eventually("the rows are replicated", PATIENCE, rows);
}

#[test]
fn a_replica_that_is_more_than_a_minute_behind_has_no_clients() {
    let Some(mut cluster) = both() else { return };
    cluster.start_query("mysql-1", "LOCK TABLES app.t READ; SELECT SLEEP(75)");
    let locked = "SELECT COUNT(*) FROM performance_schema.threads WHERE processlist_info LIKE '%SLEEP(75)%' \
        AND processlist_state = 'User sleep'";
    eventually("the table is locked", PATIENCE, || (cluster.query("mysql-1", locked) == "1").then_some(()));
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2)");
    assert!(cluster.pod("mysql-1").probe("mysql").success, "a moment behind is no reason");
    eventually("it is too far behind", PATIENCE, || {
        let probe = cluster.pod("mysql-1").probe("mysql");
        (!probe.success && probe.output.contains("more than a minute behind")).then_some(())
    });
    cluster.wait_ready("mysql-1");
    assert_eq!(cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t"), "2");
}

#[test]
fn a_changed_password_is_taken_up() {
    let Some(mut cluster) = both() else { return };
    cluster.query("mysql-0", "ALTER USER replication IDENTIFIED BY 'another1'");
    // The connection that there is goes on; it is lost, and the next one is refused.
    cluster.query("mysql-1", "STOP REPLICA; START REPLICA");
    not_ready(&mut cluster);
    cluster.set_passwords(&[("replication", "another1".to_owned())]);
    cluster.wait_ready("mysql-1");
}

#[test]
fn a_replica_that_was_away_for_too_long_says_so_and_is_copied_again() {
    let Some(mut cluster) = both() else { return };
    cluster.delete("mysql-1");
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2); FLUSH BINARY LOGS; INSERT INTO app.t VALUES (3)");
    let log = cluster.query("mysql-0", "SHOW BINARY LOG STATUS");
    let log = log.split('\t').next().unwrap().to_owned();
    cluster.query("mysql-0", &format!("PURGE BINARY LOGS TO '{log}'"));
    cluster.start_pod(1);
    says(&mut cluster, "replication has stopped (errors 13114, 0)");
    not_ready(&mut cluster);

    cluster.delete("mysql-1");
    fs::remove_dir_all(cluster.volumes.claim("data-mysql-1")).unwrap();
    cluster.bring_up(1);
    assert_eq!(cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t"), "3");
}

#[test]
fn a_primary_that_crashed_is_followed_again() {
    let Some(mut cluster) = both() else { return };
    cluster.delete("mysql-0");
    not_ready(&mut cluster);
    cluster.bring_up(0);
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2)");
    cluster.wait_ready("mysql-1");
    let rows = || (cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t") == "2").then_some(());
    eventually("the row is replicated", PATIENCE, rows);
}

fn both() -> Option<Cluster> {
    let mut cluster = Cluster::with_data()?;
    cluster.bring_up(0);
    cluster.bring_up(1);
    Some(cluster)
}

fn not_ready(cluster: &mut Cluster) {
    eventually("the replica is not ready", PATIENCE, || (!cluster.pod("mysql-1").probe("mysql").success).then_some(()));
}

fn says(cluster: &mut Cluster, what: &str) {
    let pod = cluster.pod("mysql-1");
    eventually(what, PATIENCE, || pod.container("replication").log().contains(what).then_some(()));
}
