//! Gate, API server and etcd are killed at random while clients go on: afterwards every reference
//! resolves, no Secret is left without its workload, and nothing changed that nobody asked for.
//!
//! `make test` runs it for seconds, `make chaos` for minutes (`TIDEGATE_CHAOS_SECONDS`).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stage::{gate, make_account, without_own_patch};
use crate::stored::{generation, secret_value};
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Kubectl;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};

/// In `make test`.
const SHORT: u64 = 20;
/// Clients that write at the same time, each its own workloads.
const CLIENTS: usize = 3;
/// What every password begins with.
const PASSWORD: &str = "Ch4os-Password";
/// Workloads of each client.
const WORKLOADS: usize = 4;
/// The time of grace, several rounds after it, a Lease that has to run out, and a busy machine.
const SETTLED: Duration = Duration::from_mins(3);

/// Numbers that only look random: a run can be told from another by its seed (xorshift64, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn killed_at_random_nothing_is_lost_left_or_changed() {
    let Some(mut cluster) = ControlPlane::start() else { return };
    let seconds = std::env::var("TIDEGATE_CHAOS_SECONDS").ok().map_or(SHORT, |text| text.parse().unwrap());
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 | 1;
    println!("{seconds} s, seed {seed}");
    let account = make_account(&cluster);
    let namespace = cluster.create_namespace("chaos");
    let cleaning = || gate(account.kubeconfig()).argument("--clean-up=orphans").argument("--clean-up-after=5s");
    // One answers the API server; the other only cleans up, beside it and in its place.
    let (mut answering, mut other) = (cleaning().start(), cleaning().start());
    register(&cluster, &answering, Scope::Namespace(&namespace)).leave();

    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (kubectl, namespace, stop, done) = (cluster.admin(), &namespace, &stop, &done);
            scope.spawn(move || write_until(stop, done, &kubectl, namespace, client, seed));
        }
        let mut random = Random(seed);
        let (started, mut kills) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs(seconds) {
            thread::sleep(Duration::from_millis(300 + random.below(2_500)));
            match random.below(4) {
                0 => answering.restart(),
                1 => other.restart(),
                2 => {
                    cluster.stop_api_server();
                    cluster.start_api_server();
                }
                _ => cluster.restart_etcd(),
            }
            kills += 1;
        }
        stop.store(true, Ordering::Relaxed);
        println!("{kills} kills");
    });
    println!("{} writes that succeeded", done.load(Ordering::Relaxed));
    assert!(done.load(Ordering::Relaxed) > 5, "hardly anything was written");

    let problems = || problems(&cluster, &namespace);
    let settled = crate::support::wait::poll(SETTLED, || problems().is_empty().then_some(()));
    assert!(settled.is_some(), "seed {seed}:\n{}\n{}", problems().join("\n"), answering.logs());
    eventually("the log to say who cleaned up", SETTLED, || {
        (answering.logs() + &other.logs()).contains("deleted a Secret").then_some(())
    });
}

/// Makes, applies again, deletes, and sends what the API server refuses after the gate.
fn write_until(stop: &AtomicBool, done: &AtomicUsize, kubectl: &Kubectl, namespace: &str, client: usize, seed: u64) {
    let mut random = Random(seed ^ (client as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    while !stop.load(Ordering::Relaxed) {
        let name = format!("w{client}-{}", random.below(WORKLOADS as u64));
        let send = |verb: &str, flags: &[&str], manifest: String| {
            let arguments = [&[verb, "-n", namespace, "-f", "-", "--request-timeout=15s"], flags].concat();
            kubectl.run_with_input(&arguments, &manifest)
        };
        let output = match random.below(6) {
            // Each client in its own way: to change from one to the other moves the generation, gate
            // or no gate.
            0..=2 if client.is_multiple_of(2) => send("apply", &[], workload(&name, &name)),
            0..=2 => send("apply", &["--server-side", "--force-conflicts"], workload(&name, &name)),
            3 if client.is_multiple_of(2) => send("create", &["--save-config"], workload(&name, &name)),
            3 => send("apply", &["--server-side", "--dry-run=server"], workload(&name, &name)),
            // Its selector does not fit: a Secret is made, and the workload never comes to be.
            4 => send("create", &[], workload(&format!("{name}-never"), "other")),
            _ => kubectl.run(&["delete", "deployment", &name, "-n", namespace, "--ignore-not-found", "--wait=false"]),
        };
        done.fetch_add(usize::from(output.is_success()), Ordering::Relaxed);
        let said = without_own_patch(&output.stderr);
        assert!(!said.contains(PASSWORD), "{said}");
    }
}

/// Each workload has a password of its own: one that got another's would be told.
fn password_of(name: &str) -> String {
    format!("{PASSWORD}-{name}")
}

fn workload(name: &str, selected: &str) -> String {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name }, "spec": {
        "replicas": 0, "strategy": { "type": "Recreate" }, "selector": { "matchLabels": { "app": selected } },
        "template": { "metadata": { "labels": { "app": name } }, "spec": { "containers": [
            { "name": "client", "image": "mysql:8.4", "command": ["sleep", "9"],
              "env": [{ "name": "MYSQL_PWD", "value": password_of(name) }] }] } } } })
    .to_string()
}

/// What is not as it has to be.
fn problems(cluster: &ControlPlane, namespace: &str) -> Vec<String> {
    let list = |kind: &str| -> Vec<Value> {
        let list = cluster.json(&["get", kind, "-n", namespace]);
        list["items"].as_array().unwrap().clone()
    };
    let (deployments, secrets, replica_sets) = (list("deployments"), list("secrets"), list("replicasets"));
    fn reference(object: &Value) -> &Value {
        &object["spec"]["template"]["spec"]["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]
    }
    let name = |object: &Value| object["metadata"]["name"].as_str().unwrap().to_owned();
    let mut problems = Vec::new();
    for deployment in &deployments {
        let reference = reference(deployment);
        let key = reference["key"].as_str().unwrap_or_default();
        let resolves = secrets.iter().any(|secret| {
            let has = name(secret) == reference["name"] && secret["data"][key].is_string();
            has && secret_value(secret, key) == password_of(&name(deployment))
        });
        if !resolves {
            problems.push(format!("{}: {reference} does not resolve to its password", name(deployment)));
        }
        if generation(deployment) != 1 {
            problems.push(format!("{}: generation {}", name(deployment), generation(deployment)));
        }
    }
    for secret in &secrets {
        let of = &secret["metadata"]["annotations"]["tidegate.dev/workload-name"];
        // Kubernetes' garbage collector, disturbed like the rest, may leave ReplicaSets of a Deployment that is
        // gone for longer than this test waits: what they refer to has to stay.
        let is_used = replica_sets.iter().any(|set| reference(set)["name"] == name(secret).as_str());
        if !is_used && !deployments.iter().any(|deployment| name(deployment) == *of) {
            problems.push(format!("{} is left without {of}", name(secret)));
        }
    }
    problems
}
