//! Manifests that nobody should have written: each is judged, by all policies, without a panic, without a
//! policy that fails, and without a repair that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::{Arc, LazyLock};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tidegate::engine::{Evaluation, Misfit, evaluate};
use tidegate::lookup::{KnownObjects, Lookup, NoLookup};
use tidegate::policy::PolicySet;
use tidegate::request::{Phase, Request};
use tidegate::wasm::{Runtime, load_policies};

static POLICIES: LazyLock<PolicySet> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-cache");
    load_policies(&Arc::new(Runtime::new(Some(&cache)).unwrap()), Vec::new()).unwrap()
});

fn judge_beside(object: &Value, others: Option<Vec<Value>>) -> Result<Evaluation, Misfit> {
    let lookup: Arc<dyn Lookup> = match others {
        Some(others) => Arc::new(KnownObjects::new(others)),
        None => Arc::new(NoLookup),
    };
    let mut request = Request::audit(object.clone());
    request.phase = Phase::Mutate;
    let evaluation = evaluate(&request, &POLICIES, &lookup)?;
    let failures: Vec<_> =
        evaluation.failures.iter().map(|failed| format!("{}: {}", failed.policy, failed.error)).collect();
    assert!(failures.is_empty(), "{failures:?}");
    let again = Request { object: evaluation.object.clone(), ..request };
    let again = evaluate(&again, &POLICIES, &lookup)?;
    assert!(again.patch.0.is_empty(), "a second pass repairs again: {:?}", again.patch);
    Ok(evaluation)
}

fn judge(object: &Value) -> Result<Evaluation, Misfit> {
    judge_beside(object, None)
}

fn deployment(containers: Value, volumes: Value) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "mysql", "namespace": "shop" },
        "spec": { "selector": { "matchLabels": { "app": "mysql" } }, "template": {
            "metadata": { "labels": { "app": "mysql" } }, "spec": { "containers": containers, "volumes": volumes } } } })
}

fn server(more: Value) -> Value {
    let mut container = json!({ "name": "mysql", "image": "mysql:8.4", "volumeMounts": [{ "name": "data", "mountPath": "/var/lib/mysql" }] });
    container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let claim = json!({ "name": "data", "persistentVolumeClaim": { "claimName": "data" } });
    deployment(json!([container]), json!([claim]))
}

#[test]
fn images_that_are_none() {
    let long = format!("registry.example/{}", "a".repeat(10_000));
    for image in [
        "",
        "{{ .Values.image }}",
        "${IMAGE}",
        "<DB-IMAGE>",
        &long,
        "mysql:",
        ":5.7",
        "MYSQL",
        "mysql@sha256:x",
        "맥주:8",
    ] {
        let object = server(json!({ "image": image }));
        let repaired = judge(&object).unwrap();
        assert_eq!(repaired.object, object, "{image}: nobody knows what it runs, so nothing is changed");
    }
}

#[test]
fn fields_of_another_type_are_named_and_not_quoted() {
    for (more, at) in [
        (json!({ "env": { "MYSQL_ROOT_PASSWORD": "hunter22" } }), "/env"),
        (json!({ "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": 123 }] }), "/env/0/value"),
        (json!({ "image": 5 }), "/image"),
        (json!({ "args": "--port=3307" }), "/args"),
        (json!({ "args": [3307] }), "/args/0"),
        (json!({ "ports": [{ "containerPort": "hunter22" }] }), "/ports/0/containerPort"),
        (json!({ "livenessProbe": ["hunter22"] }), "/livenessProbe"),
    ] {
        let misfit = judge(&server(more)).err().unwrap_or_else(|| panic!("{at} passes"));
        assert!(misfit.at.ends_with(at), "{misfit}");
        assert!(!misfit.to_string().contains("hunter22"), "{misfit}");
    }
}

#[test]
fn what_is_missing_is_no_reason_to_fail() {
    for object in [
        json!({ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "mysql-dump" }, "spec": { "schedule": "@daily" } }),
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "mysql" } }),
        json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {}, "spec": { "template": { "spec": { "containers": [{ "name": "mysql" }] } } } }),
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "mysql" }, "spec": null }),
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "mysql" }, "data": { "my.cnf": null } }),
        json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "mysql" } }),
        json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": "mysql" } }),
    ] {
        judge(&object).unwrap_or_else(|misfit| panic!("{object}: {misfit}"));
    }
}

#[test]
fn a_pod_with_five_hundred_containers() {
    let containers: Vec<Value> = (0..500)
        .map(|number| {
            json!({ "name": format!("c{number}"), "image": if number % 50 == 0 { "mysql:8.4" } else { "nginx:1.27" },
            "env": [{ "name": "A", "value": "b" }] })
        })
        .collect();
    let evaluation = judge(&deployment(json!(containers), json!([]))).unwrap();
    assert!(evaluation.findings.len() >= 10);
}

#[test]
fn odd_option_files_are_read_or_left() {
    let latin1 = "W215c3FsZF0KIyBjYWbpCnF1ZXJ5X2NhY2hlX3NpemU9MQo="; // "[mysqld]\n# caf\xe9\nquery_cache_size=1\n"
    let large = format!("[mysqld]\n{}", "a_rather_long_option_name=1\n".repeat(37_000));
    for (field, text, finds) in [
        ("data", "\u{feff}[mysqld]\nquery_cache_size=1\n", true),
        ("data", "[mysqld]\r\nquery_cache_size = 1\r\n", true),
        ("binaryData", latin1, true),
        ("data", large.as_str(), false),
        ("data", "[mysqld\nquery_cache_size", true),
        ("data", "\u{0}\u{1}[mysqld]", false),
    ] {
        let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "options", "namespace": "shop" }, field: { "my.cnf": text } });
        let mut object = server(json!({}));
        let pod = object.pointer_mut("/spec/template/spec").unwrap();
        pod["volumes"].as_array_mut().unwrap().push(json!({ "name": "options", "configMap": { "name": "options" } }));
        pod["containers"][0]["volumeMounts"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "name": "options", "mountPath": "/etc/mysql/conf.d" }));
        let evaluation = judge_beside(&object, Some(vec![map.clone()])).unwrap();
        let found = evaluation.findings.iter().any(|judged| judged.finding.rule == "MY014");
        assert_eq!(found, finds, "{:?}", text.chars().take(30).collect::<String>());
        judge(&map).unwrap();
    }
}

#[test]
fn passwords_of_every_kind_move_as_they_are() {
    let punctuation: String = (33_u8..127).map(char::from).filter(char::is_ascii_punctuation).collect();
    let large = "x".repeat(1 << 20);
    for (value, stored) in [
        (punctuation.as_str(), punctuation.as_str()),
        ("two\nlines\n", "two\nlines\n"),
        ("비밀번호", "비밀번호"),
        ("🔑🌊", "🔑🌊"),
        ("pa$$word", "pa$word"),
        (" ", " "),
        (large.as_str(), large.as_str()),
    ] {
        let evaluation = judge(&server(json!({ "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": value }] }))).unwrap();
        let [entry] = evaluation.moved() else { panic!("{} values moved", evaluation.moved().len()) };
        assert!(entry.value.expose_secret() == stored, "another value is stored");
        let said = format!("{:?}{:?}", evaluation.findings, evaluation.patch);
        assert!(value.trim().len() < 6 || !said.contains(value.trim()), "it is said");
    }
    for value in ["", "$(OTHER)", "{{ .Values.password }}", "${PASSWORD}"] {
        let evaluation = judge(&server(json!({ "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": value }] }))).unwrap();
        assert!(evaluation.secret.is_none(), "{value} is no password");
    }
}
