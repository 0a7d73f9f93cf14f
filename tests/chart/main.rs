//! The Helm chart and the kustomize components of `webhook-deploy/` make the objects that its plain manifests say. The
//! chart's templates are written from those by `make docs`: it runs this test with `TIDEGATE_WRITE_DOCS=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

#[path = "../support/programs.rs"]
#[allow(dead_code, reason = "only helm and kubectl are used here")]
mod programs;
#[path = "../support/skip.rs"]
mod skip;

/// The generator of the templates.
mod templates;

use programs::Programs;

const NAMESPACE: &str = "tidegate-system";
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/webhook-deploy");
const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/webhook-deploy/chart");

/// Values of the chart, the components of `webhook-deploy/overlays/` that do the same, and the options of
/// `tidegate install`.
const WAYS: &[(&[&str], &[&str], &[&str])] = &[
    (&[], &[], &[]),
    (&["certManager=true"], &["cert-manager"], &["--cert-manager"]),
    (&["reports=policyreport"], &["reports"], &["--reports=policyreport"]),
    (
        &["certManager=true", "reports=policyreport"],
        &["reports", "cert-manager"],
        &["--cert-manager", "--reports=policyreport"],
    ),
];

#[test]
fn the_base_lists_every_manifest() {
    let base = read("Kustomization");
    let listed: Vec<&str> = base.lines().filter_map(|line| line.strip_prefix("  - ")).collect();
    assert_eq!(listed, manifests(DEPLOY));
}

#[test]
fn the_chart_has_the_gates_version() {
    let about: Value = serde_saphyr::from_str(&read("chart/Chart.yaml")).unwrap();
    assert_eq!([&about["version"], &about["appVersion"]], [env!("CARGO_PKG_VERSION"); 2]);
}

#[test]
fn every_way_makes_the_same_objects() {
    let Some(programs) = Programs::find_or_build() else { return };
    let plain: Vec<String> = manifests(DEPLOY).iter().map(|name| read(name)).collect();
    let plain = objects_of(&plain.join("\n---\n"));
    expect_same("kubectl kustomize", &by_kustomize(&programs, &[]), &plain);
    for (values, components, options) in WAYS {
        let mut wanted = by_kustomize(&programs, components);
        for namespace in [NAMESPACE, "gate"] {
            expect_same(
                &format!("{namespace}, {options:?}"),
                &by_install(namespace, options),
                &renamed(&wanted, namespace),
            );
        }
        wanted.remove("v1/Namespace//tidegate-system").unwrap();
        // The last looks like a number, and must stay a text.
        for namespace in [NAMESPACE, "gate", "123"] {
            let objects = by_helm(&programs, namespace, values);
            expect_same(&format!("{namespace}, {values:?}"), &objects, &renamed(&wanted, namespace));
        }
    }
}

#[test]
fn values_come_where_they_belong() {
    let Some(programs) = Programs::find_or_build() else { return };
    let cases = [
        ("replicas=3", "/spec/replicas", json!(3)),
        ("image=registry.example/gate:1", "/spec/template/spec/containers/0/image", json!("registry.example/gate:1")),
        ("imagePullPolicy=Always", "/spec/template/spec/containers/0/imagePullPolicy", json!("Always")),
        ("imagePullSecrets={a,b}", "/spec/template/spec/imagePullSecrets", json!([{ "name": "a" }, { "name": "b" }])),
        ("cleanUp=false", "/spec/template/spec/containers/0/args/5", json!("--clean-up=off")),
        ("reports=openreports", "/spec/template/spec/containers/0/args/6", json!("--reports=openreports")),
        ("resources.limits.memory=2Gi", "/spec/template/spec/containers/0/resources/limits/memory", json!("2Gi")),
        ("nodeSelector.disk=ssd", "/spec/template/spec/nodeSelector", json!({ "disk": "ssd" })),
        ("tolerations[0].operator=Exists", "/spec/template/spec/tolerations", json!([{ "operator": "Exists" }])),
    ];
    let objects = by_helm(&programs, NAMESPACE, &cases.each_ref().map(|(value, ..)| *value));
    let deployment = &objects["apps/v1/Deployment/tidegate-system/tidegate"];
    for (value, pointer, wanted) in &cases {
        assert_eq!(deployment.pointer(pointer), Some(wanted), "{value}");
    }
}

