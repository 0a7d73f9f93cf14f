//! Every defect of the founding examples is found: each row names one, the manifest that has it, and
//! the rule that says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tidegate::engine::{Judged, evaluate};
use tidegate::lookup::{KnownObjects, Lookup};
use tidegate::policy::PolicySet;
use tidegate::request::{Phase, Request};
use tidegate::wasm::{Runtime, load_policies};

/// What is wrong, the object that has it, the rule, and a part of what is said of it.
const DEFECTS: &[(&str, &str, &str, &str)] = &[
    ("the claim that the Deployment names is defined nowhere", "Deployment", "MY032", "mysql-pv-claim"),
    ("the root password stands in the Deployment", "Deployment", "MY001", "MYSQL_ROOT_PASSWORD"),
    ("the root password stands in the client Pod", "Pod", "MY001", "MYSQL_ROOT_PASSWORD"),
    ("root has no password", "StatefulSet", "MY002", "MYSQL_ALLOW_EMPTY_PASSWORD"),
    ("the ConfigMap is in another namespace", "StatefulSet", "MY032", "mysql-config"),
    ("the namespace does not exist", "StatefulSet", "MY034", "mysql"),
    ("the storage class is defined nowhere", "StatefulSet", "MY010", "mysql-gp2"),
    ("port 3307 hands the data to everybody", "StatefulSet", "MY004", "3307"),
    ("replication runs as root without a password", "StatefulSet", "MY027", "MASTER_PASSWORD"),
    ("MySQL 5.7 is at its end of life", "Deployment", "MY015", "5.7"),
    ("the image of xtrabackup is of the days of 5.7.13", "StatefulSet", "MY036", "google-samples"),
    ("the Deployment has no probes", "Deployment", "MY011", "startupProbe"),
    ("the Deployment has no memory request or limit", "Deployment", "MY018", "memory"),
    ("the Deployment has no security context", "Deployment", "MY019", "root"),
    ("the Deployment has 30 seconds to end", "Deployment", "MY017", "30"),
    ("liveness kills a long first start", "StatefulSet", "MY012", "60 s"),
    ("5.7 stores latin1", "StatefulSet", "MY016", "latin1"),
    ("requests without limits", "StatefulSet", "MY018", "limit"),
    ("the sidecar is root over the live data", "StatefulSet", "MY037", "xtrabackup"),
    ("the client is a second server, without a volume", "Pod", "MY005", "/var/lib/mysql"),
    ("no PodDisruptionBudget, no anti-affinity, no NetworkPolicy", "StatefulSet", "MY025", "PodDisruptionBudget"),
    ("no TLS", "StatefulSet", "MY038", "encryption"),
    ("no GTID", "StatefulSet", "MY024", "GTID"),
    ("binary logs are kept for ever", "StatefulSet", "MY024", "log-bin"),
    ("OrderedReady is left to its default", "StatefulSet", "MY030", "podManagementPolicy"),
    ("the Services take the single instance in as well", "Service", "MY033", "Deployment mysql"),
    ("the write Service leads to replicas", "Service", "MY031", "replica"),
];

struct World {
    policies: PolicySet,
    objects: Vec<Value>,
}

impl World {
    fn new(objects: Vec<Value>) -> Self {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
        let runtime = Arc::new(Runtime::new(Some(&cache)).unwrap());
        Self { policies: load_policies(&runtime, Vec::new()).unwrap(), objects }
    }

    /// What is found in an object, with the objects of this world as all that there is.
    fn judge(&self, object: &Value) -> Vec<Judged> {
        let lookup: Arc<dyn Lookup> = Arc::new(KnownObjects::new(self.objects.clone()));
        let mut request = Request::audit(object.clone());
        request.phase = Phase::Mutate;
        let evaluation = evaluate(&request, &self.policies, &lookup).unwrap();
        assert!(evaluation.failures.is_empty(), "{:?}", evaluation.failures);
        evaluation.findings
    }
}

