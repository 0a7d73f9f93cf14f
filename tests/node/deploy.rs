//! `tidegate deploy`, on three nodes and through the gate: one server; a primary with replicas, and all that happens to
//! such a database: scaled, a volume lost, the primary killed under writes, a copy interrupted, kubelet restarted, an
//! option changed, removed and brought back. The cluster is this test's own.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::images::MYSQL;
use crate::manifests::{ask, await_rollout};
use crate::node::Node;
use crate::program::{gate_image, tidegate};
use crate::volumes;
use crate::wait;

const NAMESPACE: &str = "mysql";
const GATE: &str = "docker.io/library/tidegate:first";
const NODES: [&str; 3] = ["node1", "node2", "node3"];
/// A busy machine gets many times what it takes on two idle cores.
const PATIENCE: Duration = Duration::from_mins(6);

#[test]
fn a_database_through_all_that_happens_to_one() {
    let Some(cluster) = Node::start_several(3) else { return };
    for node in NODES {
        cluster.import(node, &Node::own_image("mysql"), MYSQL);
        cluster.import(node, gate_image(), GATE);
    }
    volumes::provide_class(&cluster);
    tidegate(&cluster, &["install", "--image", GATE, "--timeout", "240"]);

    one_server(&cluster);
    let database = Replicated::deploy(&cluster);
    database.a_write_reaches_the_replicas_which_take_none();
    database.is_scaled();
    database.a_replica_that_lost_its_volume_copies_again();
    database.a_copy_that_is_interrupted_is_begun_again();
    database.what_was_acknowledged_survives_the_primary();
    database.kubelet_may_restart();
    database.an_option_changes_one_server_after_the_other();
    database.goes_and_comes_back_with_its_data();
}

