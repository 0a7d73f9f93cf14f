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

/// Asks the API server for each right.
///
/// # Errors
/// [`ObjectError::Rights`] with all that are missing.
pub async fn check(objects: &Objects, wanted: BTreeSet<Right>) -> Result<(), ObjectError> {
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
            verb: Some(right.verb.to_owned()),
            namespace: right.namespace.clone(),
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
    if missing.is_empty() { Ok(()) } else { Err(ObjectError::Rights(missing)) }
}

fn right(object: &Value, verb: &'static str) -> Right {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let (group, version) = text("apiVersion").split_once('/').unwrap_or(("", text("apiVersion")));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text("kind")));
    let namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
    Right { group: group.to_owned(), resource: resource.plural, verb, namespace }
}