#[test]
fn the_schema_refuses_other_values() {
    let Some(programs) = Programs::find_or_build() else { return };
    for (value, said) in [
        ("replicsa=3", "additional properties 'replicsa' not allowed"),
        ("replicas=-1", "at '/replicas': minimum: got -1, want 1"),
        ("reports=kyverno", "at '/reports': value must be one of 'off', 'policyreport', 'openreports'"),
        ("image=null", "missing property 'image'"),
    ] {
        let output = helm(&programs, NAMESPACE, &[value]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(said), "{value}: {error}");
    }
}

/// What the chart makes, with its definitions as they are elsewhere: only Helm keeps them by an annotation.
fn by_helm(programs: &Programs, namespace: &str, values: &[&str]) -> BTreeMap<String, Value> {
    let text = printed(helm(programs, namespace, values));
    assert!(namespace == NAMESPACE || !text.contains(NAMESPACE), "{namespace}, {values:?}");
    let mut objects = objects_of(&text);
    for object in objects.values_mut().filter(|object| object["kind"] == "CustomResourceDefinition") {
        let annotations = object["metadata"].as_object_mut().unwrap().remove("annotations");
        assert_eq!(annotations, Some(json!({ "helm.sh/resource-policy": "keep" })));
    }
    objects
}

fn helm(programs: &Programs, namespace: &str, values: &[&str]) -> Output {
    let values = values.iter().flat_map(|value| ["--set", *value]);
    let mut helm = Command::new(&programs.helm);
    helm.args(["template", "tidegate", CHART, "--namespace", namespace]).args(values).output().unwrap()
}

/// What `tidegate install` would apply.
fn by_install(namespace: &str, options: &[&str]) -> BTreeMap<String, Value> {
    let mut install = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    install.args(["install", "--dry-run", "--namespace", namespace]).args(options);
    objects_of(&printed(install.output().unwrap()))
}

/// The same objects in another namespace.
fn renamed(objects: &BTreeMap<String, Value>, namespace: &str) -> BTreeMap<String, Value> {
    serde_json::from_str(&serde_json::to_string(objects).unwrap().replace(NAMESPACE, namespace)).unwrap()
}

/// What a kustomization makes of the base and these components.
fn by_kustomize(programs: &Programs, components: &[&str]) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chart-{}", components.join("-")));
    fs::create_dir_all(&folder).unwrap();
    // It takes relative paths only, and goes them without symbolic links.
    let folder = folder.canonicalize().unwrap();
    let up: PathBuf = folder.components().skip(1).map(|_| "..").collect();
    let base = up.join(Path::new(DEPLOY).canonicalize().unwrap().strip_prefix("/").unwrap());
    let components: Vec<PathBuf> = components.iter().map(|name| base.join("overlays").join(name)).collect();
    let kustomization = json!({ "kind": "Kustomization", "resources": [base], "components": components });
    fs::write(folder.join("kustomization.yaml"), kustomization.to_string()).unwrap();
    objects_of(&printed(Command::new(&programs.kubectl).arg("kustomize").arg(folder).output().unwrap()))
}

fn printed(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The objects of a text, each by `apiVersion/kind/namespace/name`.
fn objects_of(text: &str) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).unwrap();
    for mut object in documents.into_iter().filter(|object| !object.is_null()) {
        let of = |pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let key = ["/apiVersion", "/kind", "/metadata/namespace", "/metadata/name"].map(of).join("/");
        make_whole(&mut object);
        assert!(objects.insert(key.clone(), object).is_none(), "{key} is there twice");
    }
    objects
}

/// kustomize writes 100 for 100.0.
fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Ok(whole) = number.to_string().trim_end_matches(".0").parse::<i64>() {
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(fields) => fields.values_mut().for_each(make_whole),
        _ => {}
    }
}

fn expect_same(what: &str, objects: &BTreeMap<String, Value>, wanted: &BTreeMap<String, Value>) {
    assert_eq!(objects.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "{what}");
    for (key, object) in objects {
        assert_eq!(object, &wanted[key], "{what}: {key}");
    }
}

/// The names of a folder's `.yaml` files, in order.
fn manifests(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name.ends_with(".yaml")).collect();
    names.sort();
    names
}

/// The text of a file of `webhook-deploy/`.
fn read(file: &str) -> String {
    fs::read_to_string(Path::new(DEPLOY).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}