fn one_server(cluster: &Node) {
    for claim in ["mysql-pv-claim", "mysql-backups"] {
        volumes::provide_volume(cluster, "mysql-single", claim);
    }
    let begun = Instant::now();
    let said = tidegate(cluster, &["deploy", "single", "--image", MYSQL, "--timeout", "480"]);
    for part in ["made the passwords", "makes the first data", "tried: written at mysql", "is up, with 1 server"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert!(!said.contains("no gate is asked"), "{said}");
    eprintln!("one server was ready and tried after {} s", begun.elapsed().as_secs());
    // What a drained node takes with it does not come back, and nobody needs it.
    cluster.kubectl(&["delete", "pod/mysql-client", "-n", "mysql-single"]).expect_success();
    let status = tidegate(cluster, &["deploy", "status"]);
    assert!(status.contains("single in namespace mysql-single: 1 of 1 servers ready"), "{status}");
    assert!(status.contains("; MySQL ") && !status.contains("cannot be asked"), "{status}");
    let gone = ["deploy", "remove", "single", "--with-data", "--confirm", "mysql-single"];
    assert!(tidegate(cluster, &gone).contains("deleted PersistentVolumeClaim mysql-single/mysql-pv-claim"));
}

struct Replicated<'a> {
    cluster: &'a Node,
    /// The folder of each server's volume, and its node.
    folders: Vec<(PathBuf, &'static str)>,
}

impl<'a> Replicated<'a> {
    fn deploy(cluster: &'a Node) -> Self {
        let on = |ordinal: usize| NODES[ordinal % NODES.len()];
        let volume = |ordinal| {
            let claim = format!("data-mysql-{ordinal}");
            (volumes::provide_volume_on(cluster, on(ordinal), NAMESPACE, &claim), on(ordinal))
        };
        let folders = (0..5).map(volume).collect();
        volumes::provide_volume(cluster, NAMESPACE, "mysql-backups");
        // An image that is not there, and then one that is.
        let wrong =
            ["deploy", "replicated", "--replicas", "3", "--image", "docker.io/library/mysql:none", "--timeout", "20"];
        let mut failed = cluster.client(env!("CARGO_BIN_EXE_tidegate").as_ref());
        let failed = failed.args(wrong).env("KUBECONFIG", cluster.kubeconfig()).output().unwrap();
        let said = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(said.contains("mysql-0: the image docker.io/library/mysql:none cannot be pulled"), "{said}");
        let begun = Instant::now();
        let arguments = ["deploy", "replicated", "--replicas", "3", "--image", MYSQL, "--timeout", "600"];
        let said = tidegate(cluster, &arguments);
        for part in [
            "mysql-0: cannot start as it is, and is made anew",
            "copies the primary's data",
            "read again at mysql-write, mysql-1.mysql, mysql-2.mysql",
            "3 servers",
        ] {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
        eprintln!("three servers were ready and tried after {} s:\n{said}", begun.elapsed().as_secs());
        let database = Self { cluster, folders };
        database.is_well("3 of 3 servers ready");
        database
    }

    fn a_write_reaches_the_replicas_which_take_none(&self) {
        self.write(
            "CREATE TABLE orders (id INT PRIMARY KEY, word VARCHAR(20)); INSERT INTO orders VALUES (1, '주문 🐬');",
        );
        for host in ["mysql-1.mysql", "mysql-2.mysql"] {
            self.reads(host, "SELECT word FROM orders;", "주문 🐬");
            let refused = self.ask("mysql-0", host, "INSERT INTO orders VALUES (2, '');");
            assert!(refused.expect_failure().contains("ERROR 1290"));
        }
    }

    fn is_scaled(&self) {
        tidegate(self.cluster, &["deploy", "replicated", "--replicas", "5", "--timeout", "600"]);
        self.is_well("5 of 5 servers ready");
        self.reads("mysql-4.mysql", "SELECT COUNT(*) FROM orders;", "1");
        tidegate(self.cluster, &["deploy", "replicated", "--replicas", "2", "--timeout", "600"]);
        self.is_well("2 of 2 servers ready");
        // Their data stay, for when they come back.
        self.cluster.kubectl(&["get", "pvc/data-mysql-4", "-n", NAMESPACE]).expect_success();
    }

    fn a_replica_that_lost_its_volume_copies_again(&self) {
        self.lose_volume(1);
        self.is_ready_again();
        self.reads("mysql-1.mysql", "SELECT word FROM orders;", "주문 🐬");
        self.is_well("2 of 2 servers ready");
    }

    fn a_copy_that_is_interrupted_is_begun_again(&self) {
        self.lose_volume(1);
        wait::eventually("the copy", PATIENCE, || {
            let pod = self.cluster.kubectl(&["get", "pod/mysql-1", "-n", NAMESPACE, "-o", "json"]);
            let pod: Value = serde_json::from_str(&pod.stdout).ok()?;
            let steps = pod["status"]["initContainerStatuses"].as_array()?;
            let is_copying = steps.iter().any(|step| step["name"] == "clone" && step["state"]["running"].is_object());
            let has_begun = ["clone-server", "clone-copy"].iter().any(|name| self.folders[1].0.join(name).exists());
            (is_copying && has_begun).then_some(())
        });
        self.kill(1);
        self.is_ready_again();
        self.reads("mysql-1.mysql", "SELECT word FROM orders;", "주문 🐬");
        // What there was of it was not taken for a whole one.
        let said = self.cluster.kubectl(&["logs", "mysql-1", "-c", "clone", "-n", NAMESPACE]).expect_success();
        assert!(said.contains("copied from mysql-0"), "{said}");
    }

    fn what_was_acknowledged_survives_the_primary(&self) {
        self.write("CREATE TABLE acknowledged (id INT PRIMARY KEY);");
        let client = self.cluster.handle();
        let write = ["exec", "-n", NAMESPACE, "mysql-1", "--", "bash", "-c", WRITER];
        let writer = thread::spawn(move || client.run(&write).stdout);
        let more_than = |number: usize| {
            wait::eventually("acknowledged writes", PATIENCE, || (self.acknowledged() > number).then_some(()));
        };
        more_than(20);
        let killed = self.ready_primary().expect("it is ready");
        self.kill(0);
        wait::eventually("another primary", PATIENCE, || self.ready_primary().filter(|primary| *primary != killed));
        // By now the killed one acknowledges nothing more.
        let before = self.acknowledged();
        more_than(before + 20);
        self.cluster.kubectl(&["exec", "-n", NAMESPACE, "mysql-1", "--", "touch", "/tmp/stop"]).expect_success();
        let written = writer.join().unwrap();
        let acknowledged: Vec<&str> = written.lines().collect();
        assert!(acknowledged.len() > before, "{before} before: {written}");
        let stored = self.ask("mysql-0", "mysql-write", "SELECT id FROM acknowledged;").expect_success();
        let stored: std::collections::HashSet<&str> = stored.lines().collect();
        let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains(*id)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        self.reads("mysql-1.mysql", "SELECT COUNT(*) FROM acknowledged;", &stored.len().to_string());
        self.is_well("2 of 2 servers ready");
        eprintln!("{} writes, {before} of them until there was another primary; none is lost", acknowledged.len());
    }

    fn kubelet_may_restart(&self) {
        let before = self.starts();
        for node in NODES {
            self.cluster.supervise(node, "restart", "kubelet");
        }
        self.write("INSERT INTO orders VALUES (3, 'kubelet');");
        self.reads("mysql-1.mysql", "SELECT word FROM orders WHERE id = 3;", "kubelet");
        wait::eventually("the nodes", PATIENCE, || {
            let ready = ["wait", "node", "--all", "--for=condition=Ready", "--timeout=1s"];
            self.cluster.kubectl(&ready).is_success().then_some(())
        });
        self.is_well("2 of 2 servers ready");
        assert_eq!(self.starts(), before, "no server was started anew");
    }

    fn an_option_changes_one_server_after_the_other(&self) {
        let mut config = self.cluster.json(&["get", "configmap/mysql-config", "-n", NAMESPACE]);
        let options = config["data"]["common.cnf"].as_str().unwrap().to_owned() + "max_connections = 77\n";
        config["data"]["common.cnf"] = options.into();
        self.cluster.kubectl_with_input(&["replace", "-f", "-"], &config.to_string()).expect_success();
        self.cluster.kubectl(&["rollout", "restart", "statefulset/mysql", "-n", NAMESPACE]).expect_success();
        await_rollout(self.cluster, NAMESPACE, "statefulset/mysql");
        for host in ["mysql-write", "mysql-1.mysql"] {
            self.reads(host, "SELECT @@max_connections;", "77");
        }
        self.is_well("2 of 2 servers ready");
    }

    fn goes_and_comes_back_with_its_data(&self) {
        let gone = tidegate(self.cluster, &["deploy", "remove", "replicated"]);
        let (_, back) = gone.split_once("Back with its data: tidegate ").expect("it says how");
        let back: Vec<&str> = back.lines().next().unwrap().split_whitespace().collect();
        let said = tidegate(self.cluster, &[&back[..], &["--timeout", "600"]].concat());
        assert!(said.contains("the passwords are there"), "{said}");
        self.reads("mysql-1.mysql", "SELECT COUNT(*) FROM orders;", "2");
        self.reads("mysql-write", "SELECT @@max_connections;", "77");
        self.is_well("2 of 2 servers ready");
    }

    /// Empties a server's volume while it runs, and kills it.
    fn lose_volume(&self, ordinal: usize) {
        fs::remove_dir_all(self.folders[ordinal].0.join("mysql")).unwrap();
        self.kill(ordinal);
    }

    fn kill(&self, ordinal: usize) {
        let pod = format!("mysql-{ordinal}");
        self.cluster.kubectl(&["delete", "pod", &pod, "-n", NAMESPACE, "--grace-period=0", "--force"]).expect_success();
    }

    fn is_ready_again(&self) {
        await_rollout(self.cluster, NAMESPACE, "statefulset/mysql");
    }

    #[track_caller]
    fn is_well(&self, part: &str) {
        let mut last = String::new();
        let is_well = wait::poll(PATIENCE, || {
            let mut command = self.cluster.client(env!("CARGO_BIN_EXE_tidegate").as_ref());
            let command = command.args(["deploy", "status"]).env("KUBECONFIG", self.cluster.kubeconfig());
            let output = command.output().unwrap();
            last = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.success() && last.contains(part) && last.contains("follows")).then_some(())
        });
        assert!(is_well.is_some(), "not {part:?}: {last}");
        eprintln!("{last}");
    }

    /// How many writes the writer was told to be there.
    fn acknowledged(&self) -> usize {
        let count = "mapfile -t all </tmp/acknowledged && echo ${#all[@]}";
        let said = self.cluster.kubectl(&["exec", "-n", NAMESPACE, "mysql-1", "--", "bash", "-c", count]);
        said.stdout.trim().parse().unwrap_or_default()
    }

    /// The primary's pod as it is no other's, if it is ready.
    fn ready_primary(&self) -> Option<String> {
        let what = r#"jsonpath={.metadata.uid} {.status.conditions[?(@.type=="Ready")].status}"#;
        let said = self.cluster.kubectl(&["get", "pod/mysql-0", "-n", NAMESPACE, "-o", what]);
        said.stdout.trim().strip_suffix(" True").map(str::to_owned)
    }

    /// Each server's pod, and how often its containers were started anew.
    fn starts(&self) -> String {
        let what = "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount};{end}";
        self.cluster.kubectl(&["get", "pods", "-n", NAMESPACE, "-o", what]).expect_success()
    }

    #[track_caller]
    fn write(&self, statements: &str) {
        let mut last = String::new();
        let is_written = wait::poll(PATIENCE, || {
            let output = self.ask("mysql-0", "mysql-write", statements);
            last.clone_from(&output.stderr);
            output.is_success().then_some(())
        });
        assert!(is_written.is_some(), "{last}");
    }

    #[track_caller]
    fn reads(&self, host: &str, statement: &str, expected: &str) {
        wait::eventually(&format!("{expected:?} on {host}"), PATIENCE, || {
            let answer = self.ask("mysql-0", host, statement);
            (answer.is_success() && answer.stdout.trim() == expected).then_some(())
        });
    }

    fn ask(&self, pod: &str, host: &str, statements: &str) -> crate::kubectl::Output {
        let script = format!("{CLIENT} -h\"$0\" app");
        ask(self.cluster, NAMESPACE, pod, &["bash", "-c", &script, host], statements)
    }
}

const CLIENT: &str = "MYSQL_PWD=$(</run/secrets/mysql/app) mysql --no-defaults --default-character-set=utf8mb4 \
                      --connect-timeout=2 -uapp --batch --skip-column-names";
/// Says each number that the primary has acknowledged, until it is told to stop.
const WRITER: &str = "rm -f /tmp/stop /tmp/acknowledged; for ((i = 0; ; i++)); do if [ -e /tmp/stop ]; then break; fi; \
     if MYSQL_PWD=$(</run/secrets/mysql/app) mysql --no-defaults --connect-timeout=2 -uapp -hmysql-write app \
     -e \"INSERT INTO acknowledged VALUES ($i)\" 2>/dev/null; then echo $i; echo $i >>/tmp/acknowledged; else sleep 0.2; \
     fi; done";
