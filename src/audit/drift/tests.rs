//! What counts as a difference, and what is said of it.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::compare::{Difference, differences};
use super::{Namespaces, join};
use crate::audit::{AuditReport, ClusterAudit, Format, Options, Origin, Progress, Verbosity, audit_beside, write};
use crate::lookup::{KnownObjects, Lookup, NoLookup};
use crate::policy::PolicySet;

fn at(one: &Value, other: &Value) -> Vec<String> {
    differences(one, other).into_iter().map(|difference| difference.at).collect()
}

fn pod(spec: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "mysql" }, "spec": spec })
}

#[test]
fn what_is_the_same() {
    for (file, cluster) in [
        // What only the cluster has.
        (json!({ "containers": [] }), json!({ "containers": [], "dnsPolicy": "ClusterFirst" })),
        (
            json!({ "containers": [{ "name": "a" }] }),
            json!({ "containers": [{ "name": "proxy" }, { "name": "a", "image": "x" }] }),
        ),
        // The order of what has keys.
        (
            json!({ "containers": [{ "name": "a", "env": [{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }] }] }),
            json!({ "containers": [{ "name": "a", "env": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }] }] }),
        ),
        (
            json!({ "volumeMounts": [{ "mountPath": "/b" }, { "mountPath": "/a" }] }),
            json!({ "volumeMounts": [{ "mountPath": "/a", "name": "a" }, { "mountPath": "/b", "name": "b" }] }),
        ),
        (
            json!({ "ports": [{ "containerPort": 3306 }] }),
            json!({ "ports": [{ "containerPort": 3306, "protocol": "UDP" }, { "containerPort": 3306, "protocol": "TCP" }] }),
        ),
        // Quantities, numbers, ports.
        (
            json!({ "resources": { "limits": { "cpu": 0.5, "memory": "1Gi" }, "requests": { "cpu": "1" } } }),
            json!({ "resources": { "limits": { "cpu": "500m", "memory": "1024Mi" }, "requests": { "cpu": "1000m" } } }),
        ),
        (json!({ "emptyDir": { "sizeLimit": "1Ki" } }), json!({ "emptyDir": { "sizeLimit": "1024" } })),
        (json!({ "targetPort": "3306", "weight": 1.0 }), json!({ "targetPort": 3306, "weight": 1 })),
        // What is nothing.
        (json!({ "nodeName": null, "hostNetwork": false, "subdomain": "", "tolerations": [] }), json!({})),
        (json!({ "securityContext": null }), json!({ "securityContext": { "runAsUser": 1 } })),
        (json!({ "clusterIP": "" }), json!({ "clusterIP": "10.96.0.1" })),
    ] {
        assert_eq!(at(&pod(&file), &pod(&cluster)), Vec::<String>::new(), "{file} {cluster}");
    }
}

#[test]
fn what_differs_and_where() {
    for (file, cluster, expected) in [
        (json!({ "replicas": 3 }), json!({ "replicas": 5 }), &["/spec/replicas"][..]),
        (json!({ "replicas": 3 }), json!({}), &["/spec/replicas"]),
        (json!({ "replicas": 0 }), json!({ "replicas": 1 }), &["/spec/replicas"]),
        (json!({ "limits": { "memory": "1G" } }), json!({ "limits": { "memory": "1Gi" } }), &["/spec/limits/memory"]),
        // The same texts that are no quantities.
        (json!({ "a": "1Gi" }), json!({ "a": "1024Mi" }), &["/spec/a"]),
        (
            json!({ "containers": [{ "name": "a", "image": "mysql:8.4" }, { "name": "b" }] }),
            json!({ "containers": [{ "name": "c" }, { "name": "a", "image": "mysql:8.0" }] }),
            &["/spec/containers/0/image", "/spec/containers/1"],
        ),
        (json!({ "args": ["--a", "--b"] }), json!({ "args": ["--b", "--a"] }), &["/spec/args"]),
        (json!({ "args": ["--a"] }), json!({ "args": ["--a", "--b"] }), &["/spec/args"]),
        (
            json!({ "volumes": [{ "name": "data", "emptyDir": {} }] }),
            json!({ "volumes": [{ "name": "data", "hostPath": { "path": "/x" } }] }),
            &["/spec/volumes/0/emptyDir"],
        ),
        (json!({ "strategy": { "type": "Recreate" } }), json!({ "strategy": "Recreate" }), &["/spec/strategy"]),
        // Two of one name: the list is taken as it stands.
        (
            json!({ "env": [{ "name": "A", "value": "1" }, { "name": "A", "value": "2" }] }),
            json!({ "env": [{ "name": "A", "value": "2" }, { "name": "A", "value": "1" }] }),
            &["/spec/env/0/value", "/spec/env/1/value"],
        ),
    ] {
        assert_eq!(at(&pod(&file), &pod(&cluster)), expected, "{file} {cluster}");
    }
}

