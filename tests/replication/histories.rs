//! A replica follows its primary, and no other one under the same name: old data are never served as if they
//! were the primary's, and nothing is copied over them.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use crate::cluster::{Cluster, PATIENCE, copy};
use crate::volumes::shared;
use crate::wait::eventually;

/// So long a replica is watched that must not become ready: several times as long as `replicate.sh` pauses.
const WATCHED: Duration = Duration::from_secs(8);
/// Which transactions a server has.
const TRANSACTIONS: &str = "SELECT @@GLOBAL.gtid_executed";

#[test]
fn a_primary_that_lost_its_volume_is_not_made_anew_but_gets_the_data_back() {
    let Some(mut cluster) = with_lost_volume() else { return };
    let volume = cluster.volumes.claim("data-mysql-0");
    for _ in 0..2 {
        let outcome = cluster.run("mysql-0", "initialise");
        assert!(!outcome.success && outcome.output.contains("REFUSED: this volume is empty, but there is mysql-1"));
        assert!(!volume.join("mysql").exists());
    }
    let probe = cluster.pod("mysql-1").probe("mysql");
    assert!(!probe.success, "ready without a primary: {probe:?}");

    recover_from(&mut cluster, "mysql-1");
    cluster.start_containers("mysql-0");
    cluster.wait_ready("mysql-0");
    assert_eq!(cluster.query("mysql-0", "SELECT COUNT(*) FROM app.t"), "1");
    // It is the primary: it takes writes, and follows nobody, though the copy says whom its origin followed.
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2)");
    let following =
        "SELECT COUNT(*) FROM performance_schema.replication_connection_status WHERE service_state <> 'OFF'";
    assert_eq!(cluster.query("mysql-0", following), "0");
    cluster.wait_ready("mysql-1");
    let rows = || (cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t") == "2").then_some(());
    eventually("the new row is replicated", PATIENCE, rows);
}

#[test]
fn an_empty_primary_is_not_followed() {
    let Some(mut cluster) = with_lost_volume() else { return };
    let before = cluster.query("mysql-1", TRANSACTIONS);
    recover_from(&mut cluster, "nobody");
    cluster.start_containers("mysql-0");
    cluster.wait_ready("mysql-0");
    // What would do harm where the data are.
    cluster.query("mysql-0", "DROP DATABASE app; CREATE DATABASE app; CREATE TABLE app.other (id INT PRIMARY KEY)");
    never_ready(&mut cluster, "mysql-1");
    assert_eq!(cluster.query("mysql-1", TRANSACTIONS), before);

    // Nor when it starts anew, and its volume keeps the data.
    cluster.delete("mysql-1");
    cluster.start_pod(1);
    eventually("the server runs", PATIENCE, || cluster.try_query("mysql-1", "SELECT 1").success.then_some(()));
    never_ready(&mut cluster, "mysql-1");
    assert_eq!(cluster.query("mysql-1", TRANSACTIONS), before);
    assert_eq!(cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t"), "1");
}

#[test]
fn a_primary_with_an_older_volume_is_not_followed() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    let older = cluster.volumes.claim("older");
    copy(&cluster.volumes.claim("data-mysql-0"), &older);
    cluster.bring_up(0);
    cluster.bring_up(1);
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2)");
    let rows = || (cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t") == "2").then_some(());
    eventually("the new row is replicated", PATIENCE, rows);
    cluster.delete("mysql-0");
    copy(&older, &cluster.volumes.claim("data-mysql-0"));
    cluster.bring_up(0);
    never_ready(&mut cluster, "mysql-1");
    assert_eq!(cluster.query("mysql-1", "SELECT COUNT(*) FROM app.t"), "2");
}

/// Two servers that ran; the primary's volume is gone, and its pod is made anew, not yet started.
fn with_lost_volume() -> Option<Cluster> {
    let mut cluster = Cluster::with_data()?;
    cluster.bring_up(0);
    cluster.bring_up(1);
    cluster.delete("mysql-0");
    fs::remove_dir_all(cluster.volumes.claim("data-mysql-0")).unwrap();
    shared(cluster.volumes.claim("data-mysql-0"));
    cluster.create("mysql-0");
    assert!(cluster.run("mysql-0", "configure").success);
    Some(cluster)
}

/// As `kubectl create configmap mysql-recovery --from-literal=from=…` does.
fn recover_from(cluster: &mut Cluster, from: &str) {
    let files = BTreeMap::from([("from".to_owned(), from.to_owned())]);
    cluster.volumes.store("configmaps", "mysql-recovery", &files);
}

/// Watches a replica that must not have clients, and looks that it says why.
fn never_ready(cluster: &mut Cluster, name: &str) {
    let pod = cluster.pod(name);
    let refused = || pod.container("replication").log().contains("REFUSED: mysql-0.mysql lacks").then_some(());
    eventually("the replica refuses", PATIENCE, refused);
    for _ in 0..WATCHED.as_secs() {
        let probe = cluster.pod(name).probe("mysql");
        assert!(!probe.success, "{name} is ready: {probe:?}");
        thread::sleep(Duration::from_secs(1));
    }
}
