//! Which objects the derived configurations send: rules and conditions, evaluated as the API server does.

mod derived;
mod merged;
mod properties;
mod widened;

use std::sync::Arc;

use cel::{Context, Env, Program, Value as CelValue};
use serde_json::{Value, json};

use super::{Derived, Templates, derive};
use crate::policy::scripted::{description, scripted};
use crate::policy::{
    Action, Concern, Description, FailurePolicy, InstalledPolicy, JudgedKind, MatchSpec, Matcher, PolicySet,
};
use crate::resources::{Resource, Resources};

/// A policy whose code does these kinds, and finds nothing.
fn policy(name: &str, concern: Concern, kinds: &[&str], matches: Value) -> InstalledPolicy {
    let matches: MatchSpec = serde_json::from_value(matches).unwrap();
    let kinds = kinds.iter().map(|kind| JudgedKind::parse(kind)).collect();
    InstalledPolicy {
        matcher: Matcher::new(matches).unwrap(),
        is_builtin: false,
        ..scripted(Description { kinds, concern, ..description(name, "X1") }, |_| Ok(Vec::new()))
    }
}

/// A policy on everything of these kinds.
fn general(kinds: &[&str], matches: Value) -> InstalledPolicy {
    policy("general", Concern::Everything, kinds, matches)
}

/// Like [`general`], and its objects wait while no gate answers.
fn required(kinds: &[&str], matches: Value) -> InstalledPolicy {
    InstalledPolicy { failure_policy: FailurePolicy::Fail, ..general(kinds, matches) }
}

/// Like [`general`], and it repairs nothing.
fn denying(kinds: &[&str], matches: Value) -> InstalledPolicy {
    InstalledPolicy { action: Action::Deny, ..general(kinds, matches) }
}

/// A policy on MySQL.
fn mysql(kinds: &[&str]) -> InstalledPolicy {
    policy("mysql", Concern::MySql, kinds, json!({}))
}

/// Kubernetes' resources, two kinds of one name, and one of a cluster's own.
fn resources() -> Resources {
    let resource = |group: &str, kind: &str, plural: &str, is_namespaced| Resource {
        group: group.to_owned(),
        version: "v1beta1".to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
        is_namespaced,
    };
    let mut all = Resources::of_kubernetes();
    all.extend([
        resource("cert-manager.io", "Certificate", "certificates", true),
        resource("networking.internal.knative.dev", "Certificate", "certificates", true),
        resource("shop.example", "Fleet", "fleets", false),
        resource("tidegate.dev", "ClusterPolicy", "clusterpolicies", false),
    ]);
    all
}

fn derived(policies: Vec<InstalledPolicy>) -> Derived {
    derive(&Templates::embedded().unwrap(), &PolicySet::new(policies), &resources())
}

/// What is asked of the API server.
fn request(object: &Value, old: Option<&Value>) -> Value {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let api_version = text("/apiVersion").unwrap();
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let kind = text("/kind").unwrap();
    let plural =
        resources().iter().find(|resource| resource.group == group && resource.kind == kind).unwrap().plural.clone();
    let mut request = json!({
        "operation": if old.is_some() { "UPDATE" } else { "CREATE" },
        "kind": { "group": group, "version": version, "kind": kind },
        "resource": { "group": group, "version": version, "resource": plural },
    });
    for field in ["name", "namespace"] {
        if let Some(value) = text(&format!("/metadata/{field}")) {
            request[field] = value.into();
        }
    }
    if (group, kind) == ("", "Namespace") {
        // As the API server does.
        request["namespace"] = request["name"].clone();
    }
    request
}

/// The webhooks of a configuration that send a change to the gate.
fn sending(configuration: &Value, object: &Value, old: Option<&Value>) -> Vec<String> {
    let request = request(object, old);
    let webhooks = configuration["webhooks"].as_array().unwrap().iter();
    webhooks
        .filter(|webhook| has_rule(webhook, &request["resource"]) && holds(webhook, &request, object, old))
        .map(|webhook| webhook["name"].as_str().unwrap().to_owned())
        .collect()
}

fn has_rule(webhook: &Value, resource: &Value) -> bool {
    let lists = |list: &Value, value: &Value| list.as_array().unwrap().contains(value);
    let rules = webhook["rules"].as_array().unwrap();
    rules
        .iter()
        .any(|rule| lists(&rule["apiGroups"], &resource["group"]) && lists(&rule["resources"], &resource["resource"]))
}

fn holds(webhook: &Value, request: &Value, object: &Value, old: Option<&Value>) -> bool {
    let conditions = webhook["matchConditions"].as_array().unwrap();
    conditions.iter().all(|condition| {
        let expression = condition["expression"].as_str().unwrap();
        match evaluate(expression, request, object, old) {
            CelValue::Bool(holds) => holds,
            other => panic!("{expression} is {other:?}"),
        }
    })
}

fn evaluate(expression: &str, request: &Value, object: &Value, old: Option<&Value>) -> CelValue {
    let mut env = Env::stdlib();
    cel::extensions::strings(&mut env).unwrap();
    let env = Arc::new(env);
    let program: Program = env.compile(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
    let mut context = Context::with_env(env);
    context.add_variable("request", request).unwrap();
    context.add_variable("object", object).unwrap();
    context.add_variable("oldObject", old.unwrap_or(&Value::Null)).unwrap();
    program.execute(&context).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

fn object(api_version: &str, kind: &str) -> Value {
    json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": "a", "namespace": "shop" }, "spec": {} })
}

fn pod(image: &str) -> Value {
    let mut pod = object("v1", "Pod");
    pod["spec"] = json!({ "containers": [{ "name": "a", "image": image }] });
    pod
}
