//! The conditions of `webhook-deploy/`, in CEL, let every container past the gate's door that the
//! gate would judge, and keep away from it what has nothing to do with MySQL.
//!
//! The expressions are read from the files that users apply. The `cel` crate and Kubernetes both
//! know every function in them; that the API server accepts them is the end-to-end tests' to show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "fixtures/table.rs"]
#[allow(dead_code, reason = "the table is shared with detection.rs")]
mod table;

use std::path::Path;
use std::sync::Arc;

use cel::{Context, Env, Program, Value as CelValue};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use table::{KINDS, rows, wrapped};
use tidegate::workload::{Location, Role, Workload, is_operator_managed, withheld};

const FILES: [&str; 2] = ["70-mutating-webhook.yaml", "80-validating-webhook.yaml"];

/// The conditions of one webhook.
struct Conditions {
    env: Arc<Env>,
    programs: Vec<(String, Program)>,
}

impl Conditions {
    fn read() -> Self {
        let mut env = Env::stdlib();
        cel::extensions::strings(&mut env).unwrap();
        let env = Arc::new(env);
        let programs = webhook(FILES[0])["matchConditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|condition| {
                let expression = condition["expression"].as_str().unwrap();
                let program = env.compile(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
                (condition["name"].as_str().unwrap().to_owned(), program)
            })
            .collect();
        Self { env, programs }
    }

    /// The names of the conditions that keep the request away from the gate.
    fn against(&self, object: &Value, old: Option<&Value>) -> Vec<&str> {
        let kind = object["kind"].as_str().unwrap();
        let operation = if old.is_some() { "UPDATE" } else { "CREATE" };
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable("request", json!({ "operation": operation, "kind": { "kind": kind } })).unwrap();
        context.add_variable("object", object).unwrap();
        context.add_variable("oldObject", old.unwrap_or(&Value::Null)).unwrap();
        let falses = self.programs.iter().filter(|(name, program)| match program.execute(&context) {
            Ok(CelValue::Bool(matches)) => !matches,
            // The API server would refuse the object, whosever it is.
            other => panic!("{name} is {other:?} for {object}"),
        });
        falses.map(|(name, _)| name.as_str()).collect()
    }

    fn asks_the_gate(&self, object: &Value) -> bool {
        self.against(object, None).is_empty()
    }
}