#[test]
fn of_metadata_only_labels_and_annotations_count() {
    let metadata = |metadata: Value| json!({ "kind": "Pod", "metadata": metadata, "status": { "a": 1 } });
    let file = metadata(json!({ "name": "a", "labels": { "a": "1", "b/c": "2" }, "creationTimestamp": null,
        "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "x", "mine": "y" }, "uid": "1" }));
    let cluster =
        metadata(json!({ "name": "b", "labels": { "a": "1", "b/c": "3" }, "uid": "2", "resourceVersion": "7" }));
    assert_eq!(
        differences(&file, &cluster),
        [
            Difference { at: "/metadata/labels/b~1c".to_owned(), there: Some("/metadata/labels/b~1c".to_owned()) },
            Difference { at: "/metadata/annotations/mine".to_owned(), there: None },
        ]
    );
}

/// Files beside a cluster; what is not among `listed` is asked for in `others`.
fn compared(files: &[(&str, &str)], listed: &[Value], others: Arc<dyn Lookup>, namespaces: Namespaces) -> AuditReport {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let policies = PolicySet::new(Vec::new());
    let mut cluster = ClusterAudit::new(&policies, Default::default(), false, Options::default());
    listed.iter().for_each(|object| cluster.add(object.clone()));
    let progress = Progress::default();
    let paths = [PathBuf::from(folder.path())];
    let drift = cluster.drift(&others, namespaces);
    let mut report = audit_beside(&paths, &Options::default(), &policies, &progress, Some(&drift));
    let met = drift.met(&report, true);
    cluster.set_files(met);
    for object in &mut report.objects {
        if let Origin::File(line) = &mut object.source {
            line.file = line.file.rsplit('/').next().unwrap().to_owned();
        }
    }
    join(report, cluster.finish(&others, &progress))
}

fn table(report: &AuditReport) -> String {
    let mut out = Vec::new();
    write(report, Format::Table, Verbosity::Ordinary, &mut out).unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

fn no_others() -> Arc<dyn Lookup> {
    Arc::new(KnownObjects::new(Vec::new()))
}

const FILE: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mysql, namespace: shop}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: mysql
        image: mysql:8.4
        env:
        - {name: MYSQL_DATABASE, value: shop}
        - {name: MYSQL_ROOT_PASSWORD, value: In-the-file-1}
        resources: {limits: {memory: 1Gi}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: mysql-options}
data:
  my.cnf: |
    [mysqld]
    max_connections = 10
";

fn live() -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "mysql", "namespace": "shop" },
        "spec": { "replicas": 5,
            "volumeClaimTemplates": [{ "metadata": { "name": "data" } }],
            "template": { "spec": { "containers": [{ "name": "mysql", "image": "mysql:8.4",
                "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": "In-the-cluster-2" }],
                "resources": { "limits": { "memory": "1024Mi" } } }] } } } })
}

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name, "namespace": namespace },
        "spec": { "ports": [{ "port": 3306 }], "containers": [{ "name": "mysql" }] } })
}

#[test]
fn what_is_told_of_files_and_a_cluster() {
    let mut excepted = object("Service", "shop", "mysql-by-hand");
    excepted["metadata"]["annotations"] = json!({ "tidegate.dev/exceptions": "TG003: for the migration" });
    let controlled = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "mysql-0", "namespace": "shop",
        "ownerReferences": [{ "controller": true }] }, "spec": { "containers": [{ "name": "mysql" }] } });
    let listed = [
        live(),
        controlled,
        object("Service", "shop", "mysql"),
        excepted,
        object("PersistentVolumeClaim", "shop", "data-mysql-0"),
        object("PersistentVolumeClaim", "shop", "old-mysql-0"),
        object("Service", "crm", "mysql"),
    ];
    let namespaces = Namespaces { named: Vec::new(), default: "shop".to_owned() };
    let report = compared(&[("mysql.yaml", FILE)], &listed, no_others(), namespaces);
    let text = table(&report);
    assert!(!text.contains("In-the-file-1") && !text.contains("In-the-cluster-2"), "{text}");
    insta::assert_snapshot!(text);
    let rules: Vec<&str> = report.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(rules, ["TG001", "TG002", "TG003"]);
}

#[test]
fn an_object_that_names_no_namespace_is_in_that_of_the_context() {
    let found = |default: &str, named: &[&str]| {
        let named = named.iter().map(|name| (*name).to_owned()).collect();
        let mut running = object("Service", "crm", "mysql");
        running["spec"]["ports"][0]["port"] = json!(33060);
        let file = object("Service", "crm", "mysql");
        let mut text = file.clone();
        text["metadata"].as_object_mut().unwrap().remove("namespace");
        let others: Arc<dyn Lookup> = Arc::new(KnownObjects::new(vec![running]));
        let namespaces = Namespaces { named, default: default.to_owned() };
        let report = compared(&[("a.json", &text.to_string())], &[], others, namespaces);
        report
            .objects
            .iter()
            .flat_map(|object| &object.findings)
            .map(|finding| finding.rule.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("crm", &[]), ["TG001"]);
    assert_eq!(found("shop", &[]), ["TG002"]);
    assert_eq!(found("shop", &["crm"]), Vec::<String>::new(), "it is not what was asked for");
}

#[test]
fn what_the_cluster_does_not_say_is_an_error_and_no_difference() {
    let namespaces = Namespaces { named: Vec::new(), default: "shop".to_owned() };
    let report = compared(&[("mysql.yaml", FILE)], &[], Arc::new(NoLookup), namespaces);
    assert!(report.objects.iter().all(|object| object.findings.is_empty()));
    let problems: Vec<String> =
        report.problems.iter().map(|problem| format!("{}: {}", problem.file, problem.message())).collect();
    assert_eq!(
        problems,
        ["ConfigMap", "StatefulSet"].map(|kind| format!(
            "{kind} objects in namespace shop: the files cannot be compared with them: no cluster is at hand"
        ))
    );
}