/// An example as `kubectl apply` sends it.
fn example(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(file);
    let documents: Vec<Value> = serde_saphyr::from_multiple(&std::fs::read_to_string(path).unwrap()).unwrap();
    documents
        .into_iter()
        .map(|mut object| {
            let namespace = &mut object["metadata"]["namespace"];
            if namespace.is_null() {
                *namespace = json!("default");
            }
            object
        })
        .collect()
}

fn examples() -> Vec<Value> {
    ["mysql-deployment", "mysql-configmap", "mysql-service", "mysql-service-read", "mysql-statefulset", "mysql-client"]
        .iter()
        .flat_map(|name| example(&format!("{name}.yaml")))
        .collect()
}

/// The cluster that the examples are applied to.
fn cluster() -> Vec<Value> {
    vec![
        json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "gp3" }, "provisioner": "ebs.csi.aws.com" }),
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "default" } }),
    ]
}

#[test]
fn every_defect_is_found() {
    let as_written = World::new([cluster(), examples()].concat());
    // In one namespace they meet, and so do their labels.
    let mut together = examples();
    together.iter_mut().for_each(|object| object["metadata"]["namespace"] = json!("default"));
    let in_one = World::new([cluster(), together].concat());
    let found: Vec<(Value, Judged)> = [&as_written, &in_one]
        .iter()
        .flat_map(|world| {
            world.objects.iter().flat_map(|object| world.judge(object).into_iter().map(|found| (object.clone(), found)))
        })
        .collect();
    let missed: Vec<_> = DEFECTS
        .iter()
        .filter(|(_, kind, rule, part)| {
            !found.iter().any(|(object, judged)| {
                let finding = &judged.finding;
                let said = format!("{} {}", finding.message, finding.help.as_deref().unwrap_or_default());
                object["kind"] == *kind && finding.rule == *rule && said.contains(part)
            })
        })
        .collect();
    let all: Vec<_> = found
        .iter()
        .map(|(object, judged)| format!("{} {} {}", object["kind"], judged.finding.rule, judged.finding.message))
        .collect();
    assert!(missed.is_empty(), "missed: {missed:#?}\nfound:\n{}", all.join("\n"));
}

#[test]
fn the_stateful_set_is_refused_and_once_mended_admitted_and_repaired() {
    let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "mysql-gp2" }, "provisioner": "ebs.csi.aws.com" });
    let world = World::new([cluster(), vec![class]].concat());
    let refusing = |file: &str| {
        let found = world.judge(&example(file)[0]);
        let rules: Vec<_> =
            found.iter().filter(|judged| judged.denies()).map(|judged| judged.finding.rule.clone()).collect();
        (rules, found)
    };
    let (rules, found) = refusing("mysql-statefulset.yaml");
    assert!(["MY002", "MY004"].iter().all(|rule| rules.contains(&(*rule).to_owned())), "{rules:?}");
    for judged in found.iter().filter(|judged| judged.denies()) {
        assert!(judged.finding.help.is_some(), "{}: what should the author write?", judged.finding.rule);
    }
    let (rules, found) = refusing("mysql-statefulset-mended.yaml");
    assert!(rules.is_empty(), "{rules:?}");
    for rule in ["MY012", "MY016", "MY017"] {
        assert!(found.iter().any(|judged| judged.finding.rule == rule && judged.fixed), "{rule}");
    }
}

#[test]
fn the_query_without_a_password_is_told_once_there_is_one() {
    let mut mended = example("mysql-statefulset-mended.yaml").remove(0);
    mended["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["exec"]["command"] =
        json!(["mysql", "-h", "127.0.0.1", "-e", "SELECT 1"]);
    let found = World::new(cluster()).judge(&mended);
    assert!(found.iter().any(|judged| judged.finding.rule == "MY013"), "{found:?}");
}

#[test]
fn a_client_of_an_image_without_a_tag_is_told() {
    // kubectl run mysql-client --image=ghcr.io/acme/network-multitool
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "mysql-client", "namespace": "default" },
        "spec": { "containers": [{ "name": "mysql-client", "image": "ghcr.io/acme/network-multitool", "args": ["bash"] }] } });
    let found = World::new(cluster()).judge(&pod);
    assert!(found.iter().any(|judged| judged.finding.rule == "MY015" && judged.warns()), "{found:?}");
}
