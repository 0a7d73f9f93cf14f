//! Whether the account may do what has to be done, asked before anything is done.

use std::collections::BTreeSet;

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::{Api, PostParams};
use kube::core::{GroupVersionKind, ObjectMeta};
use kube::discovery::ApiResource;
use serde_json::Value;

use super::error::Right;
use super::{ObjectError, Objects, refused};

/// What server-side apply needs.
const APPLY: [&str; 3] = ["get", "create", "patch"];

/// What it takes to apply these objects.
pub fn to_apply<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<Right> {
    objects.flat_map(|object| APPLY.map(|verb| right(object, verb))).collect()
}

/// What it takes to change these objects where they are.
pub fn to_replace<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<Right> {
    objects.map(|object| right(object, "update")).collect()
}

/// What it takes to delete these objects.
pub fn to_delete<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<Right> {
    objects.map(|object| right(object, "delete")).collect()
}

/// What the roles among these objects grant. To the API server nobody grants what he may not do himself, but who may
/// `escalate` (Kubernetes, "Privilege escalation prevention and bootstrapping").
pub fn granted_by<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<Right> {
    let roles = objects.filter(|object| matches!(object["kind"].as_str(), Some("Role" | "ClusterRole")));
    roles
        .flat_map(|role| {
            let namespace = role["metadata"]["namespace"].as_str().map(str::to_owned);
            let rules = role["rules"].as_array().into_iter().flatten();
            rules.flat_map(move |rule| of_rule(rule, namespace.as_deref()))
        })
        .collect()
}

/// Each right of a rule.
fn of_rule(rule: &Value, namespace: Option<&str>) -> Vec<Right> {
    let texts = |field: &str| -> Vec<String> {
        rule[field].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let names: Vec<Option<String>> = match texts("resourceNames") {
        names if names.is_empty() => vec![None],
        names => names.into_iter().map(Some).collect(),
    };
    let (groups, resources, verbs) = (texts("apiGroups"), texts("resources"), texts("verbs"));
    let mut rights = Vec::new();
    for group in &groups {
        for resource in &resources {
            for verb in &verbs {
                rights.extend(names.iter().map(|name| Right {
                    group: group.clone(),
                    resource: resource.clone(),
                    verb: verb.clone(),
                    namespace: namespace.map(str::to_owned),
                    name: name.clone(),
                }));
            }
        }
    }
    rights
}

/// Asks the API server for each right.
///
/// # Errors
/// [`ObjectError::Rights`] with all that are missing.
pub async fn check(objects: &Objects, wanted: BTreeSet<Right>) -> Result<(), ObjectError> {
    let missing = missing(objects, wanted).await?;
    if missing.is_empty() { Ok(()) } else { Err(ObjectError::Rights(missing)) }
}

/// The same for who also grants something to others.
///
/// # Errors
/// As [`check`].
pub async fn check_with_grants(
    objects: &Objects,
    mut wanted: BTreeSet<Right>,
    granted: BTreeSet<Right>,
) -> Result<(), ObjectError> {
    let escalate = ["clusterroles", "roles"].map(|resource| Right {
        group: "rbac.authorization.k8s.io".to_owned(),
        resource: resource.to_owned(),
        verb: "escalate".to_owned(),
        ..Right::default()
    });
    if !missing(objects, BTreeSet::from(escalate)).await?.is_empty() {
        wanted.extend(granted);
    }
    check(objects, wanted).await
}

async fn missing(objects: &Objects, wanted: BTreeSet<Right>) -> Result<Vec<Right>, ObjectError> {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(objects.client());
    let mut missing = Vec::new();
    for right in wanted {
        let (resource, subresource) = match right.resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
            None => (right.resource.as_str(), None),
        };
        let attributes = ResourceAttributes {
            group: Some(right.group.clone()),
            resource: Some(resource.to_owned()),
            subresource,
            verb: Some(right.verb.clone()),
            namespace: right.namespace.clone(),
            name: right.name.clone(),
            ..ResourceAttributes::default()
        };
        let review = SelfSubjectAccessReview {
            metadata: ObjectMeta::default(),
            spec: SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() },
            status: None,
        };
        let answer = reviews.create(&PostParams::default(), &review).await;
        let answer = answer.map_err(|error| refused("SelfSubjectAccessReview".to_owned(), &error))?;
        if !answer.status.is_some_and(|status| status.allowed) {
            missing.push(right);
        }
    }
    Ok(missing)
}

fn right(object: &Value, verb: &str) -> Right {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let (group, version) = text("apiVersion").split_once('/').unwrap_or(("", text("apiVersion")));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text("kind")));
    let namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
    Right { group: group.to_owned(), resource: resource.plural, verb: verb.to_owned(), namespace, name: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_right_of_a_role_is_one_of_its_own() {
        let objects = [
            json!({ "kind": "ConfigMap", "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }] }),
            json!({
                "kind": "Role", "metadata": { "namespace": "a" },
                "rules": [
                    { "apiGroups": ["x"], "resources": ["leases"], "resourceNames": ["one"], "verbs": ["get", "update"] },
                    { "apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"] },
                ],
            }),
            json!({ "kind": "ClusterRole", "rules": [{ "nonResourceURLs": ["/metrics"], "verbs": ["get"] }] }),
        ];
        let right = |group: &str, resource: &str, verb: &str, name: Option<&str>| Right {
            group: group.to_owned(),
            resource: resource.to_owned(),
            verb: verb.to_owned(),
            namespace: Some("a".to_owned()),
            name: name.map(str::to_owned),
        };
        let expected = [
            right("", "pods/exec", "create", None),
            right("x", "leases", "get", Some("one")),
            right("x", "leases", "update", Some("one")),
        ];
        assert_eq!(granted_by(objects.iter()), BTreeSet::from(expected));
    }
}
