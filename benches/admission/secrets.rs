//! Admissions that have to do with a Secret, on a real API server, beside that server's own rate of
//! creating Secrets.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::load::{self, Figures, Target};
use crate::support::ControlPlane;
use crate::support::gate::Gate;

/// Turns of each kind of load.
const ROUNDS: usize = 3;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(3);
const NAMESPACE: &str = "bench";

/// Measures and prints; says so where there is no API server.
pub(crate) fn run() {
    let Some(cluster) = ControlPlane::start() else { return };
    cluster.kubectl(&["create", "namespace", NAMESPACE]).expect_success();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy");
    for file in ["00-namespace.yaml", "10-service-account.yaml", "20-rbac.yaml"] {
        cluster.kubectl(&["apply", "-f", &folder.join(file).display().to_string()]).expect_success();
    }
    let account = cluster.as_service_account("tidegate-system", "tidegate");
    let start = || Gate::builder(account.kubeconfig()).environment("RUST_LOG", "warn");
    let gate = start().start();
    // The policies that repair: of all of them, only these write, and they ask the cluster for little else.
    let repairing = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/fixtures/repairing-policies.yaml");
    let repairing = start().policy(&repairing).start();

    let next = AtomicUsize::new(0);
    let (api_port, api_authority, token) = cluster.address();
    let api_server = Target { port: api_port, certificate: api_authority.clone() };
    let target = |gate: &Gate| Target { port: gate.port(), certificate: gate.certificates().authority.clone() };
    let (all, five) = (target(&gate), target(&repairing));
    let create = || secret(&format!("direct-{}", next.fetch_add(1, Ordering::Relaxed)), token);
    let admit = || review(&format!("new-{}", next.fetch_add(1, Ordering::Relaxed)), "CREATE");
    let again = || review("again", "UPDATE");
    load::run(&all, &|| review("again", "CREATE"), Duration::from_millis(200), load::allowed);

    let mut figures: [Figures; 5] = Default::default();
    for _ in 0..ROUNDS {
        figures[0].add(load::run(&api_server, &create, TURN, load::created));
        figures[1].add(load::run(&five, &admit, TURN, load::allowed));
        figures[2].add(load::run(&five, &again, TURN, load::allowed));
        figures[3].add(load::run(&all, &admit, TURN, load::allowed));
        figures[4].add(load::run(&all, &again, TURN, load::allowed));
    }
    let [direct, made, there, made_all, there_all] = figures;
    println!("\nadmissions with a Secret on a real API server, {} connections", load::CONNECTIONS);
    println!("                        per second    p50 µs    p99 µs");
    println!("  API server's own    {direct}   (creating a Secret)");
    println!("  Secret to make      {made}   (the five policies that repair: one read, one creation)");
    println!("  Secret is there     {there}   (the same: one read)");
    println!("  Secret to make      {made_all}   (all policies, with what they ask the cluster)");
    println!("  Secret is there     {there_all}   (the same)");
}

/// A client whose password is to be moved.
fn review(name: &str, operation: &str) -> Vec<u8> {
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "namespace": NAMESPACE },
        "spec": { "selector": { "matchLabels": { "app": name } }, "template": {
            "metadata": { "labels": { "app": name } },
            "spec": { "containers": [{ "name": "client", "image": "mysql:8.4", "command": ["sleep", "9"],
                "env": [{ "name": "MYSQL_PWD", "value": "bench-password" }] }] } } },
    });
    let kind = json!({ "group": "apps", "version": "v1", "kind": "Deployment" });
    let mut request = json!({
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "kind": kind, "requestKind": kind,
        "resource": { "group": "apps", "version": "v1", "resource": "deployments" },
        "name": name, "namespace": NAMESPACE, "operation": operation, "dryRun": false,
        "userInfo": { "username": "bench" }, "object": object,
    });
    if operation == "UPDATE" {
        let mut old = object.clone();
        old["spec"]["template"]["spec"]["containers"][0]["env"][0] = json!({ "name": "MYSQL_PWD",
            "valueFrom": { "secretKeyRef": { "name": format!("{name}-credentials"), "key": "MYSQL_PWD" } } });
        request["oldObject"] = old;
    }
    let review = json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request });
    load::post("/mutate?timeout=10s", "", &review.to_string())
}

fn secret(name: &str, token: &str) -> Vec<u8> {
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "labels": { "app": name } },
        "stringData": { "MYSQL_PWD": "bench-password" } });
    let authorization = format!("Authorization: Bearer {token}\r\n");
    load::post(&format!("/api/v1/namespaces/{NAMESPACE}/secrets"), &authorization, &secret.to_string())
}
