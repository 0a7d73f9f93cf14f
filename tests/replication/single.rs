//! One server alone: the same scripts in a Deployment, and the client beside it.

use std::fs;

use crate::cluster::{Cluster, PATIENCE, password};
use crate::wait::eventually;

/// As a Deployment's pods are called.
const SERVER: &str = "mysql-7d9f8b6c5d-x2x4z";

#[test]
fn one_server_its_client_and_its_backup() {
    let Some(mut cluster) = Cluster::new("single") else { return };
    cluster.create(SERVER);
    // What a killed attempt left.
    let volume = cluster.volumes.claim("mysql-pv-claim");
    fs::create_dir_all(volume.join("initialising/mysql")).unwrap();
    let chown = std::process::Command::new("chown").args(["-R", "999:999"]).arg(volume.join("initialising")).status();
    assert!(chown.unwrap().success());
    cluster.start_containers(SERVER);
    eventually("the server is ready", PATIENCE, || cluster.pod(SERVER).probe("mysql").success.then_some(()));
    cluster
        .query(SERVER, "CREATE TABLE app.t (id INT PRIMARY KEY, what TEXT); INSERT INTO app.t VALUES (1, '한국어 🐬')");

    let client = cluster.manifests.get("Pod", "mysql-client").clone();
    let client = cluster.create_job(&client);
    cluster.start_containers(&client);
    let ask = |cluster: &mut Cluster, host: &str| {
        let words =
            ["mysql", host, "-uapp", "--default-character-set=utf8mb4", "-N", "-B", "-e", "SELECT what FROM app.t"];
        cluster.pod(&client).container("mysql-client").run(words, "")
    };
    // Its own namespace's name, and the one that others use.
    for host in ["-hmysql", "-hmysql.mysql-single"] {
        let answer = ask(&mut cluster, host);
        assert_eq!(answer.output, "한국어 🐬", "{answer:?}");
    }
    let environment = cluster.pod(&client).container("mysql-client").run(["printenv", "MYSQL_PWD"], "");
    assert_eq!(environment.output, password("app"));

    for cron in ["mysql-backup", "mysql-restore-check"] {
        let object = cluster.manifests.get("CronJob", cron).clone();
        let job = cluster.create_job(&object);
        let outcome = cluster.run(&job, cron.trim_start_matches("mysql-"));
        assert!(outcome.success, "{}", outcome.output);
    }

    // The pod is replaced: the data stay.
    cluster.pod(SERVER).terminate(PATIENCE);
    cluster.delete(SERVER);
    cluster.create(SERVER);
    cluster.start_containers(SERVER);
    assert!(cluster.pod(SERVER).container("initialise").log().contains("there are data already"));
    eventually("the server is ready", PATIENCE, || cluster.pod(SERVER).probe("mysql").success.then_some(()));
    assert_eq!(ask(&mut cluster, "-hmysql").output, "한국어 🐬");
}