fn webhook(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy").join(file);
    let configuration: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let webhooks = configuration["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.len(), 1, "{file}");
    webhooks[0].clone()
}

/// Whether the gate might find something: a container with a role, or a credential.
fn concerns_mysql(object: &Value) -> bool {
    let workload = Workload::read(object, &withheld(object), false).unwrap().unwrap();
    workload.containers.iter().any(|container| {
        !matches!(container.role, Role::Other(_)) || container.env.iter().any(|variable| variable.credential)
    })
}

#[test]
fn both_phases_ask_about_the_same() {
    let [mut mutating, mut validating] = FILES.map(webhook);
    assert_eq!(mutating["clientConfig"]["service"]["path"], "/mutate");
    assert_eq!(validating["clientConfig"]["service"]["path"], "/validate");
    assert_eq!(mutating["reinvocationPolicy"], "IfNeeded");
    for (webhook, own) in [(&mut mutating, &["reinvocationPolicy"][..]), (&mut validating, &[])] {
        let fields = webhook.as_object_mut().unwrap();
        for field in ["name", "clientConfig"].iter().chain(own) {
            fields.remove(*field).unwrap();
        }
    }
    assert_eq!(mutating, validating);
    assert_eq!(mutating["failurePolicy"], "Fail");
    assert_eq!(mutating["sideEffects"], "NoneOnDryRun");
}

#[test]
fn the_rules_name_the_kinds_that_carry_pods() {
    let mut kinds: Vec<(String, String)> = webhook(FILES[0])["rules"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|rule| {
            assert_eq!(rule["operations"], json!(["CREATE", "UPDATE"]));
            let group = rule["apiGroups"][0].as_str().unwrap();
            let version = rule["apiVersions"][0].as_str().unwrap();
            let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
            let resources = rule["resources"].as_array().unwrap().clone();
            resources.into_iter().map(move |resource| (api_version.clone(), resource.as_str().unwrap().to_owned()))
        })
        .collect();
    let mut expected: Vec<(String, String)> = KINDS
        .iter()
        .map(|(api_version, kind)| ((*api_version).to_owned(), format!("{}s", kind.to_ascii_lowercase())))
        .collect();
    kinds.sort();
    expected.sort();
    assert_eq!(kinds, expected);
    for (api_version, kind) in KINDS {
        assert!(Location::of_kind(api_version, kind).is_some(), "{kind}");
    }
}

#[test]
fn every_row_is_asked_about_as_it_says() {
    let conditions = Conditions::read();
    for row in rows() {
        for (api_version, kind) in KINDS {
            let object = wrapped(api_version, kind, row.pod_spec());
            assert_eq!(conditions.asks_the_gate(&object), row.gate, "{}, as {kind}", row.about);
            assert!(row.gate || !concerns_mysql(&object), "{}: the gate would judge it", row.about);
        }
    }
}

#[test]
fn an_update_is_asked_about_if_it_changes_the_pods() {
    let conditions = Conditions::read();
    for (api_version, kind) in KINDS {
        let of_image =
            |image: &str| wrapped(api_version, kind, json!({ "containers": [{ "name": "db", "image": image }] }));
        let old = of_image("mysql:5.7");
        let mut scaled = old.clone();
        scaled["metadata"]["annotations"] = json!({ "deployment.kubernetes.io/revision": "2" });
        if kind != "Pod" {
            scaled["spec"]["replicas"] = json!(3);
        }
        scaled["status"] = json!({ "replicas": 3 });
        assert_eq!(conditions.against(&scaled, Some(&old)), ["template-changed"], "{kind}");
        assert_eq!(conditions.against(&of_image("mysql:8.4"), Some(&old)), [""; 0], "{kind}");
        assert_eq!(conditions.against(&of_image("nginx"), Some(&old)), ["may-be-mysql"], "{kind}");
    }
}

#[test]
fn labels_of_the_pods_are_a_change_of_the_template() {
    let conditions = Conditions::read();
    let old = wrapped("apps/v1", "Deployment", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    let mut new = old.clone();
    new["spec"]["template"]["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/restartedAt": "now" });
    assert!(conditions.against(&new, Some(&old)).is_empty());
}

#[test]
fn what_a_controller_made_is_not_asked_about() {
    let conditions = Conditions::read();
    let mut object = wrapped("v1", "Pod", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    for (owners, against) in [
        (json!([]), vec![]),
        (json!([{ "kind": "Shop", "name": "shop" }]), vec![]),
        (json!([{ "kind": "Shop", "name": "shop", "controller": false }]), vec![]),
        (
            json!([{ "kind": "Shop", "name": "shop" }, { "kind": "ReplicaSet", "controller": true }]),
            vec!["not-controlled"],
        ),
    ] {
        object["metadata"]["ownerReferences"] = owners;
        assert_eq!(conditions.against(&object, None), against);
    }
}

#[test]
fn what_an_operator_manages_is_not_asked_about() {
    let conditions = Conditions::read();
    let mut object =
        wrapped("apps/v1", "StatefulSet", json!({ "containers": [{ "name": "db", "image": "mysql:5.7" }] }));
    // No more than the gate itself leaves alone.
    let expressions = webhook(FILES[0])["matchConditions"].clone();
    let operators =
        expressions.as_array().unwrap().iter().find(|condition| condition["name"] == "not-operator-managed");
    let expression = operators.unwrap()["expression"].as_str().unwrap().rsplit_once(" in [").unwrap().1.to_owned();
    let named: Vec<&str> = expression.split('\'').skip(1).step_by(2).collect();
    assert!(named.len() > 3, "{named:?}");
    for (manager, is_operator) in named.iter().map(|name| (*name, true)).chain([("Helm", false), ("", false)]) {
        object["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": manager });
        assert_eq!(is_operator_managed(&object), is_operator, "{manager}");
        assert_eq!(conditions.against(&object, None).is_empty(), !is_operator, "{manager}");
    }
    object["metadata"]["labels"] = json!({ "app": "mysql" });
    assert!(conditions.asks_the_gate(&object));
}

#[test]
fn what_is_missing_is_no_error() {
    let conditions = Conditions::read();
    for (api_version, kind) in KINDS {
        for object in [
            json!({ "apiVersion": api_version, "kind": kind, "metadata": {} }),
            json!({ "apiVersion": api_version, "kind": kind, "metadata": {}, "spec": {} }),
            wrapped(api_version, kind, json!({})),
            // As Go writes a list that was never filled.
            wrapped(api_version, kind, json!({ "containers": null })),
            wrapped(
                api_version,
                kind,
                json!({ "containers": [{ "name": "a", "image": "nginx" }], "initContainers": [] }),
            ),
        ] {
            assert_eq!(conditions.against(&object, None), ["may-be-mysql"], "{object}");
            assert!(conditions.against(&object, Some(&object)).contains(&"template-changed"), "{object}");
        }
    }
}

#[test]
fn what_is_too_large_to_look_through_is_asked_about() {
    let conditions = Conditions::read();
    let container = |count: usize| {
        let variable = json!({ "name": "LOG_LEVEL", "value": "info" });
        json!({ "name": "a", "image": "nginx", "env": vec![variable; count] })
    };
    let asks =
        |containers: Vec<Value>| conditions.asks_the_gate(&wrapped("v1", "Pod", json!({ "containers": containers })));
    assert!(!asks(vec![container(200)]));
    assert!(asks(vec![container(201)]));
    assert!(!asks(vec![container(1); 25]));
    assert!(asks(vec![container(1); 26]));
}

/// Containers that are put together from what matters to the detection, and from what does not.
fn containers() -> impl Strategy<Value = Value> {
    let image = select(vec![
        "",
        "mysql",
        "nginx",
        "acme/mysql",
        "mysql/mysql-router",
        "registry.example:5000/a/library/mariadb:10.6",
        "percona/percona-xtrabackup",
        "quay.io/sclorg/mysql-84-c9s",
        "mydumper/mydumper",
        "MYSQL",
        "mariabackup",
    ]);
    let name = select(vec![
        "MYSQL_ROOT_PASSWORD",
        "MARIADB_ROOT_PASSWORD",
        "MYSQL_PWD",
        "DATA_SOURCE_NAME",
        "PMA_PASSWORD",
        "DATABASE_URL",
        "WORDPRESS_DB_PASSWORD",
        "WSREP_SST_PASSWORD",
        "PATH",
        "MARIADB_PASSWORD_HASH",
        "mysql_password",
    ]);
    let value = (
        r"\s{0,40}",
        select(vec!["", "jdbc:", "x"]),
        "(?i)mysql|mysql2|mariadb|mysqlx|postgres",
        select(vec!["://u:p@h/", "+pymysql://u:p@h/d", "://h/d?password=x", "://h/d", ":p@tcp(h:3306)/", ""]),
    )
        .prop_map(|(space, prefix, scheme, rest)| format!("{space}{prefix}{scheme}{rest}"));
    let env = proptest::collection::vec(
        (name, value).prop_map(|(name, value)| json!({ "name": name, "value": value })),
        0..3,
    );
    let mounts = subsequence(vec!["/var/lib/mysql", "/var/lib/mysql/data/", "/bitnami/mysql", "/data"], 0..3)
        .prop_map(|paths| paths.into_iter().map(|path| json!({ "name": "v", "mountPath": path })).collect::<Vec<_>>());
    let ports = subsequence(vec![80, 3306, 33060, 3307], 0..3)
        .prop_map(|ports| ports.into_iter().map(|port| json!({ "containerPort": port })).collect::<Vec<_>>());
    let words = || {
        proptest::collection::vec(
            select(vec!["mysqld", "sh", "-c", "exec mysqld", "mysqldump", "--port=1", "docker-entrypoint.sh"]),
            0..3,
        )
    };
    (image, env, mounts, ports, words(), words()).prop_map(|(image, env, mounts, ports, command, args)| {
        json!({ "name": "a", "image": image, "env": env, "volumeMounts": mounts, "ports": ports, "command": command, "args": args })
    })
}

proptest! {
    #[test]
    fn nothing_that_the_gate_would_judge_goes_past_it(container in containers(), kind in select(KINDS.to_vec())) {
        thread_local!(static CONDITIONS: Conditions = Conditions::read());
        let object = wrapped(kind.0, kind.1, json!({ "containers": [container] }));
        prop_assert!(!concerns_mysql(&object) || CONDITIONS.with(|conditions| conditions.asks_the_gate(&object)));
    }
}
