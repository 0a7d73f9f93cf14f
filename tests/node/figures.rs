//! What the gate and the database cost on nodes: `make bench-node` prints it. Nothing is asserted by the clock.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::Value;

use crate::images::MYSQL;
use crate::node::Node;
use crate::program::gate_image;
use crate::volumes;

const GATE: &str = "docker.io/library/tidegate:first";
/// How long each state is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// Admissions a second, of the second state.
const RATE: u64 = 100;
const EXAMPLE: &str = include_str!("../../examples/mysql-deployment.yaml");

#[test]
#[ignore = "a measurement: make bench-node"]
fn figures() {
    let Some(cluster) = Node::start_several(2) else { return };
    for node in ["node1", "node2"] {
        cluster.import(node, &Node::own_image("mysql"), MYSQL);
        cluster.import(node, gate_image(), GATE);
    }
    volumes::provide_class(&cluster);
    let size = std::fs::metadata(gate_image()).unwrap().len();
    println!("the gate's image, uncompressed            {:>8.1} MB", size as f64 / 1e6);

    println!("install, until a password was moved");
    timed(&cluster, &["install", "--image", GATE, "--timeout", "240"]);

    // A kubelet counts every ten seconds or so, and the second replica may still compile.
    std::thread::sleep(LOOK);
    for (state, rate) in [("at rest", 0), ("at 100 admissions a second", RATE)] {
        let sender = (rate > 0).then(|| send(&cluster));
        let (before, begun) = (usage(&cluster), Instant::now());
        std::thread::sleep(LOOK);
        let (after, took) = (usage(&cluster), begun.elapsed().as_secs_f64());
        if let Some(sender) = sender {
            let output = sender.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
            said.lines().filter(|line| line.contains("admissions")).for_each(|line| println!("{line}"));
        }
        for (pod, (memory, nanoseconds)) in &after {
            let spent =
                before.iter().find(|(name, _)| name == pod).map_or(0.0, |(_, (_, earlier))| nanoseconds - earlier);
            println!(
                "{pod} {state:<27} {:>6.1} MiB {:>7.1} ms of a processor a second",
                memory / 1048576.0,
                spent / 1e6 / took
            );
        }
    }

    for claim in ["mysql-pv-claim", "mysql-backups"] {
        volumes::provide_volume(&cluster, "mysql-single", claim);
    }
    for claim in ["data-mysql-0", "data-mysql-1", "mysql-backups"] {
        volumes::provide_volume(&cluster, "mysql", claim);
    }
    for form in ["single", "replicated"] {
        println!("deploy {form}, until it was tried");
        timed(&cluster, &["deploy", form, "--image", MYSQL, "--timeout", "600"]);
    }
}

/// Runs the program, and prints after how long it said what: that is what the time is spent on.
fn timed(cluster: &Node, arguments: &[&str]) {
    let mut command = cluster.client(Path::new(env!("CARGO_BIN_EXE_tidegate")));
    command.args(arguments).env("KUBECONFIG", cluster.kubeconfig()).stdout(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        println!("{:>8.1} s  {}", begun.elapsed().as_secs_f64(), line.unwrap());
    }
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    println!("{:>8.1} s  in all", begun.elapsed().as_secs_f64());
}

/// Memory in use, in bytes, and processor time so far, in nanoseconds, of each pod of the gate.
fn usage(cluster: &Node) -> Vec<(String, (f64, f64))> {
    let mut all = Vec::new();
    for node in ["node1", "node2"] {
        let path = format!("/api/v1/nodes/{node}/proxy/stats/summary");
        let summary = cluster.kubectl(&["get", "--raw", &path]).expect_success();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        for pod in summary["pods"].as_array().unwrap() {
            let name = pod["podRef"]["name"].as_str().unwrap();
            if pod["podRef"]["namespace"] == "tidegate-system" && name.starts_with("tidegate-") {
                let number = |value: &Value| value.as_f64().unwrap_or_default();
                let usage = (number(&pod["memory"]["workingSetBytes"]), number(&pod["cpu"]["usageCoreNanoSeconds"]));
                all.push((name.to_owned(), usage));
            }
        }
    }
    all
}

/// Starts [`sender`] in the cluster's network.
fn send(cluster: &Node) -> std::process::Child {
    let mut command = cluster.client(&std::env::current_exe().unwrap());
    command.args(["--exact", "figures::sender", "--ignored", "--nocapture"]).env("KUBECONFIG", cluster.kubeconfig());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Sends a steady load of admissions, as dry runs, a little longer than is looked at.
#[test]
#[ignore = "a part of the measurement"]
fn sender() {
    let Some(config) = std::env::var_os("KUBECONFIG") else { return };
    tidegate::server::use_ring();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (sent, slowest) = runtime.block_on(async {
        let config = Kubeconfig::read_from(Path::new(&config)).unwrap();
        let config = kube::Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
        let client = kube::Client::try_from(config).unwrap();
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("apps", "v1", "Deployment"));
        let api: Api<DynamicObject> = Api::namespaced_with(client, "default", &resource);
        let documents = EXAMPLE.split("\n---\n");
        let deployment = documents.filter_map(|text| serde_saphyr::from_str::<Value>(text).ok());
        let deployment = deployment.into_iter().find(|object| object["kind"] == "Deployment").unwrap();
        let object: DynamicObject = serde_json::from_value(deployment).unwrap();
        let dry_run = PostParams { dry_run: true, field_manager: None };
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE as u32);
        let (begun, mut tasks) = (Instant::now(), tokio::task::JoinSet::new());
        while begun.elapsed() < LOOK + Duration::from_secs(5) {
            ticks.tick().await;
            let (api, object, dry_run) = (api.clone(), object.clone(), dry_run.clone());
            tasks.spawn(async move {
                let begun = Instant::now();
                (api.create(&dry_run, &object).await.err(), begun.elapsed())
            });
        }
        let (errors, took): (Vec<_>, Vec<Duration>) = tasks.join_all().await.into_iter().unzip();
        let mut errors = errors.into_iter().flatten();
        if let Some(error) = errors.next() {
            // It is measured nevertheless: what a machine cannot do is a figure too.
            println!("{} admissions were refused: {error}", errors.count() + 1);
        }
        (took.len(), took.into_iter().max().unwrap())
    });
    println!("{sent} admissions, the slowest after {} ms", slowest.as_millis());
}
